const clocks = (timeZone: string | undefined) => ({
  clock: new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone }),
  day: new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone }),
});

const local = clocks(undefined);
const utc = clocks("UTC");

const dayOf = (at: Date, isUtc: boolean) => (isUtc ? at.toISOString().slice(0, 10) : at.toDateString());

/** An instant, in UTC or the viewer's zone: the time of day, with its date where that is another day. */
export const shownTime = (instant: string, isUtc = isUtcShown(), now = new Date()) => {
  const at = new Date(instant);
  const { clock, day } = isUtc ? utc : local;
  const time = isUtc ? `${clock.format(at)} UTC` : clock.format(at);
  return dayOf(at, isUtc) === dayOf(now, isUtc) ? time : `${day.format(at)}, ${time}`;
};

/** The same instant in UTC, in full. */
export const utcTime = (instant: string) => `${instant.replace("T", " ").replace(/(\.\d+)?Z$/, "")} UTC`;

const key = "devicetwin.utc";
const listeners = new Set<() => void>();
let shown = localStorage.getItem(key) === "true";

/** Whether times are shown in UTC. */
export const isUtcShown = () => shown;

export const showUtc = (isShown: boolean) => {
  shown = isShown;
  localStorage.setItem(key, String(isShown));
  listeners.forEach((listener) => {
    listener();
  });
};

export const subscribeToZone = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
