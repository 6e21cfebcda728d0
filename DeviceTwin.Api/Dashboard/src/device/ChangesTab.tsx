import { Button, Card, Table, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { useClient } from "urql";
import { usePlace } from "../app/organization";
import { graphql } from "../generated";
import type { DeviceChangesQuery } from "../generated/graphql";
import { Time } from "../shared/Time";

const ChangesDocument = graphql(`
  query DeviceChanges($organizationId: String!, $deviceId: String!, $after: String) {
    deviceChanges(organizationId: $organizationId, deviceId: $deviceId, first: 200, after: $after) {
      nodes {
        cursor
        at
        by
        kinds
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

type Change = DeviceChangesQuery["deviceChanges"]["nodes"][number];

/** What happened to the twin, the newest first. The log is read from its beginning; what is new is read behind it. */
export const ChangesTab = ({ deviceId, changes }: { deviceId: string; changes: number }) => {
  const client = useClient();
  const { organizationId } = usePlace();
  const [read, setRead] = useState<readonly Change[]>([]);
  const [hasMore, setHasMore] = useState(false);
  const [wanted, setWanted] = useState(1);
  const last = read.at(-1)?.cursor ?? null;

  useEffect(() => {
    let isOver = false;
    void client
      .query(ChangesDocument, { organizationId, deviceId, after: last }, { requestPolicy: "network-only" })
      .toPromise()
      .then(({ data }) => {
        if (!isOver && data !== undefined) {
          setHasMore(data.deviceChanges.pageInfo.hasNextPage);
          if (data.deviceChanges.nodes.length > 0) {
            setRead((before) => [...before, ...data.deviceChanges.nodes]);
          }
        }
      });
    return () => {
      isOver = true;
    };
    // `last` moves with what was read; reading on is asked for by a change or by the reader.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [client, organizationId, deviceId, changes, wanted]);

  return read.length === 0 ? (
    <Text className="quiet">Nothing has happened to it in the time that the log keeps.</Text>
  ) : (
    <Card withBorder padding="sm" className="scroll">
      {hasMore && (
        <Button
          size="xs"
          variant="subtle"
          onClick={() => {
            setWanted(wanted + 1);
          }}
        >
          Show newer ones
        </Button>
      )}
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>When</Table.Th>
            <Table.Th>What</Table.Th>
            <Table.Th>By</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {read.toReversed().map((change) => (
            <Table.Tr key={change.cursor}>
              <Table.Td>
                <Time at={change.at} />
              </Table.Td>
              <Table.Td>{change.kinds.map((kind) => kind.toLowerCase().replaceAll("_", " ")).join(", ")}</Table.Td>
              <Table.Td>{change.by}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
};
