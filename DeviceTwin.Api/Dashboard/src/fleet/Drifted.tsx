import { Card, Table, Text, Title } from "@mantine/core";
import { useEffect } from "react";
import { Link } from "wouter";
import { useAddress, usePlace } from "../app/organization";
import { graphql } from "../generated";
import { StatusBadge } from "../shared/Badges";
import { Failed, Loading } from "../shared/States";
import { useLiveQuery } from "../shared/useLiveQuery";

const DriftedQuery = graphql(`
  query Drifted($organizationId: String!) {
    devices(organizationId: $organizationId, first: 8, where: { syncStatus: { neq: IN_SYNC } }) {
      nodes {
        deviceId
        syncStatus
        syncReason
        drift {
          path
        }
      }
    }
  }
`);

/** What differs from what it should be. */
export const Drifted = ({ drifted }: { drifted: number }) => {
  const address = useAddress();
  const { organizationId } = usePlace();
  const [{ data, error }, ask, changed] = useLiveQuery(DriftedQuery, { organizationId });
  useEffect(changed, [drifted, changed]);
  const devices = data?.devices.nodes ?? [];
  return (
    <Card withBorder padding="sm" className="scroll">
      <Title order={2} size="h5">
        Drifted
      </Title>
      {error !== undefined && <Failed error={error} again={ask} />}
      {data === undefined ? (
        error === undefined && <Loading what="what drifted" />
      ) : devices.length === 0 ? (
        <Text size="sm" className="quiet" mt="xs">
          Every device is as it should be.
        </Text>
      ) : (
        <Table>
          <Table.Tbody>
            {devices.map((device) => (
              <Table.Tr key={device.deviceId}>
                <Table.Td>
                  <Link href={address(`/devices/${encodeURIComponent(device.deviceId)}`)}>{device.deviceId}</Link>
                </Table.Td>
                <Table.Td>
                  <StatusBadge status={device.syncStatus} />
                </Table.Td>
                <Table.Td className="code">
                  {device.syncReason ?? device.drift.map((entry) => entry.path).join(", ")}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Card>
  );
};
