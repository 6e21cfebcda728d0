import { useEffect, useState } from "react";
import { type CombinedError, type OperationResult, useClient } from "urql";
import { usePlace } from "../app/organization";
import { graphql } from "../generated";
import type { ComparedDevicesQuery, ComparedDevicesQueryVariables, DeviceFilterInput } from "../generated/graphql";

const ComparedDocument = graphql(`
  query ComparedDevices($organizationId: String!, $where: DeviceFilterInput!, $first: Int!, $after: String) {
    devices(organizationId: $organizationId, where: $where, first: $first, after: $after) {
      totalCount
      nodes {
        deviceId
        reported {
          properties
        }
        snaps {
          name
          channel
          revision
          status
          config
          services {
            name
            active
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

// What a device holds weighs much: more of them in one page is more than the service allows (graphql.complexity).
const pageSize = 25;
const mostPages = 12;

type Devices = ComparedDevicesQuery["devices"];

type Compared = Pick<Devices, "nodes" | "totalCount"> & { isOver: boolean; error?: CombinedError | undefined };

/** The devices that a layer is compared with, as many as can be looked at in a moment. */
export const useCompared = (where: DeviceFilterInput) => {
  const client = useClient();
  const { organizationId } = usePlace();
  const [compared, setCompared] = useState<Compared>({ nodes: [], totalCount: 0, isOver: false });
  const key = JSON.stringify(where);

  useEffect(() => {
    let isLeft = false;
    const read = async () => {
      let nodes: Devices["nodes"] = [];
      let after: string | null = null;
      for (let page = 0; page < mostPages; page++) {
        const variables: ComparedDevicesQueryVariables = {
          organizationId,
          where: JSON.parse(key) as DeviceFilterInput,
          first: pageSize,
          after,
        };
        const { data, error }: OperationResult<ComparedDevicesQuery> = await client.query(ComparedDocument, variables, {
          requestPolicy: "network-only",
        });
        if (isLeft) {
          return;
        }
        const answer: Devices | undefined = data?.devices;
        if (answer === undefined) {
          setCompared((before) => ({ ...before, error, isOver: true }));
          return;
        }
        nodes = [...nodes, ...answer.nodes];
        const isOver = !answer.pageInfo.hasNextPage || page === mostPages - 1;
        setCompared({ nodes, totalCount: answer.totalCount, isOver });
        after = answer.pageInfo.endCursor ?? null;
        if (isOver) {
          return;
        }
      }
    };
    void read();
    return () => {
      isLeft = true;
    };
  }, [client, organizationId, key]);

  return compared;
};
