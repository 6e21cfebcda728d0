/** A layer of desired state, as its editor has it. */
export interface EditedLayer {
  properties: Record<string, unknown>;
  snaps: readonly EditedSnap[];
}

export interface EditedSnap {
  name: string;
  presence?: "PRESENT" | "ABSENT";
  channel?: string | null;
  revision?: number | null;
  enabled?: boolean | null;
  config?: Record<string, unknown> | null;
  services?: readonly { name: string; active: boolean }[] | null;
}

/** What a device says of itself, as far as it is compared. */
export interface ComparedDevice {
  reported: { properties: unknown };
  snaps: readonly {
    name: string;
    channel: string;
    revision: number;
    status: string;
    config?: unknown;
    services: readonly { name: string; active: boolean }[];
  }[];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const fullChannel = (channel: string) => (channel.includes("/") ? channel : `latest/${channel}`);

/** The paths at which a value does not hold what is desired of it. */
const missing = (path: string, desired: unknown, reported: unknown): string[] => {
  if (isObject(desired)) {
    return Object.entries(desired).flatMap(([key, value]) =>
      // null takes a weaker layer's key away, and asks for nothing.
      value === null ? [] : missing(`${path}.${key}`, value, isObject(reported) ? reported[key] : undefined),
    );
  }
  return JSON.stringify(desired) === JSON.stringify(reported) ? [] : [path];
};

const driftOfSnap = (desired: EditedSnap, device: ComparedDevice): string[] => {
  const path = `snaps.${desired.name}`;
  const reported = device.snaps.find((snap) => snap.name === desired.name);
  const wantsIt = desired.presence !== "ABSENT";
  if (wantsIt !== (reported !== undefined)) {
    return [`${path}.presence`];
  }
  if (reported === undefined) {
    return [];
  }
  return [
    ...(desired.channel != null && fullChannel(desired.channel) !== fullChannel(reported.channel)
      ? [`${path}.channel`]
      : []),
    ...(desired.revision != null && desired.revision !== reported.revision ? [`${path}.revision`] : []),
    ...(desired.enabled != null && desired.enabled !== (reported.status === "active") ? [`${path}.enabled`] : []),
    ...missing(`${path}.config`, desired.config ?? {}, reported.config),
    ...(desired.services ?? [])
      .filter((service) => reported.services.find((each) => each.name === service.name)?.active !== service.active)
      .map((service) => `${path}.services.${service.name}.active`),
  ];
};

/** Where a device would differ from a layer, if no other layer said anything. */
export const wouldDrift = (layer: EditedLayer, device: ComparedDevice): string[] => [
  ...missing("properties", layer.properties, device.reported.properties),
  ...layer.snaps.flatMap((snap) => driftOfSnap(snap, device)),
];
