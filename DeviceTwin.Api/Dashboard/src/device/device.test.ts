import { describe, expect, it } from "vitest";
import { deviceCommands, snapCommands, valueOf } from "./commands";
import { mergePatch } from "./mergePatch";
import { periodsOf } from "./presence";

describe("a merge patch", () => {
  it("deletes with null, leaves out what is alike, and steps into objects", () => {
    const before = { a: 1, gone: true, site: { name: "Berlin", floor: 3 }, list: [1] };
    const after = { a: 1, site: { name: "Bonn", floor: 3 }, list: [1, 2], fresh: {} };
    expect(mergePatch(before, after)).toEqual({ gone: null, site: { name: "Bonn" }, list: [1, 2], fresh: {} });
  });
});

describe("presence", () => {
  const at = (minute: number) => new Date(minute * 60_000).toISOString();

  it("is the periods between transitions within the span", () => {
    const history = [
      { connectivity: "ONLINE" as const, at: at(90) },
      { connectivity: "OFFLINE" as const, at: at(70) },
      { connectivity: "ONLINE" as const, at: at(10) },
    ];
    expect(
      periodsOf(history, 60 * 60_000, 100 * 60_000).map((period) => [
        period.connectivity,
        period.from / 60_000,
        period.to / 60_000,
      ]),
    ).toEqual([
      ["ONLINE", 40, 70],
      ["OFFLINE", 70, 90],
      ["ONLINE", 90, 100],
    ]);
  });

  it("knows nothing of what was before the first transition", () => {
    expect(periodsOf([{ connectivity: "ONLINE", at: at(90) }], 60 * 60_000, 100 * 60_000)).toHaveLength(1);
    expect(periodsOf([], 60_000, 60_000)).toEqual([]);
  });
});

describe("the forms of commands", () => {
  it("leave out what is optional and not filled in", () => {
    const field = { name: "services", label: "", kind: "list" as const, isOptional: true };
    expect(valueOf(field, " ")).toBeUndefined();
    expect(valueOf(field, "a, b,")).toEqual(["a", "b"]);
  });

  it("warn before anything is taken away", () => {
    const taking = [...deviceCommands, ...snapCommands].filter((each) =>
      /^(Remove|Delete|Unregister)/.test(each.label),
    );
    expect(taking).toHaveLength(4);
    expect(taking.every((each) => each.warning !== undefined)).toBe(true);
  });
});
