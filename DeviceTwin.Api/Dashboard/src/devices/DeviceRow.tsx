import { Checkbox } from "@mantine/core";
import { memo } from "react";
import { Link } from "wouter";
import { useAddress } from "../app/organization";
import type { Column, ListedDevice } from "./columns";
import type { LiveRow } from "./useLiveRows";

export const idWidth = 220;

interface Props {
  read: ListedDevice;
  live: LiveRow | undefined;
  columns: readonly Column[];
  index: number;
  top: number;
  isSelected: boolean;
  /** Undefined where nothing is to be selected. */
  select: ((deviceId: string, isSelected: boolean) => void) | undefined;
}

/** One row. It is drawn again when something in it has changed, and not while others scroll into sight. */
export const DeviceRow = memo(({ read, live, columns, index, top, isSelected, select }: Props) => {
  const address = useAddress();
  const device = { ...read, ...live };
  return (
    <div className="table-row" role="row" aria-rowindex={index + 2} style={{ transform: `translateY(${top}px)` }}>
      {select && (
        <div className="cell cell-select" role="cell">
          <Checkbox
            size="xs"
            aria-label={`Select ${device.deviceId}`}
            checked={isSelected}
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
});
DeviceRow.displayName = "DeviceRow";
