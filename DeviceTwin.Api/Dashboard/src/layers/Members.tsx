import { Button, Card, Table, Text, Title } from "@mantine/core";
import { Link } from "wouter";
import { useAddress } from "../app/organization";
import type { Connectivity, SyncStatus } from "../generated/graphql";
import { type Search } from "../devices/filters";
import { useLiveRows } from "../devices/useLiveRows";
import { StatusBadge } from "../shared/Badges";

interface Props {
  title: string;
  members: readonly { deviceId: string; connectivity: Connectivity; syncStatus: SyncStatus }[];
  total: number;
  /** What the page of devices looks for to show all of them. */
  all?: Partial<Search>;
  /** What can be done with one; undefined where nothing can. */
  action?: { label: string; run: (deviceId: string) => void };
}

/** Devices of a group or model. */
export const Members = ({ title, members, total, all, action }: Props) => {
  const address = useAddress();
  const live = useLiveRows(members.map((device) => device.deviceId));
  return (
    <Card withBorder padding="md" className="scroll">
      <Title order={2} size="h5">
        {title}{" "}
        <Text span size="sm" className="quiet">
          {total}
        </Text>
      </Title>
      <Table>
        <Table.Tbody>
          {members
            .map((read) => ({ ...read, ...live.get(read.deviceId) }))
            .map((device) => (
              <Table.Tr key={device.deviceId}>
                <Table.Td>
                  <Link href={address(`/devices/${encodeURIComponent(device.deviceId)}`)}>{device.deviceId}</Link>
                </Table.Td>
                <Table.Td>
                  <StatusBadge status={device.connectivity} />
                </Table.Td>
                <Table.Td>
                  <StatusBadge status={device.syncStatus} />
                </Table.Td>
                {action !== undefined && (
                  <Table.Td ta="right">
                    <Button
                      size="compact-xs"
                      variant="subtle"
                      aria-label={`${action.label} ${device.deviceId}`}
                      onClick={() => {
                        action.run(device.deviceId);
                      }}
                    >
                      {action.label}
                    </Button>
                  </Table.Td>
                )}
              </Table.Tr>
            ))}
        </Table.Tbody>
      </Table>
      {total > members.length && (
        <Text size="xs" className="quiet">
          The first {members.length}
          {all !== undefined && (
            <>
              . <Link href={address("/devices", all)}>All of them</Link>
            </>
          )}
          .
        </Text>
      )}
    </Card>
  );
};
