import { useSubscription } from "urql";
import { usePlace } from "../app/organization";
import { graphql } from "../generated";
import type { DeviceQuery } from "../generated/graphql";
import { useLiveQuery } from "../shared/useLiveQuery";

const DeviceDocument = graphql(`
  query Device($organizationId: String!, $deviceId: String!) {
    device(organizationId: $organizationId, deviceId: $deviceId) {
      deviceId
      active
      brand
      model
      serial
      storeId
      connectivity
      lastHeartbeatAt
      lastSeenAt
      createdAt
      tags
      syncStatus
      syncReason
      groups {
        name
      }
      operatingSystem {
        osId
        osVersionId
        series
        version
        kernelVersion
        onClassic
      }
      metrics {
        at
        memoryTotalBytes
        memoryUsedBytes
        memoryUsedPercent
        cpuUserSeconds
        cpuSystemSeconds
      }
      connectivityHistory(first: 100) {
        connectivity
        at
      }
      reported {
        version
        properties
        updatedAt
      }
      desired {
        version
        properties
        updatedAt
        updatedBy
        snaps {
          name
          presence
          channel
          revision
          enabled
          config
          layer
          layers {
            kind
            name
          }
          services {
            name
            active
          }
        }
      }
      drift {
        path
        desired
        reported
      }
      snaps {
        name
        version
        revision
        channel
        status
        confinement
        devmode
        installedSize
        installedAt
        fieldErrors {
          field
          message
        }
        services {
          name
          daemon
          enabled
          active
        }
      }
      actions(first: 30) {
        nodes {
          actionId
          kind
          snap
          data
          status
          message
          requestedBy
          createdAt
          sentAt
          updatedAt
          confirmedAt
        }
      }
    }
  }
`);

const ChangedDocument = graphql(`
  subscription DeviceMoved($organizationId: String!, $deviceId: String!) {
    deviceChanged(organizationId: $organizationId, deviceIds: [$deviceId]) {
      cursor
    }
  }
`);

const HeartbeatDocument = graphql(`
  subscription DeviceHeartbeat($organizationId: String!, $deviceId: String!) {
    heartbeats(organizationId: $organizationId, deviceIds: [$deviceId]) {
      at
    }
  }
`);

const ConnectivityDocument = graphql(`
  subscription DeviceConnectivity($organizationId: String!, $deviceId: String!) {
    connectivityChanged(organizationId: $organizationId, deviceIds: [$deviceId]) {
      connectivity
    }
  }
`);

export type ShownDevice = NonNullable<DeviceQuery["device"]>;

/** One device with all that hangs on it, as it changes. */
export const useDevice = (deviceId: string) => {
  const variables = { organizationId: usePlace().organizationId, deviceId };
  const [{ data, error }, ask, changed] = useLiveQuery(DeviceDocument, variables);
  const again = (before: number | undefined) => {
    changed();
    return (before ?? 0) + 1;
  };
  const [{ data: changes }] = useSubscription({ query: ChangedDocument, variables }, again);
  useSubscription({ query: ConnectivityDocument, variables }, again);
  const [{ data: heartbeat }] = useSubscription({ query: HeartbeatDocument, variables });
  const read = data?.device;
  return {
    device: read && { ...read, lastHeartbeatAt: heartbeat?.heartbeats.at ?? read.lastHeartbeatAt },
    isRead: data !== undefined,
    /** Grows with each change. */
    changes: changes ?? 0,
    error,
    ask,
  };
};
