import { useCallback, useEffect, useRef, useState } from "react";
import { type CombinedError, type OperationResult, useClient } from "urql";
import { useConnection } from "../app/connection";
import { usePlace } from "../app/organization";
import { graphql } from "../generated";
import type { DeviceFilterInput, DevicesQuery, DeviceSortInput } from "../generated/graphql";
import type { ListedDevice } from "./columns";

const DevicesDocument = graphql(`
  query Devices(
    $organizationId: String!
    $where: DeviceFilterInput
    $order: [DeviceSortInput!]
    $after: String
    $first: Int!
  ) {
    devices(organizationId: $organizationId, where: $where, order: $order, after: $after, first: $first) {
      nodes {
        deviceId
        brand
        model
        serial
        connectivity
        lastHeartbeatAt
        createdAt
        syncStatus
        groups {
          name
        }
        operatingSystem {
          osId
          osVersionId
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const TotalDocument = graphql(`
  query DevicesTotal($organizationId: String!, $where: DeviceFilterInput) {
    devices(organizationId: $organizationId, where: $where, first: 1) {
      totalCount
    }
  }
`);

const pageSize = 100;

interface Pages {
  /** What was asked for. */
  key: string;
  devices: readonly ListedDevice[];
  next: string | null;
  total: number | undefined;
  error: CombinedError | undefined;
}

const empty: Pages = { key: "", devices: [], next: null, total: undefined, error: undefined };

/** The devices that match, page after page as the reader comes to them. */
export const useDevices = (where: DeviceFilterInput, order: DeviceSortInput[]) => {
  const client = useClient();
  const { organizationId } = usePlace();
  const { epoch } = useConnection();
  const [pages, setPages] = useState<Pages>(empty);
  const asked = useRef(0);
  const isReading = useRef(false);
  const key = JSON.stringify([organizationId, where, order]);

  const shown = useRef({ key: "", rows: 0 });

  const read = useCallback(
    async (from: string | null) => {
      const question = (asked.current += 1);
      isReading.current = true;
      const [forOrganization, forWhere, forOrder] = JSON.parse(key) as [string, DeviceFilterInput, DeviceSortInput[]];
      const scope = { organizationId: forOrganization, where: forWhere };
      const counting =
        from === null ? client.query(TotalDocument, scope, { requestPolicy: "network-only" }) : undefined;
      // Who reads the same again sees as many rows as before: the table does not move from under them.
      const wanted = from === null && shown.current.key === key ? shown.current.rows : 0;
      const rows: ListedDevice[] = [];
      let next = from;
      let error: CombinedError | undefined;
      do {
        const page: OperationResult<DevicesQuery> = await client.query(
          DevicesDocument,
          { ...scope, order: forOrder, after: next, first: pageSize },
          { requestPolicy: "network-only" },
        );
        // Somebody has typed on meanwhile.
        if (question !== asked.current) {
          return;
        }
        error = page.error;
        rows.push(...(page.data?.devices.nodes ?? []));
        next = page.data?.devices.pageInfo.hasNextPage === true ? (page.data.devices.pageInfo.endCursor ?? null) : null;
      } while (next !== null && rows.length < wanted);
      const count = await counting;
      if (question !== asked.current) {
        return;
      }
      isReading.current = false;
      setPages((before) => {
        const devices = from === null ? (error === undefined ? rows : before.devices) : [...before.devices, ...rows];
        shown.current = { key, rows: devices.length };
        return { key, devices, next, total: count?.data?.devices.totalCount ?? before.total, error };
      });
    },
    [client, key],
  );

  const again = useCallback(() => {
    void read(null);
  }, [read]);

  useEffect(again, [again, epoch]);

  const more = useCallback(() => {
    if (pages.next !== null && !isReading.current) {
      void read(pages.next);
    }
  }, [pages.next, read]);

  return { ...pages, isLoading: pages.key !== key, more, again };
};
