const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

/** An instant in the viewer's zone: the time of day, with its date where that is another day. */
export const shownTime = (instant: string, now = new Date()) => {
  const at = new Date(instant);
  return at.toDateString() === now.toDateString() ? clock.format(at) : `${day.format(at)}, ${clock.format(at)}`;
};

export const clockTime = (instant: string) => clock.format(new Date(instant));

/** The same instant in UTC, in full. */
export const utcTime = (instant: string) => `${instant.replace("T", " ").replace(/(\.\d+)?Z$/, "")} UTC`;
