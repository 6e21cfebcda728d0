import { useSyncExternalStore } from "react";
import { isUtcShown, shownTime, subscribeToZone, utcTime } from "./time";

/** An instant in the viewer's zone or in UTC, as chosen; UTC is in its tooltip, too. */
export const Time = ({ at }: { at: string | null | undefined }) => {
  const isUtc = useSyncExternalStore(subscribeToZone, isUtcShown);
  return at === null || at === undefined ? (
    <span aria-label="never">–</span>
  ) : (
    <time dateTime={at} title={utcTime(at)}>
      {shownTime(at, isUtc)}
    </time>
  );
};
