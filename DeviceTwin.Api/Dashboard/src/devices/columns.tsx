import type { ReactNode } from "react";
import type { DevicesQuery, DeviceSortInput } from "../generated/graphql";
import { StatusBadge } from "../shared/Badges";
import { Time } from "../shared/Time";

export type ListedDevice = DevicesQuery["devices"]["nodes"][number];

export interface Column {
  name: string;
  label: string;
  width: number;
  /** What the API can order by; undefined where it cannot. */
  order?: keyof DeviceSortInput;
  isShownAtFirst: boolean;
  cell: (device: ListedDevice) => ReactNode;
}

export const columns: Column[] = [
  {
    name: "connectivity",
    label: "State",
    width: 120,
    isShownAtFirst: true,
    cell: (device) => <StatusBadge status={device.connectivity} />,
  },
  {
    name: "lastHeartbeatAt",
    label: "Last heartbeat",
    width: 190,
    order: "lastHeartbeatAt",
    isShownAtFirst: true,
    cell: (device) => <Time at={device.lastHeartbeatAt} />,
  },
  {
    name: "syncStatus",
    label: "Sync",
    width: 110,
    isShownAtFirst: true,
    cell: (device) => <StatusBadge status={device.syncStatus} />,
  },
  { name: "model", label: "Model", width: 160, order: "model", isShownAtFirst: true, cell: (device) => device.model },
  {
    name: "brand",
    label: "Brand",
    width: 130,
    order: "brand",
    isShownAtFirst: false,
    cell: (device) => device.brand,
  },
  {
    name: "serial",
    label: "Serial",
    width: 180,
    order: "serial",
    isShownAtFirst: true,
    cell: (device) => device.serial,
  },
  {
    name: "system",
    label: "System",
    width: 160,
    isShownAtFirst: true,
    cell: (device) => device.operatingSystem && `${device.operatingSystem.osId} ${device.operatingSystem.osVersionId}`,
  },
  {
    name: "groups",
    label: "Groups",
    width: 180,
    isShownAtFirst: true,
    cell: (device) => device.groups.map((group) => group.name).join(", "),
  },
  {
    name: "createdAt",
    label: "Since",
    width: 190,
    order: "createdAt",
    isShownAtFirst: false,
    cell: (device) => <Time at={device.createdAt} />,
  },
];
