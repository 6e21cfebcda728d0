import { Alert, Button, Card, Group, Table, Text, Title } from "@mantine/core";
import { useCallback, useState } from "react";
import { useMay, usePlace } from "../app/organization";
import type { DesiredSnapInput } from "../generated/graphql";
import { JsonField, jsonFault } from "../shared/JsonField";
import { useCommand } from "../shared/useCommand";
import { clearDesiredSnaps, setDesiredSnaps } from "./twinDocuments";
import type { ShownDevice } from "./useDevice";

const template = '[\n  {\n    "name": "",\n    "channel": "latest/stable"\n  }\n]';

const wish = (snap: ShownDevice["desired"]["snaps"][number]) =>
  [
    snap.presence === "ABSENT" ? "absent" : null,
    snap.channel,
    snap.revision == null ? null : `revision ${snap.revision}`,
    snap.enabled == null ? null : snap.enabled ? "enabled" : "disabled",
    ...snap.services.map((service) => `${service.name} ${service.active ? "runs" : "stopped"}`),
    snap.config == null ? null : JSON.stringify(snap.config),
  ]
    .filter((part) => part != null)
    .join(", ");

/** The snaps that the device should have, and which layers say so, the strongest first. */
export const DesiredSnaps = ({ device, again }: { device: ShownDevice; again: () => void }) => {
  const { organizationId } = usePlace();
  const maySteer = useMay("OPERATOR");
  const [edited, setEdited] = useState<string>();
  const leave = useCallback(() => {
    setEdited(undefined);
    again();
  }, [again]);
  const set = useCommand(setDesiredSnaps, leave);
  const clear = useCommand(clearDesiredSnaps, again);
  const { deviceId } = device;
  const fault = set.fault ?? clear.fault;
  return (
    <Card withBorder padding="md" className="scroll whole-row">
      <Group justify="space-between">
        <Title order={2} size="h5">
          Desired snaps
        </Title>
        {maySteer && edited === undefined && (
          <Button
            size="compact-xs"
            variant="subtle"
            onClick={() => {
              setEdited(template);
            }}
          >
            Desire a snap
          </Button>
        )}
      </Group>
      {device.desired.snaps.length === 0 && edited === undefined && (
        <Text size="sm" className="quiet">
          Nothing is desired of its snaps.
        </Text>
      )}
      <Table>
        <Table.Tbody>
          {device.desired.snaps.map((snap) => (
            <Table.Tr key={snap.name}>
              <Table.Td fw={600}>{snap.name}</Table.Td>
              <Table.Td>{wish(snap)}</Table.Td>
              <Table.Td className="quiet">
                {snap.layers
                  .map((layer) => [layer.kind.toLowerCase(), layer.name].filter(Boolean).join(" "))
                  .join(", ")}
              </Table.Td>
              <Table.Td ta="right">
                {maySteer && snap.layer === "DEVICE" && (
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    aria-label={`Desire nothing of ${snap.name}`}
                    onClick={() => void clear.run({ organizationId, deviceId, names: [snap.name] })}
                  >
                    Clear
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {edited !== undefined && (
        <>
          <JsonField
            label="Snaps"
            description="Added to, or in place of, those of the same name in the device's own layer."
            wanted="array"
            value={edited}
            change={setEdited}
          />
          <Group mt="xs" gap="xs">
            <Button
              size="xs"
              loading={set.isRunning}
              disabled={jsonFault(edited, "array") !== null}
              onClick={() =>
                void set.run({
                  organizationId,
                  deviceId,
                  snaps: JSON.parse(edited) as DesiredSnapInput[],
                })
              }
            >
              Store
            </Button>
            <Button
              size="xs"
              variant="subtle"
              onClick={() => {
                setEdited(undefined);
              }}
            >
              Leave it
            </Button>
          </Group>
        </>
      )}
      {fault !== undefined && (
        <Alert color="red" role="alert" mt="xs">
          {fault}
        </Alert>
      )}
    </Card>
  );
};
