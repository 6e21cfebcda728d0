import { Button, Card, Table, Text, Title } from "@mantine/core";
import { Link } from "wouter";
import { useAddress } from "../app/organization";
import type { Connectivity, SyncStatus } from "../generated/graphql";
import { StatusBadge } from "../shared/Badges";

interface Props {
  title: string;
  members: readonly { deviceId: string; connectivity: Connectivity; syncStatus: SyncStatus }[];
  total: number;
  /** What can be done with one; undefined where nothing can. */
  action?: { label: string; run: (deviceId: string) => void };
}

/** Devices of a group or model. */
export const Members = ({ title, members, total, action }: Props) => {
  const address = useAddress();
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
          {members.slice(0, 100).map((device) => (
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
      {total > 100 && (
        <Text size="xs" className="quiet">
          The first 100. All of them: under Devices.
        </Text>
      )}
    </Card>
  );
};
