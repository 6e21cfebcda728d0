import { Checkbox } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { Link } from "wouter";
import { useAddress } from "../app/organization";
import type { DeviceSortInput } from "../generated/graphql";
import type { Column, ListedDevice } from "./columns";
import { useLiveRows } from "./useLiveRows";

const rowHeight = 38;
const aheadOf = 30;
const idWidth = 220;

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
  const address = useAddress();
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
          const device = { ...read, ...live.get(read.deviceId) };
          return (
            <div
              key={device.deviceId}
              className="table-row"
              role="row"
              aria-rowindex={row.index + 2}
              style={{ transform: `translateY(${row.start}px)` }}
            >
              {select && (
                <div className="cell cell-select" role="cell">
                  <Checkbox
                    size="xs"
                    aria-label={`Select ${device.deviceId}`}
                    checked={selected.has(device.deviceId)}
                    onChange={(event) => {
                      select(device.deviceId, event.currentTarget.checked);
                    }}
                  />
                </div>
              )}
              <div className="cell" role="rowheader" style={{ width: idWidth }}>
                <Link href={address(`/devices/${encodeURIComponent(device.deviceId)}`)}>{device.deviceId}</Link>
              </div>
              {columns.map((column) => (
                <div key={column.name} className="cell" role="cell" style={{ width: column.width }}>
                  {column.cell(device)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
};
