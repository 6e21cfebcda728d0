import { Card, Table, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { type CombinedError, type OperationResult, useClient } from "urql";
import { usePlace } from "../app/organization";
import { graphql } from "../generated";
import type { DeviceChangesQuery } from "../generated/graphql";
import { Failed, Loading } from "../shared/States";
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

interface Read {
  /** The newest of them. */
  changes: readonly Change[];
  isWhole: boolean;
  isOver: boolean;
  error?: CombinedError | undefined;
}

const most = 500;

/** What happened to the twin, the newest first. The log is read from its beginning to its end; what is new is read behind it. */
export const ChangesTab = ({ deviceId, changes }: { deviceId: string; changes: number }) => {
  const client = useClient();
  const { organizationId } = usePlace();
  const [read, setRead] = useState<Read>({ changes: [], isWhole: true, isOver: false });
  const [tries, setTries] = useState(0);
  const last = read.changes.at(-1)?.cursor ?? null;

  useEffect(() => {
    let isLeft = false;
    const readOn = async () => {
      let after = last;
      let hasMore = true;
      while (hasMore) {
        const { data, error }: OperationResult<DeviceChangesQuery> = await client.query(
          ChangesDocument,
          { organizationId, deviceId, after },
          { requestPolicy: "network-only" },
        );
        if (isLeft) {
          return;
        }
        const nodes = data?.deviceChanges.nodes ?? [];
        hasMore = data?.deviceChanges.pageInfo.hasNextPage === true;
        after = nodes.at(-1)?.cursor ?? after;
        const isOver = !hasMore;
        setRead((before) => {
          const all = [...before.changes, ...nodes];
          return { changes: all.slice(-most), isWhole: before.isWhole && all.length <= most, isOver, error };
        });
      }
    };
    void readOn();
    return () => {
      isLeft = true;
    };
    // `last` moves with what was read; reading on is asked for by a change or by the reader.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [client, organizationId, deviceId, changes, tries]);

  if (read.error !== undefined) {
    return (
      <Failed
        error={read.error}
        again={() => {
          setTries(tries + 1);
        }}
      />
    );
  }
  if (read.changes.length === 0) {
    return read.isOver ? (
      <Text className="quiet">Nothing has happened to it in the time that the log keeps.</Text>
    ) : (
      <Loading what="its changes" />
    );
  }
  return (
    <Card withBorder padding="sm" className="scroll">
      {!read.isWhole && (
        <Text size="xs" className="quiet">
          The newest {most}. Older ones: deviceChanges of the API.
        </Text>
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
          {read.changes.toReversed().map((change) => (
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
