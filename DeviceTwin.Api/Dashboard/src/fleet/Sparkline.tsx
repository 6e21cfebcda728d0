import { useEffect, useRef } from "react";
import UPlot from "uplot";
import type { Sample } from "./history";

/** How a count went over the last hour, without axes; the number beside it says what it is now. */
export const Sparkline = ({ samples, name, color }: { samples: readonly Sample[]; name: string; color: string }) => {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);

  useEffect(() => {
    const element = place.current;
    if (element === null) {
      return;
    }
    const created = new UPlot(
      {
        width: element.clientWidth,
        height: element.clientHeight,
        legend: { show: false },
        cursor: { show: false },
        axes: [{ show: false }, { show: false }],
        scales: {
          x: { time: true },
          y: { range: (_, low, high) => [Math.min(0, low), Math.max(1, high * 1.1)] },
        },
        series: [{}, { stroke: color, fill: `${color}22`, width: 1.5, points: { show: false } }],
      },
      [[], []],
      element,
    );
    plot.current = created;
    const observer = new ResizeObserver(() => {
      created.setSize({ width: element.clientWidth, height: element.clientHeight });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      created.destroy();
    };
  }, [color]);

  useEffect(() => {
    plot.current?.setData([samples.map((each) => each.at / 1000), samples.map((each) => each.counts[name] ?? 0)]);
  }, [samples, name]);

  return <div ref={place} className="chart" aria-hidden="true" />;
};
