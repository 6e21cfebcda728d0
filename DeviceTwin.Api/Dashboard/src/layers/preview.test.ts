import { describe, expect, it } from "vitest";
import { type ComparedDevice, wouldDrift } from "./preview";

const device: ComparedDevice = {
  reported: { properties: { telemetry: { interval: 60, unit: "s" } } },
  snaps: [
    {
      name: "nats",
      channel: "latest/stable",
      revision: 5,
      status: "active",
      config: { port: 4222 },
      services: [{ name: "server", active: true }],
    },
  ],
};

const drift = (layer: Partial<Parameters<typeof wouldDrift>[0]>) =>
  wouldDrift({ properties: {}, snaps: [], ...layer }, device);

describe("a layer beside a device", () => {
  it("agrees where nothing is asked", () => {
    expect(drift({})).toEqual([]);
  });

  it("differs at each property that the device does not hold, and not at what a null takes away", () => {
    expect(drift({ properties: { telemetry: { interval: 30, unit: "s" }, color: "red", spare: null } })).toEqual([
      "properties.telemetry.interval",
      "properties.color",
    ]);
  });

  it("differs in presence alone where a snap is missing or too much", () => {
    expect(
      drift({
        snaps: [
          { name: "htop", channel: "edge" },
          { name: "nats", presence: "ABSENT" },
        ],
      }),
    ).toEqual(["snaps.htop.presence", "snaps.nats.presence"]);
    expect(drift({ snaps: [{ name: "htop", presence: "ABSENT" }] })).toEqual([]);
  });

  it("takes stable and latest/stable as the same channel", () => {
    expect(drift({ snaps: [{ name: "nats", channel: "stable" }] })).toEqual([]);
    expect(drift({ snaps: [{ name: "nats", channel: "latest/edge" }] })).toEqual(["snaps.nats.channel"]);
  });

  it("looks at configuration and services by name", () => {
    const snap = { name: "nats", config: { port: 1 }, services: [{ name: "server", active: false }], enabled: true };
    expect(drift({ snaps: [snap] })).toEqual(["snaps.nats.config.port", "snaps.nats.services.server.active"]);
  });
});
