import { graphql } from "../generated";
import type { LayerFactsFragment } from "../generated/graphql";

/** A layer as it is stored, for its editor. */
export const LayerFacts = graphql(`
  fragment LayerFacts on DesiredLayer {
    version
    priority
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
      services {
        name
        active
      }
    }
  }
`);

export type StoredLayer = LayerFactsFragment;

type StoredSnap = StoredLayer["snaps"][number];

/** Its snaps without what they do not ask for. */
export const readableSnaps = (layer: { snaps: readonly StoredSnap[] }) =>
  layer.snaps.map((snap) =>
    Object.fromEntries(
      Object.entries(snap).filter(
        ([name, value]) => name !== "__typename" && value !== null && !(Array.isArray(value) && value.length === 0),
      ),
    ),
  );
