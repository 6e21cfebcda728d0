import { Badge } from "@mantine/core";
import type { ActionStatus, Connectivity, JobStatus, SyncStatus } from "../generated/graphql";

const words = (name: string) => name.charAt(0) + name.slice(1).toLowerCase().replaceAll("_", " ");

const colors: Record<Connectivity | SyncStatus | ActionStatus | JobStatus, string> = {
  ONLINE: "teal",
  OFFLINE: "orange",
  NEVER_SEEN: "gray",
  IN_SYNC: "teal",
  PENDING: "blue",
  FAILED: "red",
  QUEUED: "gray",
  SENT: "blue",
  COMPLETED: "teal",
  TIMED_OUT: "orange",
  CANCELLED: "gray",
  RUNNING: "blue",
  SUCCEEDED: "teal",
  ABORTED: "red",
};

/** How something stands: by its word first, its color helps. */
export const StatusBadge = ({ status }: { status: keyof typeof colors }) => (
  <Badge variant="dot" color={colors[status]} size="sm" fz={13} className="status">
    {words(status)}
  </Badge>
);
