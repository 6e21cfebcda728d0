import { Card, Text, Title } from "@mantine/core";
import { Fragment, type ReactNode } from "react";
import { Link } from "wouter";
import { useAddress } from "../app/organization";
import { Time } from "../shared/Time";
import { JsonCard } from "./JsonCard";
import { Presence } from "./Presence";
import { patchTags } from "./twinDocuments";
import type { ShownDevice } from "./useDevice";

const bytes = new Intl.NumberFormat(undefined, { style: "unit", unit: "gigabyte", maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 });

const Facts = ({ facts }: { facts: [string, ReactNode][] }) => (
  <dl className="facts">
    {facts.map(([name, value]) => (
      <Fragment key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </Fragment>
    ))}
  </dl>
);

export const Overview = ({ device, again }: { device: ShownDevice; again: () => void }) => {
  const address = useAddress();
  const { operatingSystem: system, metrics } = device;
  return (
    <div className="panels">
      <Card withBorder padding="md">
        <Title order={2} size="h5" mb="xs">
          Summary
        </Title>
        <Facts
          facts={[
            [
              "Model",
              <Link key="model" href={address(`/models/${encodeURIComponent(device.model)}`)}>
                {device.model}
              </Link>,
            ],
            ["Brand", device.brand],
            ["Serial", device.serial],
            ["Store", device.storeId === "" ? "–" : device.storeId],
            [
              "Groups",
              device.groups.length === 0
                ? "–"
                : device.groups.map((group) => (
                    <Fragment key={group.name}>
                      <Link href={address(`/groups/${encodeURIComponent(group.name)}`)}>{group.name}</Link>{" "}
                    </Fragment>
                  )),
            ],
            ["Since", <Time key="since" at={device.createdAt} />],
            ["Last seen", <Time key="seen" at={device.lastSeenAt} />],
          ]}
        />
      </Card>
      <Card withBorder padding="md">
        <Title order={2} size="h5" mb="xs">
          Presence
        </Title>
        <Presence history={device.connectivityHistory} />
      </Card>
      <Card withBorder padding="md">
        <Title order={2} size="h5" mb="xs">
          Operating system
        </Title>
        {system == null ? (
          <Text className="quiet">The device has not told it yet.</Text>
        ) : (
          <Facts
            facts={[
              ["System", `${system.osId} ${system.osVersionId}${system.onClassic ? ", classic" : ""}`],
              ["Kernel", system.kernelVersion],
              ["snapd", system.version],
              ["Series", system.series],
            ]}
          />
        )}
      </Card>
      <Card withBorder padding="md">
        <Title order={2} size="h5" mb="xs">
          Metrics
        </Title>
        {metrics == null ? (
          <Text className="quiet">The device has not published any yet.</Text>
        ) : (
          <Facts
            facts={[
              [
                "Memory",
                metrics.memoryUsedPercent == null
                  ? "–"
                  : `${percent.format(metrics.memoryUsedPercent / 100)} of ${bytes.format((metrics.memoryTotalBytes ?? 0) / 1e9)}`,
              ],
              [
                "Processor, user",
                metrics.cpuUserSeconds == null ? "–" : `${metrics.cpuUserSeconds.toLocaleString()} s`,
              ],
              [
                "Processor, system",
                metrics.cpuSystemSeconds == null ? "–" : `${metrics.cpuSystemSeconds.toLocaleString()} s`,
              ],
              ["As of", <Time key="at" at={metrics.at} />],
            ]}
          />
        )}
      </Card>
      <JsonCard
        title="Tags"
        description="Yours; the device never sees them."
        value={device.tags}
        document={patchTags}
        deviceId={device.deviceId}
        done={again}
      />
    </div>
  );
};
