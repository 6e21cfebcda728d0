import { Alert, Button, Card, Group, Table, TextInput, Title } from "@mantine/core";
import { type SyntheticEvent, useCallback, useState } from "react";
import { Link } from "wouter";
import { useAddress, useMay, usePlace } from "../app/organization";
import { graphql } from "../generated";
import { Empty, Failed, Loading } from "../shared/States";
import { useCommand } from "../shared/useCommand";
import { useLiveQuery } from "../shared/useLiveQuery";

const GroupsQuery = graphql(`
  query Groups($organizationId: String!) {
    groups(organizationId: $organizationId) {
      name
      desired {
        version
        priority
        snaps {
          name
        }
      }
      devices(first: 1) {
        totalCount
      }
    }
  }
`);

const CreateGroupDocument = graphql(`
  mutation CreateGroup($input: GroupInput!) {
    createGroup(input: $input) {
      group {
        name
      }
      errors {
        __typename
        ... on Error {
          message
        }
      }
    }
  }
`);

export const GroupsPage = () => {
  const { organizationId } = usePlace();
  const address = useAddress();
  const maySteer = useMay("OPERATOR");
  const [name, setName] = useState("");
  const [{ data, error }, ask] = useLiveQuery(GroupsQuery, { organizationId });
  const again = useCallback(() => {
    ask({ requestPolicy: "network-only" });
  }, [ask]);
  const done = useCallback(() => {
    setName("");
    again();
  }, [again]);
  const { run, fault, isRunning } = useCommand(CreateGroupDocument, done);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    void run({ organizationId, name: name.trim() });
  };
  return (
    <>
      <Group justify="space-between" mb="sm">
        <Title order={1} size="h3">
          Groups
        </Title>
        {maySteer && (
          <form onSubmit={submit}>
            <Group gap="xs">
              <TextInput
                size="xs"
                aria-label="Name of the new group"
                placeholder="Name"
                required
                value={name}
                onChange={(event) => {
                  setName(event.currentTarget.value);
                }}
              />
              <Button size="xs" type="submit" loading={isRunning}>
                Create group
              </Button>
            </Group>
          </form>
        )}
      </Group>
      {fault !== undefined && (
        <Alert color="red" role="alert" title="The group was not created" mb="sm">
          {fault}
        </Alert>
      )}
      {error !== undefined && <Failed error={error} again={again} />}
      {data === undefined ? (
        error === undefined && <Loading what="groups" />
      ) : data.groups.length === 0 ? (
        <Empty title="No groups yet">
          A group holds devices that are to be alike: what is desired of it holds for all of them.
        </Empty>
      ) : (
        <Card withBorder padding="sm" className="scroll">
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Group</Table.Th>
                <Table.Th>Devices</Table.Th>
                <Table.Th>Desired snaps</Table.Th>
                <Table.Th>Priority</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.groups.map((group) => (
                <Table.Tr key={group.name}>
                  <Table.Td>
                    <Link href={address(`/groups/${encodeURIComponent(group.name)}`)}>{group.name}</Link>
                  </Table.Td>
                  <Table.Td>{group.devices.totalCount}</Table.Td>
                  <Table.Td>{group.desired.snaps.map((snap) => snap.name).join(", ")}</Table.Td>
                  <Table.Td>{group.desired.priority}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Card>
      )}
    </>
  );
};
