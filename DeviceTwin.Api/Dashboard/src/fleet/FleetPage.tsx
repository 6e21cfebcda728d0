import { Card, Text, Title } from "@mantine/core";
import { Link } from "wouter";
import { useAddress } from "../app/organization";
import type { Search } from "../devices/filters";
import { Empty, Failed, Loading } from "../shared/States";
import { Time } from "../shared/Time";
import { Drifted } from "./Drifted";
import { FailedLately } from "./FailedLately";
import { Models } from "./Models";
import { Sparkline } from "./Sparkline";
import { type Fleet, useFleet } from "./useFleet";

type Count = Exclude<{ [Key in keyof Fleet]: Fleet[Key] extends number ? Key : never }[keyof Fleet], undefined>;

const tiles: { name: Count; label: string; color: string; search?: Partial<Search> }[] = [
  { name: "total", label: "Devices", color: "#4c6ef5" },
  { name: "online", label: "Online", color: "#12b886", search: { connectivity: "ONLINE" } },
  { name: "offline", label: "Offline", color: "#fd7e14", search: { connectivity: "OFFLINE" } },
  { name: "heartbeatsPerSecond", label: "Heartbeats a second", color: "#15aabf" },
  { name: "inSync", label: "In sync", color: "#12b886", search: { syncStatus: "IN_SYNC" } },
  { name: "drifted", label: "Drifted", color: "#e64980" },
  { name: "actionsPending", label: "Actions under way", color: "#7950f2" },
];

const shown = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

export const FleetPage = () => {
  const address = useAddress();
  const { fleet, history, error } = useFleet();
  if (fleet === undefined) {
    return error === undefined ? (
      <Loading what="the fleet" />
    ) : (
      <Failed
        error={error}
        again={() => {
          location.reload();
        }}
      />
    );
  }
  const since = history[0];
  return (
    <>
      <Title order={1} size="h3" mb="sm">
        Fleet
      </Title>
      <div className="tiles">
        {tiles.map(({ name, label, color, search }) => (
          <Card key={name} withBorder padding="sm" className="tile" data-count={name}>
            <Text size="sm" className="quiet">
              {search === undefined ? label : <Link href={address("/devices", search)}>{label}</Link>}
            </Text>
            <div className="number">{shown.format(fleet[name])}</div>
            <Sparkline samples={history} name={name} color={color} />
          </Card>
        ))}
      </div>
      <Text size="xs" className="quiet" mt={6} mb="md">
        As of <Time at={fleet.at} />
        {fleet.neverSeen > 0 && `, ${shown.format(fleet.neverSeen)} never heard`}
        {fleet.syncUnknown > 0 && `, ${shown.format(fleet.syncUnknown)} yet to be compared with what is desired`}. The
        charts show the last hour
        {since !== undefined && <>, from {<Time at={new Date(since.at).toISOString()} />} on</>}.
      </Text>
      {fleet.total === 0 ? (
        <Empty title="No devices yet">A device is here with its first heartbeat.</Empty>
      ) : (
        <div className="panels">
          <Models models={fleet.byModel} />
          <Drifted drifted={fleet.drifted} />
          <FailedLately />
        </div>
      )}
    </>
  );
};
