import { Alert, Button, Card, Group, Table, Text, Title } from "@mantine/core";
import { useCallback, useEffect, useState } from "react";
import { Link } from "wouter";
import { useAddress, useMay, usePlace } from "../app/organization";
import { Empty, Failed, Loading } from "../shared/States";
import { Time } from "../shared/Time";
import { useCommand } from "../shared/useCommand";
import { useLiveQuery } from "../shared/useLiveQuery";
import { dropDocument, retryDocument, SetAsideItemsQuery } from "./documents";

const pageSize = 50;

// No subscription says that an item was set aside.
const readEvery = 5000;

/** Messages and other items that the service could not handle, newest first, with what can be done about each. */
export const SetAsidePage = () => {
  const { organizationId } = usePlace();
  const address = useAddress();
  const mayOperate = useMay("OPERATOR");
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const [{ data, error }, ask, changed] = useLiveQuery(SetAsideItemsQuery, {
    organizationId,
    first: pageSize,
    after: cursors.at(-1),
  });
  const again = useCallback(() => {
    ask({ requestPolicy: "network-only" });
  }, [ask]);
  useEffect(() => {
    const timer = setInterval(changed, readEvery);
    return () => {
      clearInterval(timer);
    };
  }, [changed]);
  const retry = useCommand(retryDocument, again);
  const drop = useCommand(dropDocument, again);
  const fault = retry.fault ?? drop.fault;
  const items = data?.setAsideItems;

  return (
    <>
      <Title order={1} size="h3" mb="sm">
        Set-aside items {items !== undefined && items.totalCount > 0 && `(${items.totalCount.toLocaleString()})`}
      </Title>
      {error !== undefined && <Failed error={error} again={again} />}
      {fault !== undefined && (
        <Alert color="red" role="alert" mb="sm">
          {fault}
        </Alert>
      )}
      {items === undefined ? (
        error === undefined && <Loading what="set-aside items" />
      ) : items.nodes.length === 0 ? (
        <Empty title="Nothing is set aside">
          A message, device, action, layer or job that the service cannot handle is kept here with its reason.
        </Empty>
      ) : (
        <Card withBorder padding="sm" className="scroll">
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Worker</Table.Th>
                <Table.Th>Device</Table.Th>
                <Table.Th className="wide-cell">Reason</Table.Th>
                <Table.Th>Tries</Table.Th>
                <Table.Th>Set aside</Table.Th>
                <Table.Th aria-label="Actions" />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.nodes.map((item) => (
                <Table.Tr key={item.id}>
                  <Table.Td>{item.worker}</Table.Td>
                  <Table.Td>
                    {item.deviceId != null && (
                      <Link href={address(`/devices/${encodeURIComponent(item.deviceId)}`)}>{item.deviceId}</Link>
                    )}
                  </Table.Td>
                  <Table.Td>
                    {item.reason}
                    {item.payload != null && (
                      <Text size="xs" className="quiet" truncate maw={480} title={item.payload}>
                        {item.payload}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td>{item.tries}</Table.Td>
                  <Table.Td>
                    <Time at={item.setAsideAt} />
                  </Table.Td>
                  <Table.Td ta="right">
                    {mayOperate && (
                      <Group gap="xs" wrap="nowrap" justify="flex-end">
                        <Button
                          size="compact-xs"
                          variant="default"
                          disabled={item.isRetrying}
                          onClick={() => void retry.run({ organizationId, id: item.id })}
                        >
                          {item.isRetrying ? "Retrying" : "Retry"}
                        </Button>
                        <Button
                          size="compact-xs"
                          variant="outline"
                          color="red"
                          onClick={() => {
                            if (confirm("Drop this item? It cannot be retried after that.")) {
                              void drop.run({ organizationId, id: item.id });
                            }
                          }}
                        >
                          Drop
                        </Button>
                      </Group>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Card>
      )}
      <Group mt="sm" gap="xs">
        {cursors.length > 0 && (
          <Button
            size="xs"
            variant="default"
            onClick={() => {
              setCursors(cursors.slice(0, -1));
            }}
          >
            Newer
          </Button>
        )}
        {items?.pageInfo.hasNextPage === true && items.pageInfo.endCursor != null && (
          <Button
            size="xs"
            variant="default"
            onClick={() => {
              setCursors([...cursors, items.pageInfo.endCursor ?? ""]);
            }}
          >
            Older
          </Button>
        )}
      </Group>
    </>
  );
};
