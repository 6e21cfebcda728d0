import { Button, Card, Group, Table, Text, Title } from "@mantine/core";
import { useMay, usePlace } from "../app/organization";
import { useCommand } from "../shared/useCommand";
import { DesiredSnaps } from "./DesiredSnaps";
import { JsonCard } from "./JsonCard";
import { patchDesiredProperties, retrySync } from "./twinDocuments";
import type { ShownDevice } from "./useDevice";

const shown = (value: unknown) => (value === null || value === undefined ? "–" : JSON.stringify(value));

/** What the device should be beside what it is, path by path. */
export const DesiredTab = ({ device, again }: { device: ShownDevice; again: () => void }) => {
  const { organizationId } = usePlace();
  const maySteer = useMay("OPERATOR");
  const { run, isRunning } = useCommand(retrySync, again);
  return (
    <div className="beside">
      <Card withBorder padding="md" className="scroll whole-row">
        <Group justify="space-between">
          <Title order={2} size="h5">
            Drift
          </Title>
          {maySteer && device.syncStatus === "FAILED" && (
            <Button
              size="xs"
              loading={isRunning}
              onClick={() => void run({ organizationId, deviceId: device.deviceId })}
            >
              Try again
            </Button>
          )}
        </Group>
        {device.drift.length === 0 ? (
          <Text size="sm" className="quiet">
            The device is as it should be.
          </Text>
        ) : (
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Path</Table.Th>
                <Table.Th>Desired</Table.Th>
                <Table.Th>Reported</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {device.drift.map((entry) => (
                <Table.Tr key={entry.path}>
                  <Table.Td className="code">{entry.path}</Table.Td>
                  <Table.Td className="code drift-desired">{shown(entry.desired)}</Table.Td>
                  <Table.Td className="code drift-reported">{shown(entry.reported)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Card>
      <JsonCard
        title="Desired properties"
        description="Of all its layers; what you change is stored in the device's own."
        value={device.desired.properties}
        document={patchDesiredProperties}
        deviceId={device.deviceId}
        done={again}
      />
      <Card withBorder padding="md">
        <Title order={2} size="h5">
          Reported properties
        </Title>
        <Text size="xs" className="quiet" mb="xs">
          Version {device.reported.version}, as the device told them.
        </Text>
        <pre className="code">{JSON.stringify(device.reported.properties, null, 2)}</pre>
      </Card>
      <DesiredSnaps device={device} again={again} />
    </div>
  );
};
