import { expect, it } from "vitest";
import { examples, nameOf } from "./examples";

it("has requests of every kind, none of which needs a variable", () => {
  expect(examples.length).toBeGreaterThan(15);
  expect(new Set(examples.map((example) => nameOf(example).split(" ")[0]))).toEqual(
    new Set(["query", "mutation", "subscription"]),
  );
  expect(examples.some((example) => example.query.includes("$"))).toBe(false);
});
