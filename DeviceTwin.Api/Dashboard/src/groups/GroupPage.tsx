import { Alert, Button, Group, Stack, TextInput, Title } from "@mantine/core";
import { useCallback, useState } from "react";
import { useLocation } from "wouter";
import { useAddress, useMay, usePlace } from "../app/organization";
import { graphql } from "../generated";
import { LayerEditor } from "../layers/LayerEditor";
import { Members } from "../layers/Members";
import { Empty, Failed, Loading } from "../shared/States";
import { useCommand } from "../shared/useCommand";
import { useLiveQuery } from "../shared/useLiveQuery";

const GroupQuery = graphql(`
  query Group($organizationId: String!, $name: String!) {
    group(organizationId: $organizationId, name: $name) {
      name
      desired {
        ...LayerFacts
      }
      devices(first: 100) {
        totalCount
        nodes {
          deviceId
          connectivity
          syncStatus
        }
      }
      excludedDevices(first: 100) {
        totalCount
        nodes {
          deviceId
          connectivity
          syncStatus
        }
      }
    }
  }
`);

const StoreDocument = graphql(`
  mutation SetGroupDesiredState($input: SetDesiredLayerInput!) {
    setGroupDesiredState(input: $input) {
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

const AddDocument = graphql(`
  mutation AddDevicesToGroup($input: GroupDevicesInput!) {
    addDevicesToGroup(input: $input) {
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

const RemoveDocument = graphql(`
  mutation RemoveDevicesFromGroup($input: GroupDevicesInput!) {
    removeDevicesFromGroup(input: $input) {
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

const DeleteDocument = graphql(`
  mutation DeleteGroup($input: GroupInput!) {
    deleteGroup(input: $input) {
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

export const GroupPage = ({ name }: { name: string }) => {
  const { organizationId } = usePlace();
  const maySteer = useMay("OPERATOR");
  const address = useAddress();
  const [, go] = useLocation();
  const [{ data, error }, ask] = useLiveQuery(GroupQuery, { organizationId, name });
  const again = useCallback(() => {
    ask({ requestPolicy: "network-only" });
  }, [ask]);
  const store = useCommand(StoreDocument, again);
  const [ids, setIds] = useState("");
  const add = useCommand(
    AddDocument,
    useCallback(() => {
      setIds("");
      again();
    }, [again]),
  );
  const remove = useCommand(RemoveDocument, again);
  const whole = useCommand(
    DeleteDocument,
    useCallback(() => {
      go(address("/groups"));
    }, [go, address]),
  );

  if (data?.group == null) {
    return data !== undefined ? (
      <Empty title="There is no such group" />
    ) : error !== undefined ? (
      <Failed error={error} again={again} />
    ) : (
      <Loading what="the group" />
    );
  }

  const { group } = data;
  const fault = add.fault ?? remove.fault ?? whole.fault;
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={1} size="h3">
          {group.name}
        </Title>
        {maySteer && (
          <Button
            size="xs"
            color="red"
            variant="outline"
            loading={whole.isRunning}
            onClick={() => {
              if (confirm(`Delete the group ${name}? Its devices stay; what is desired of it goes.`)) {
                void whole.run({ organizationId, name });
              }
            }}
          >
            Delete group
          </Button>
        )}
      </Group>
      {fault !== undefined && (
        <Alert color="red" role="alert">
          {fault}
        </Alert>
      )}
      <LayerEditor
        key={group.desired.version}
        layer={group.desired}
        hasPriority
        where={{ group: { eq: name } }}
        store={(input) => void store.run({ ...input, organizationId, name })}
        fault={store.fault}
        isRunning={store.isRunning}
      />
      {maySteer && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void add.run({ organizationId, name, deviceIds: ids.split(/[\s,]+/).filter((id) => id !== "") });
          }}
        >
          <Group gap="xs">
            <TextInput
              size="xs"
              w={320}
              aria-label="Devices to put in"
              placeholder="Device ids, with spaces or commas between"
              required
              value={ids}
              onChange={(event) => {
                setIds(event.currentTarget.value);
              }}
            />
            <Button size="xs" type="submit" variant="default" loading={add.isRunning}>
              Put in
            </Button>
          </Group>
        </form>
      )}
      <div className="panels">
        <Members
          title="Members"
          all={{ group: name }}
          members={group.devices.nodes}
          total={group.devices.totalCount}
          {...(maySteer && {
            action: {
              label: "Take out",
              run: (id: string) => void remove.run({ organizationId, name, deviceIds: [id] }),
            },
          })}
        />
        <Members
          title="Not in the group"
          members={group.excludedDevices.nodes}
          total={group.excludedDevices.totalCount}
          {...(maySteer && {
            action: {
              label: "Put in",
              run: (id: string) => void add.run({ organizationId, name, deviceIds: [id] }),
            },
          })}
        />
      </div>
    </Stack>
  );
};
