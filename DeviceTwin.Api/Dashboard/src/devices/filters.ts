import type { Connectivity, DeviceFilterInput, DeviceSortInput, SyncStatus } from "../generated/graphql";

/** What somebody looks for, as the fields above the table have it; empty texts look for nothing. */
export interface Search {
  text: string;
  connectivity: Connectivity | "";
  syncStatus: SyncStatus | "";
  model: string;
  group: string;
  snap: string;
  tagPath: string;
  tagValue: string;
}

export const everything: Search = {
  text: "",
  connectivity: "",
  syncStatus: "",
  model: "",
  group: "",
  snap: "",
  tagPath: "",
  tagValue: "",
};

const names = Object.keys(everything) as (keyof Search)[];

/** What somebody looks for, as the page's address has it. */
export const searchIn = (address: URLSearchParams): Search =>
  Object.fromEntries(names.map((name) => [name, address.get(name) ?? ""])) as unknown as Search;

/** The address with what somebody looks for in it. */
export const withSearch = (address: URLSearchParams, search: Search) => {
  const next = new URLSearchParams(address);
  for (const name of names) {
    if (search[name] === "") {
      next.delete(name);
    } else {
      next.set(name, search[name]);
    }
  }
  return next;
};

// A tag may be a number or a truth value: what reads as JSON is meant as JSON.
const tagValueOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** The same as the API's `where`. */
export const toWhere = (search: Search): DeviceFilterInput => ({
  ...(search.text !== "" && {
    or: [
      { deviceId: { contains: search.text } },
      { serial: { contains: search.text } },
      { model: { contains: search.text } },
    ],
  }),
  ...(search.connectivity !== "" && { connectivity: { eq: search.connectivity } }),
  ...(search.syncStatus !== "" && { syncStatus: { eq: search.syncStatus } }),
  ...(search.model !== "" && { model: { eq: search.model } }),
  ...(search.group !== "" && { group: { eq: search.group } }),
  ...(search.snap !== "" && { snap: { name: { eq: search.snap } } }),
  ...(search.tagPath !== "" &&
    search.tagValue !== "" && { tag: { path: search.tagPath, eq: tagValueOf(search.tagValue) } }),
});

const enums = new Set(["connectivity", "syncStatus"]);

/** An input as GraphQL writes it: names without quotes, and enums, too. */
export const asGraphQL = (value: unknown, isEnum = false): string => {
  if (Array.isArray(value)) {
    return `[${value.map((each) => asGraphQL(each, isEnum)).join(", ")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).map(
      ([name, each]) => `${name}: ${asGraphQL(each, isEnum || enums.has(name))}`,
    );
    return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
  }
  return isEnum && typeof value === "string" ? value : JSON.stringify(value);
};

/** A query that finds what the table shows. */
export const asQuery = (organizationId: string, where: DeviceFilterInput, order: DeviceSortInput[]) => `{
  devices(
    organizationId: ${JSON.stringify(organizationId)}
    where: ${asGraphQL(where)}
    order: ${asGraphQL(order, true)}
    first: 50
  ) {
    totalCount
    nodes { deviceId model connectivity lastHeartbeatAt }
    pageInfo { hasNextPage endCursor }
  }
}`;
