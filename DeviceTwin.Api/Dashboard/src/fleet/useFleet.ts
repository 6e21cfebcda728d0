import { createContext, useContext, useState } from "react";
import { type CombinedError, useSubscription } from "urql";
import { usePlace } from "../app/organization";
import { graphql } from "../generated";
import type { FleetSubscription } from "../generated/graphql";
import { keepHistory, readHistory, type Sample, withSample } from "./history";

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

export type Fleet = FleetSubscription["fleetChanged"];

export interface WatchedFleet {
  /** Undefined until it is read. */
  fleet: Fleet | undefined;
  history: readonly Sample[];
  error: CombinedError | undefined;
}

export const FleetContext = createContext<WatchedFleet>({ fleet: undefined, history: [], error: undefined });

/** The fleet's counts, live, and what they were in the last hour as far as this browser saw it. */
export const useFleet = () => useContext(FleetContext);

/** Watches the fleet, whichever page is open: so the connection is always there, and the charts have no gaps. */
export const useWatchedFleet = (): WatchedFleet => {
  const { organizationId } = usePlace();
  const [history, setHistory] = useState<readonly Sample[]>(() => readHistory(organizationId));
  const [{ data, error }] = useSubscription(
    { query: FleetDocument, variables: { organizationId } },
    (_: Fleet | undefined, { fleetChanged: { at, byModel: _models, ...counts } }) => {
      setHistory((before) => {
        const numbers = Object.entries(counts).filter(
          (entry): entry is [string, number] => typeof entry[1] === "number",
        );
        const after = withSample(before, { at: Date.parse(at), counts: Object.fromEntries(numbers) });
        keepHistory(organizationId, after);
        return after;
      });
      return { at, byModel: _models, ...counts };
    },
  );
  return { fleet: data, history, error };
};
