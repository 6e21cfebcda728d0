import { Button, Group, MultiSelect, Text, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useCallback, useMemo, useState } from "react";
import { useSearchParams } from "wouter";
import { useFleet } from "../fleet/useFleet";
import { useMay } from "../app/organization";
import type { DeviceSortInput } from "../generated/graphql";
import { StartJobDialog } from "../jobs/StartJobDialog";
import { Empty, Failed, Loading } from "../shared/States";
import { columns } from "./columns";
import { DeviceTable } from "./DeviceTable";
import { FilterBar } from "./FilterBar";
import { type Search, searchIn, toWhere, withSearch } from "./filters";
import { useDevices } from "./useDevices";

const byId: DeviceSortInput = { deviceId: "ASC" };

export const DevicesPage = () => {
  const maySteer = useMay("OPERATOR");
  const [address, setAddress] = useSearchParams();
  const search = searchIn(address);
  const setSearch = (next: Search) => {
    setAddress((before) => withSearch(before, next), { replace: true });
  };
  const [order, setOrder] = useState(byId);
  const [shown, setShown] = useState(columns.filter((column) => column.isShownAtFirst).map((column) => column.name));
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isStarting, setStarting] = useState(false);
  const [settled] = useDebouncedValue(JSON.stringify(search), 250);
  const where = toWhere(JSON.parse(settled) as Search);
  const { devices, total, error, isLoading, more, again } = useDevices(where, [order]);

  const { fleet } = useFleet();
  const [readAt, setReadAt] = useState<{ devices: typeof devices; total: number | undefined }>();
  if (fleet !== undefined && readAt?.devices !== devices) {
    setReadAt({ devices, total: fleet.total });
  }

  const sortBy = (field: keyof DeviceSortInput) => {
    setOrder({ [field]: order[field] === "ASC" ? "DESC" : "ASC" });
  };
  const select = useCallback(
    (deviceId: string, isSelected: boolean) => {
      setSelected((before) => {
        const next = new Set(before);
        if (isSelected) {
          next.add(deviceId);
        } else {
          next.delete(deviceId);
        }
        return next;
      });
    },
    [setSelected],
  );
  const shownColumns = useMemo(() => columns.filter((column) => shown.includes(column.name)), [shown]);

  return (
    <>
      <Group justify="space-between" mb="xs">
        <Title order={1} size="h3">
          Devices{" "}
          <Text span size="sm" className="quiet" role="status">
            {total === undefined ? "" : `${total.toLocaleString()} found`}
          </Text>
          {readAt?.total !== undefined && readAt.total !== fleet?.total && (
            <Button size="compact-xs" variant="default" ml="xs" onClick={again}>
              Devices came or went: read again
            </Button>
          )}
        </Title>
        <Group gap="xs">
          {maySteer && (
            <Button
              size="xs"
              disabled={total === undefined || total === 0}
              onClick={() => {
                setStarting(true);
              }}
            >
              {selected.size > 0 ? `Start a job for ${selected.size} selected` : "Start a job for all found"}
            </Button>
          )}
          {selected.size > 0 && (
            <Button
              size="xs"
              variant="subtle"
              onClick={() => {
                setSelected(new Set());
              }}
            >
              Select none
            </Button>
          )}
          <MultiSelect
            size="xs"
            w={150}
            aria-label="Columns"
            placeholder={`${shown.length} columns`}
            data={columns.map((column) => ({ value: column.name, label: column.label }))}
            value={shown}
            onChange={setShown}
            classNames={{ pill: "hidden" }}
          />
        </Group>
      </Group>
      <FilterBar search={search} order={[order]} change={setSearch} />
      {error !== undefined && <Failed error={error} again={again} />}
      {devices.length === 0 && error === undefined ? (
        isLoading ? (
          <Loading what="devices" />
        ) : (
          <Empty title="No device matches">Loosen a condition, or clear them all.</Empty>
        )
      ) : (
        <DeviceTable
          devices={devices}
          total={total}
          columns={shownColumns}
          order={order}
          sortBy={sortBy}
          more={more}
          selected={selected}
          {...(maySteer && { select })}
        />
      )}
      {isStarting && (
        <StartJobDialog
          where={selected.size > 0 ? { deviceId: { in: [...selected] } } : where}
          devices={selected.size > 0 ? selected.size : (total ?? 0)}
          close={() => {
            setStarting(false);
          }}
        />
      )}
    </>
  );
};
