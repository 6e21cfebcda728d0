import { useState } from "react";
import { useSubscription } from "urql";
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

/** The fleet's counts, live, and what they were in the last hour as far as this browser saw it. */
export const useFleet = () => {
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
