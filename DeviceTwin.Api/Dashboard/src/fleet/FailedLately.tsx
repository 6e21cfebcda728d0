import { Card, Table, Text, Title } from "@mantine/core";
import { useSubscription } from "urql";
import { Link } from "wouter";
import { useAddress, usePlace } from "../app/organization";
import { graphql } from "../generated";
import { StatusBadge } from "../shared/Badges";
import { Time } from "../shared/Time";
import { Failed, Loading } from "../shared/States";
import { useLiveQuery } from "../shared/useLiveQuery";

const FailedQuery = graphql(`
  query FailedLately($organizationId: String!) {
    actions(organizationId: $organizationId, first: 8, where: { status: { in: [FAILED, TIMED_OUT] } }) {
      nodes {
        actionId
        deviceId
        kind
        snap
        status
        message
        updatedAt
      }
    }
  }
`);

const MovedSubscription = graphql(`
  subscription ActionMoved($organizationId: String!) {
    actionChanged(organizationId: $organizationId) {
      actionId
      status
    }
  }
`);

/** Actions that failed, the newest first. */
export const FailedLately = () => {
  const address = useAddress();
  const { organizationId } = usePlace();
  const [{ data, error }, ask, changed] = useLiveQuery(FailedQuery, { organizationId });
  useSubscription(
    { query: MovedSubscription, variables: { organizationId } },
    (_: null | undefined, { actionChanged }) => {
      if (actionChanged.status === "FAILED" || actionChanged.status === "TIMED_OUT") {
        changed();
      }
      return null;
    },
  );
  const actions = data?.actions.nodes ?? [];
  return (
    <Card withBorder padding="sm" className="scroll">
      <Title order={2} size="h5">
        Failed lately
      </Title>
      {error !== undefined && <Failed error={error} again={ask} />}
      {data === undefined ? (
        error === undefined && <Loading what="what failed" />
      ) : actions.length === 0 ? (
        <Text size="sm" className="quiet" mt="xs">
          No action has failed.
        </Text>
      ) : (
        <Table>
          <Table.Tbody>
            {actions.map((action) => (
              <Table.Tr key={action.actionId}>
                <Table.Td>
                  <Time at={action.updatedAt} />
                </Table.Td>
                <Table.Td>
                  <Link href={address(`/devices/${encodeURIComponent(action.deviceId)}`)}>{action.deviceId}</Link>
                </Table.Td>
                <Table.Td>
                  {action.kind.toLowerCase()} {action.snap} <StatusBadge status={action.status} />
                  <Text size="xs" className="quiet">
                    {action.message}
                  </Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Card>
  );
};
