import { useEffect, useState } from "react";
import { useClient } from "urql";
import { usePlace } from "../app/organization";
import { graphql } from "../generated";
import type { Connectivity, SyncStatus } from "../generated/graphql";

const HeartbeatsDocument = graphql(`
  subscription RowHeartbeats($organizationId: String!, $deviceIds: [String!]!) {
    heartbeats(organizationId: $organizationId, deviceIds: $deviceIds) {
      deviceId
      at
    }
  }
`);

const ConnectivityDocument = graphql(`
  subscription RowConnectivity($organizationId: String!, $deviceIds: [String!]!) {
    connectivityChanged(organizationId: $organizationId, deviceIds: $deviceIds) {
      deviceId
      connectivity
    }
  }
`);

const SyncDocument = graphql(`
  subscription RowSync($organizationId: String!, $deviceIds: [String!]!) {
    deviceChanged(organizationId: $organizationId, deviceIds: $deviceIds) {
      device {
        deviceId
        syncStatus
      }
    }
  }
`);

export interface LiveRow {
  lastHeartbeatAt?: string;
  connectivity?: Connectivity;
  syncStatus?: SyncStatus;
}

const shortestPause = 250;

/** What has happened to the rows in sight since they were read. Rows change where they stand; none moves. */
export const useLiveRows = (deviceIds: readonly string[]): ReadonlyMap<string, LiveRow> => {
  const client = useClient();
  const { organizationId } = usePlace();
  const [rows, setRows] = useState<ReadonlyMap<string, LiveRow>>(new Map());
  const key = JSON.stringify(deviceIds);

  useEffect(() => {
    const variables = { organizationId, deviceIds: JSON.parse(key) as string[] };
    if (variables.deviceIds.length === 0) {
      return;
    }
    const waiting = new Map<string, LiveRow>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (deviceId: string, row: LiveRow) => {
      waiting.set(deviceId, { ...waiting.get(deviceId), ...row });
      timer ??= setTimeout(() => {
        timer = undefined;
        const arrived = [...waiting];
        waiting.clear();
        setRows((before) => {
          const after = new Map(before);
          for (const [id, change] of arrived) {
            after.set(id, { ...after.get(id), ...change });
          }
          return after;
        });
      }, shortestPause);
    };

    const subscriptions = [
      client.subscription(HeartbeatsDocument, variables).subscribe(({ data }) => {
        if (data) {
          show(data.heartbeats.deviceId, { lastHeartbeatAt: data.heartbeats.at });
        }
      }),
      client.subscription(ConnectivityDocument, variables).subscribe(({ data }) => {
        if (data) {
          show(data.connectivityChanged.deviceId, { connectivity: data.connectivityChanged.connectivity });
        }
      }),
      client.subscription(SyncDocument, variables).subscribe(({ data }) => {
        const device = data?.deviceChanged.device;
        if (device) {
          show(device.deviceId, { syncStatus: device.syncStatus });
        }
      }),
    ];
    return () => {
      clearTimeout(timer);
      subscriptions.forEach((subscription) => {
        subscription.unsubscribe();
      });
    };
  }, [client, organizationId, key]);

  return rows;
};
