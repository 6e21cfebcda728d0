import { expect, it } from "vitest";
import { shownTime, utcTime } from "./time";

const instant = "2026-11-24T22:30:15.123Z";

it("is the viewer's time of day, with the date of another day", () => {
  const local = new Date(instant).toLocaleTimeString(undefined, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  expect(shownTime(instant, false, new Date(instant))).toBe(local);
  expect(shownTime(instant, false, new Date("2026-12-24T22:30:15Z"))).toContain(`2026, ${local}`);
});

it("is UTC where that is asked for, and says so", () => {
  expect(shownTime(instant, true, new Date(instant))).toMatch(/^10:30:15.PM UTC$/);
  expect(utcTime(instant)).toBe("2026-11-24 22:30:15 UTC");
});
