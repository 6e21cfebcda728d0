import { SegmentedControl, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { shownTime } from "../shared/time";
import { periodsOf, type Transition } from "./presence";

const hour = 3_600_000;
const redrawnEvery = 5_000;
const spans = [
  { value: String(hour), label: "Hour" },
  { value: String(24 * hour), label: "Day" },
  { value: String(7 * 24 * hour), label: "Week" },
];

/** When the device was heard, on a line. */
export const Presence = ({ history }: { history: readonly Transition[] }) => {
  const [span, setSpan] = useState(spans[1]?.value ?? "");
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      setNow(Date.now());
    }, redrawnEvery);
    return () => {
      clearInterval(timer);
    };
  }, []);
  const length = Number(span);
  const periods = periodsOf(history, length, now);
  const unknown = periods[0] === undefined ? length : periods[0].from - (now - length);
  return (
    <>
      <SegmentedControl size="xs" mb="xs" data={spans} value={span} onChange={setSpan} aria-label="How far back" />
      <div className="presence" role="img" aria-label={`Presence: ${describe(periods)}`}>
        <div style={{ flexGrow: unknown }} />
        {periods.map((period) => (
          <div
            key={period.from}
            className="presence-part"
            data-connectivity={period.connectivity}
            style={{ flexGrow: period.to - period.from }}
            title={`${period.connectivity.toLowerCase()} from ${shownTime(new Date(period.from).toISOString())} to ${shownTime(new Date(period.to).toISOString())}`}
          />
        ))}
      </div>
      <Text size="xs" className="quiet">
        {describe(periods)}
      </Text>
    </>
  );
};

const describe = (periods: ReturnType<typeof periodsOf>) => {
  const last = periods.at(-1);
  return last === undefined
    ? "Not heard in this time."
    : `${last.connectivity.toLowerCase()} since ${shownTime(new Date(last.from).toISOString())}; ${periods.filter((period) => period.connectivity === "OFFLINE").length} times offline`;
};
