import { createContext, useContext, useMemo, useState } from "react";
import { type CombinedError, useSubscription } from "urql";
import { usePlace } from "../app/organization";
import { graphql } from "../generated";
import type { FleetSubscription } from "../generated/graphql";
import { useLiveQuery } from "../shared/useLiveQuery";
import { merged, type Sample, sampleOf, withSample } from "./history";

const FleetDocument = graphql(`
  subscription Fleet($organizationId: String!) {
    fleetChanged(organizationId: $organizationId) {
      at
      total
      online
      offline
      neverSeen
      inSync
      drifted
      syncUnknown
      actionsPending
      heartbeatsPerSecond
      byModel {
        brand
        model
        total
        online
        drifted
      }
    }
  }
`);

const HistoryQuery = graphql(`
  query FleetHistory($organizationId: String!) {
    organization(id: $organizationId) {
      fleetHistory {
        at
        total
        online
        offline
        inSync
        drifted
        actionsPending
        heartbeatsPerSecond
      }
    }
  }
`);

export type Fleet = FleetSubscription["fleetChanged"];

export interface WatchedFleet {
  /** Undefined until it is read. */
  fleet: Fleet | undefined;
  history: readonly Sample[];
  error: CombinedError | undefined;
}

export const FleetContext = createContext<WatchedFleet>({ fleet: undefined, history: [], error: undefined });

/** The fleet's counts, live, and what they were in the last hour. */
export const useFleet = () => useContext(FleetContext);

/** Watches the fleet, whichever page is open: so the connection is always there. */
export const useWatchedFleet = (): WatchedFleet => {
  const { organizationId } = usePlace();
  const [seen, setSeen] = useState<readonly Sample[]>([]);
  const [{ data: read }] = useLiveQuery(HistoryQuery, { organizationId });
  const [{ data, error }] = useSubscription(
    { query: FleetDocument, variables: { organizationId } },
    (_: Fleet | undefined, { fleetChanged }) => {
      setSeen((before) => withSample(before, sampleOf(fleetChanged)));
      return fleetChanged;
    },
  );
  const kept = read?.organization?.fleetHistory;
  const history = useMemo(() => merged((kept ?? []).map(sampleOf), seen), [kept, seen]);
  return { fleet: data, history, error };
};
