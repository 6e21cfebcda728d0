import { Alert, Group, Tabs, Text, Title } from "@mantine/core";
import { useState } from "react";
import { StatusBadge } from "../shared/Badges";
import { Empty, Failed, Loading } from "../shared/States";
import { Time } from "../shared/Time";
import { ActionsTab } from "./ActionsTab";
import { ChangesTab } from "./ChangesTab";
import { CommandMenu } from "./CommandMenu";
import { deviceCommands, restoreCommand } from "./commands";
import { DesiredTab } from "./DesiredTab";
import { Overview } from "./Overview";
import { SnapsTab } from "./SnapsTab";
import { useDevice } from "./useDevice";

export const DevicePage = ({ deviceId }: { deviceId: string }) => {
  const { device, isRead, changes, error, ask } = useDevice(deviceId);
  const [tab, setTab] = useState<string | null>("overview");
  const showActions = () => {
    setTab("actions");
  };
  const again = () => {
    ask({ requestPolicy: "network-only" });
  };
  if (device == null) {
    return isRead ? (
      <Empty title="There is no such device" again={again}>
        {deviceId} has not enrolled here, or was deleted.
        <CommandMenu label="If it was deleted" commands={[restoreCommand]} deviceId={deviceId} asked={again} />
      </Empty>
    ) : error !== undefined ? (
      <Failed error={error} again={again} />
    ) : (
      <Loading what={deviceId} />
    );
  }

  return (
    <>
      <Group justify="space-between" mb="xs">
        <div>
          <Title order={1} size="h3">
            {device.deviceId}
          </Title>
          <Group gap="sm">
            <StatusBadge status={device.connectivity} />
            <StatusBadge status={device.syncStatus} />
            <Text size="sm" className="quiet">
              last heartbeat <Time at={device.lastHeartbeatAt} />
            </Text>
          </Group>
        </div>
        <CommandMenu label="Actions" commands={deviceCommands} deviceId={device.deviceId} asked={showActions} />
      </Group>
      {error !== undefined && <Failed error={error} again={again} />}
      {device.syncReason != null && (
        <Alert color="red" title="The service gave up" mb="sm">
          {device.syncReason}
        </Alert>
      )}
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List mb="sm">
          <Tabs.Tab value="overview">Overview</Tabs.Tab>
          <Tabs.Tab value="snaps">Snaps {device.snaps.length}</Tabs.Tab>
          <Tabs.Tab value="desired">Desired {device.drift.length > 0 && `(${device.drift.length} differ)`}</Tabs.Tab>
          <Tabs.Tab value="actions">Actions</Tabs.Tab>
          <Tabs.Tab value="changes">Changes</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview">
          <Overview device={device} again={again} />
        </Tabs.Panel>
        <Tabs.Panel value="snaps">
          <SnapsTab device={device} asked={showActions} />
        </Tabs.Panel>
        <Tabs.Panel value="desired">
          <DesiredTab device={device} again={again} />
        </Tabs.Panel>
        <Tabs.Panel value="actions">
          <ActionsTab device={device} again={again} />
        </Tabs.Panel>
        <Tabs.Panel value="changes">
          <ChangesTab deviceId={device.deviceId} changes={changes} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
};
