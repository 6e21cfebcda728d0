import { buildSchema } from "graphql";
import { expect, it } from "vitest";
import schema from "../../../../schema.graphql?raw";

const sources = import.meta.glob<string>(["../**/*.ts", "../**/*.tsx", "!../generated/**", "!../**/*.test.ts"], {
  query: "?raw",
  import: "default",
  eager: true,
});

it("the page offers every mutation of the API", () => {
  const written = Object.values(sources).join("\n");
  const missing = Object.keys(buildSchema(schema).getMutationType()?.getFields() ?? {}).filter(
    (name) => !written.includes(`  ${name}(input: $input)`),
  );
  expect(missing).toEqual([]);
});
