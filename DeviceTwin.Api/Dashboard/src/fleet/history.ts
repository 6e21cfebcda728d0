/** What a fleet counted at an instant. */
export interface Sample {
  at: number;
  counts: Record<string, number>;
}

const span = 60 * 60 * 1000;
const step = 10_000;

/** The samples of the last hour with a new one; of those that stand close together the last is kept. */
export const withSample = (samples: readonly Sample[], next: Sample): Sample[] => {
  const recent = samples.filter((sample) => sample.at > next.at - span && sample.at <= next.at);
  const before = recent.at(-2);
  return before !== undefined && next.at - before.at <= step ? [...recent.slice(0, -1), next] : [...recent, next];
};

const key = (organizationId: string) => `devicetwin.history.${organizationId}`;

/** What this browser saw before; the service keeps no history of counts. */
export const readHistory = (organizationId: string): Sample[] => {
  try {
    return JSON.parse(localStorage.getItem(key(organizationId)) ?? "[]") as Sample[];
  } catch {
    return [];
  }
};

export const keepHistory = (organizationId: string, samples: readonly Sample[]) => {
  localStorage.setItem(key(organizationId), JSON.stringify(samples));
};
