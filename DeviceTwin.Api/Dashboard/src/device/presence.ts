import type { Connectivity } from "../generated/graphql";

export interface Transition {
  connectivity: Connectivity;
  at: string;
}

export interface Period {
  connectivity: Connectivity;
  from: number;
  to: number;
}

/** The periods between transitions (newest first) within a span that ends now; what was before the first is not known. */
export const periodsOf = (transitions: readonly Transition[], span: number, now: number): Period[] => {
  let to = now;
  const periods: Period[] = [];
  for (const { connectivity, at } of transitions) {
    const from = Math.max(Date.parse(at), now - span);
    if (to > from) {
      periods.unshift({ connectivity, from, to });
    }
    to = Math.min(to, from);
    if (from === now - span) {
      break;
    }
  }
  return periods;
};
