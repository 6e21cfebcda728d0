import { shownTime, utcTime } from "./time";

/** An instant in the viewer's zone; UTC is in its tooltip. */
export const Time = ({ at }: { at: string | null | undefined }) =>
  at === null || at === undefined ? (
    <span aria-label="never">–</span>
  ) : (
    <time dateTime={at} title={utcTime(at)}>
      {shownTime(at)}
    </time>
  );
