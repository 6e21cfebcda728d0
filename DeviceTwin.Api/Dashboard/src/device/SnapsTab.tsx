import { Card, Table, Text } from "@mantine/core";
import { Time } from "../shared/Time";
import { CommandMenu } from "./CommandMenu";
import { snapCommands } from "./commands";
import type { ShownDevice } from "./useDevice";

const megabytes = new Intl.NumberFormat(undefined, { style: "unit", unit: "megabyte", maximumFractionDigits: 1 });

export const SnapsTab = ({ device, asked }: { device: ShownDevice; asked: () => void }) =>
  device.snaps.length === 0 ? (
    <Text className="quiet">The device has reported no snaps.</Text>
  ) : (
    <Card withBorder padding="sm" className="scroll">
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Snap</Table.Th>
            <Table.Th>Version</Table.Th>
            <Table.Th>Channel</Table.Th>
            <Table.Th>Status</Table.Th>
            <Table.Th>Services</Table.Th>
            <Table.Th>Size</Table.Th>
            <Table.Th>Installed</Table.Th>
            <Table.Th aria-label="Actions" />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {device.snaps.map((snap) => (
            <Table.Tr key={snap.name}>
              <Table.Td>
                <Text size="sm" fw={600}>
                  {snap.name}
                </Text>
                {snap.fieldErrors.map((error) => (
                  <Text key={error.field} size="xs" className="quiet">
                    {error.field} is not stored: {error.message}
                  </Text>
                ))}
              </Table.Td>
              <Table.Td>
                {snap.version} <span className="quiet">({snap.revision})</span>
              </Table.Td>
              <Table.Td>{snap.channel}</Table.Td>
              <Table.Td>
                {snap.status}
                {snap.confinement !== "strict" && `, ${snap.confinement}`}
                {snap.devmode && ", devmode"}
              </Table.Td>
              <Table.Td>
                {snap.services.map((service) => (
                  <div key={service.name}>
                    {service.name}{" "}
                    <span className="quiet">{service.active ? "runs" : service.enabled ? "stopped" : "disabled"}</span>
                  </div>
                ))}
              </Table.Td>
              <Table.Td>{megabytes.format(snap.installedSize / 1e6)}</Table.Td>
              <Table.Td>
                <Time at={snap.installedAt} />
              </Table.Td>
              <Table.Td ta="right">
                <CommandMenu
                  label="Actions"
                  commands={snapCommands}
                  deviceId={device.deviceId}
                  snap={snap.name}
                  asked={asked}
                />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
