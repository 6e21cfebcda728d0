import { expect, it } from "vitest";
import { merged, type Sample, sampleOf, withSample } from "./history";

const sample = (seconds: number, total = 1): Sample => ({ at: seconds * 1000, counts: { total } });

it("keeps an hour, a sample each ten seconds, and always the newest", () => {
  let samples: Sample[] = [];
  for (let second = 0; second <= 2 * 3600; second++) {
    samples = withSample(samples, sample(second, second));
  }
  expect(samples.length).toBeLessThanOrEqual(362);
  expect(samples[0]?.at).toBeGreaterThan(3600 * 1000);
  expect(samples.at(-1)?.counts.total).toBe(7200);
});

it("fills what this page did not see with what the service kept", () => {
  const kept = [sample(0), sample(60), sample(120)];
  const seen = [sample(50, 2), sample(120, 2), sample(130, 2)];
  expect(merged(kept, seen).map(({ at, counts }) => [at / 1000, counts.total])).toEqual([
    [0, 1],
    [50, 2],
    [60, 1],
    [120, 2],
    [130, 2],
  ]);
});

it("counts numbers alone", () => {
  expect(sampleOf({ at: "1970-01-01T00:00:01Z", total: 3, byModel: [], __typename: "FleetSample" })).toEqual(
    sample(1, 3),
  );
});
