import { expect, it } from "vitest";
import { type Sample, withSample } from "./history";

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
