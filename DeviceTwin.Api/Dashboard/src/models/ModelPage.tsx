import { Stack, Title } from "@mantine/core";
import { useCallback } from "react";
import { usePlace } from "../app/organization";
import { graphql } from "../generated";
import { LayerEditor } from "../layers/LayerEditor";
import { Members } from "../layers/Members";
import { Empty, Failed, Loading } from "../shared/States";
import { useCommand } from "../shared/useCommand";
import { useLiveQuery } from "../shared/useLiveQuery";

const ModelQuery = graphql(`
  query Model($organizationId: String!, $name: String!) {
    model(organizationId: $organizationId, name: $name) {
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
    }
  }
`);

const StoreDocument = graphql(`
  mutation SetModelDesiredState($input: SetDesiredLayerInput!) {
    setModelDesiredState(input: $input) {
      model {
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

export const ModelPage = ({ name }: { name: string }) => {
  const { organizationId } = usePlace();
  const [{ data, error }, ask] = useLiveQuery(ModelQuery, { organizationId, name });
  const again = useCallback(() => {
    ask({ requestPolicy: "network-only" });
  }, [ask]);
  const { run, fault, isRunning } = useCommand(StoreDocument, again);

  if (data?.model == null) {
    return data !== undefined ? (
      <Empty title="There is no such model" />
    ) : error !== undefined ? (
      <Failed error={error} again={again} />
    ) : (
      <Loading what="the model" />
    );
  }

  const { model } = data;
  return (
    <Stack gap="sm">
      <Title order={1} size="h3">
        {model.name}
      </Title>
      <LayerEditor
        key={model.desired.version}
        layer={model.desired}
        hasPriority={false}
        where={{ model: { eq: name } }}
        store={(input) => void run({ ...input, organizationId, name })}
        fault={fault}
        isRunning={isRunning}
      />
      <Members title="Devices" members={model.devices.nodes} total={model.devices.totalCount} all={{ model: name }} />
    </Stack>
  );
};
