import guide from "../../../../docs/api.md?raw";

export interface Example {
  /** The guide's chapter. */
  chapter: string;
  query: string;
}

/** The requests of the guide that stand for themselves, without variables that others gave. */
export const examplesIn = (page: string): Example[] =>
  page.split(/^## /m).flatMap((part) => {
    const chapter = part.split("\n", 1)[0] ?? "";
    return [...part.matchAll(/^```graphql\n(.*?)^```/gms)]
      .map((block) => ({ chapter, query: block[1] ?? "" }))
      .filter((example) => !example.query.includes("$"));
  });

export const examples = examplesIn(guide);

/** What an example does: its first field. */
export const nameOf = ({ query }: Example) => {
  const [kind, field] = /^(\w+)[^{]*\{\s*(\w+)/.exec(query)?.slice(1) ?? [];
  return `${kind ?? "query"} ${field ?? ""}`;
};
