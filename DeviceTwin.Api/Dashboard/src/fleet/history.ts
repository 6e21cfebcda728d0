/** What a fleet counted at an instant. */
export interface Sample {
  at: number;
  counts: Record<string, number>;
}

const span = 60 * 60 * 1000;
const step = 10_000;

/** A sample of what the service told: its instant, and all that are numbers. */
export const sampleOf = ({ at, ...counts }: { at: string } & Record<string, unknown>): Sample => ({
  at: Date.parse(at),
  counts: Object.fromEntries(
    Object.entries(counts).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
  ),
});

/** The samples of the last hour with a new one; of those that stand close together the last is kept. */
export const withSample = (samples: readonly Sample[], next: Sample): Sample[] => {
  const recent = samples.filter((sample) => sample.at > next.at - span && sample.at <= next.at);
  const before = recent.at(-2);
  return before !== undefined && next.at - before.at <= step ? [...recent.slice(0, -1), next] : [...recent, next];
};

/** What the service kept, and between it what this page saw since, in the order of time. */
export const merged = (kept: readonly Sample[], seen: readonly Sample[]): Sample[] =>
  [...new Map([...kept, ...seen].map((sample) => [sample.at, sample])).values()].toSorted(
    (one, other) => one.at - other.at,
  );
