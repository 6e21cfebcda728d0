import { describe, expect, it } from "vitest";
import { asGraphQL, asQuery, everything, searchIn, toWhere, withSearch } from "./filters";

describe("what somebody looks for", () => {
  it("asks for everything while nothing is filled in", () => {
    expect(toWhere(everything)).toEqual({});
  });

  it("looks for a text in id, serial and model", () => {
    expect(toWhere({ ...everything, text: "gw" }).or).toEqual([
      { deviceId: { contains: "gw" } },
      { serial: { contains: "gw" } },
      { model: { contains: "gw" } },
    ]);
  });

  it("takes a tag's value as JSON where it reads as JSON", () => {
    const tagged = (tagValue: string) => toWhere({ ...everything, tagPath: "floor", tagValue }).tag?.eq;
    expect([tagged("3"), tagged("true"), tagged("Berlin"), tagged('"3"')]).toEqual([3, true, "Berlin", "3"]);
  });

  it("stands in the page's address beside the organization", () => {
    const search = { ...everything, text: "gw 1", connectivity: "OFFLINE" as const };
    const address = withSearch(new URLSearchParams("in=acme&model=x1"), search);
    expect(address.toString()).toBe("in=acme&text=gw+1&connectivity=OFFLINE");
    expect(searchIn(address)).toEqual(search);
  });

  it("is written as GraphQL: enums and names without quotes, texts with", () => {
    const where = toWhere({ ...everything, connectivity: "ONLINE", snap: 'na"ts' });
    expect(asGraphQL(where)).toBe('{ connectivity: { eq: ONLINE }, snap: { name: { eq: "na\\"ts" } } }');
    expect(asQuery("acme", where, [{ lastHeartbeatAt: "DESC" }])).toContain("order: [{ lastHeartbeatAt: DESC }]");
  });
});
