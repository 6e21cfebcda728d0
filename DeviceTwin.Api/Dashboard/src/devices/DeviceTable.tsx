import { useDebouncedValue } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import type { DeviceSortInput } from "../generated/graphql";
import type { Column, ListedDevice } from "./columns";
import { DeviceRow, idWidth } from "./DeviceRow";
import { useLiveRows } from "./useLiveRows";

const rowHeight = 38;
const aheadOf = 30;

interface Props {
  devices: readonly ListedDevice[];
  total: number | undefined;
  columns: readonly Column[];
  order: DeviceSortInput;
  sortBy: (field: keyof DeviceSortInput) => void;
  more: () => void;
  selected: ReadonlySet<string>;
  /** Undefined where nothing is to be selected. */
  select?: (deviceId: string, isSelected: boolean) => void;
}

/** As many rows as match; only those in sight are in the page. */
export const DeviceTable = ({ devices, total, columns, order, sortBy, more, selected, select }: Props) => {
  const scrolled = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- the virtualizer's functions are not handed on.
  const virtual = useVirtualizer({
    count: devices.length,
    getScrollElement: () => scrolled.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  const rows = virtual.getVirtualItems();
  const last = rows.at(-1)?.index ?? 0;

  useEffect(() => {
    if (last >= devices.length - aheadOf) {
      more();
    }
  }, [last, devices.length, more]);

  const inSight = rows.map((row) => devices[row.index]?.deviceId ?? "").filter((id) => id !== "");
  const [settled] = useDebouncedValue(inSight, 300);
  const live = useLiveRows(settled);

  const head = (field: keyof DeviceSortInput | undefined, label: string, width: number) => {
    const direction = field === undefined ? undefined : order[field];
    return (
      <div
        key={label}
        className="cell"
        role="columnheader"
        style={{ width }}
        aria-sort={direction === "ASC" ? "ascending" : direction === "DESC" ? "descending" : undefined}
      >
        {field === undefined ? (
          label
        ) : (
          <button
            className="sort"
            type="button"
            onClick={() => {
              sortBy(field);
            }}
          >
            {label} {direction === "ASC" ? "↑" : direction === "DESC" ? "↓" : ""}
          </button>
        )}
      </div>
    );
  };

  return (
    <div ref={scrolled} className="table" role="table" aria-label="Devices" aria-rowcount={total ?? -1} tabIndex={0}>
      <div className="table-row table-head" role="row">
        {select && (
          <div className="cell cell-select" role="columnheader">
            <span className="hidden-label">Selected</span>
          </div>
        )}
        {head("deviceId", "Device", idWidth)}
        {columns.map((column) => head(column.order, column.label, column.width))}
      </div>
      <div className="table-body" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {rows.map((row) => {
          const read = devices[row.index];
          if (read === undefined) {
            return null;
          }
          return (
            <DeviceRow
              key={read.deviceId}
              read={read}
              live={live.get(read.deviceId)}
              columns={columns}
              index={row.index}
              top={row.start}
              isSelected={selected.has(read.deviceId)}
              select={select}
            />
          );
        })}
      </div>
    </div>
  );
};
