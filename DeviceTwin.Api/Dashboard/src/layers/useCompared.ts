import { useEffect, useState } from "react";
import { useClient } from "urql";
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
const pageSize = 40;
const mostPages = 10;

type Compared = ComparedDevicesQuery["devices"];

/** The devices that a layer is compared with, as many as can be looked at in a moment. */
export const useCompared = (where: DeviceFilterInput) => {
  const client = useClient();
  const { organizationId } = usePlace();
  const [compared, setCompared] = useState<Pick<Compared, "nodes" | "totalCount">>({ nodes: [], totalCount: 0 });
  const key = JSON.stringify(where);

  useEffect(() => {
    let isOver = false;
    const read = async () => {
      let nodes: Compared["nodes"] = [];
      let after: string | null = null;
      for (let page = 0; page < mostPages; page++) {
        const variables: ComparedDevicesQueryVariables = {
          organizationId,
          where: JSON.parse(key) as DeviceFilterInput,
          first: pageSize,
          after,
        };
        const answer: Compared | undefined = (
          await client.query(ComparedDocument, variables, { requestPolicy: "network-only" })
        ).data?.devices;
        if (isOver || answer === undefined) {
          return;
        }
        nodes = [...nodes, ...answer.nodes];
        setCompared({ nodes, totalCount: answer.totalCount });
        after = answer.pageInfo.endCursor ?? null;
        if (!answer.pageInfo.hasNextPage) {
          return;
        }
      }
    };
    void read();
    return () => {
      isOver = true;
    };
  }, [client, organizationId, key]);

  return compared;
};
