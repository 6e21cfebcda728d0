import { Alert, Button, Card, Group, NumberInput, Stack, Table, Text, Title } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import { useAddress, useMay } from "../app/organization";
import type { DesiredSnapInput, DeviceFilterInput, SetDesiredLayerInput } from "../generated/graphql";
import { messageOf } from "../shared/errors";
import { JsonField, jsonFault } from "../shared/JsonField";
import { Time } from "../shared/Time";
import { type EditedSnap, wouldDrift } from "./preview";
import { readableSnaps, type StoredLayer } from "./stored";
import { useCompared } from "./useCompared";

interface Props {
  layer: StoredLayer;
  hasPriority: boolean;
  /** Which devices it is for. */
  where: DeviceFilterInput;
  store: (input: Omit<SetDesiredLayerInput, "organizationId" | "name">) => void;
  fault: string | undefined;
  isRunning: boolean;
}

/** What is desired of all members, and which of them would drift from it. */
export const LayerEditor = ({ layer, hasPriority, where, store, fault, isRunning }: Props) => {
  const maySteer = useMay("OPERATOR");
  const address = useAddress();
  const { nodes: members, totalCount: total, isOver, error } = useCompared(where);
  const [properties, setProperties] = useState(() => JSON.stringify(layer.properties, null, 2));
  const [snaps, setSnaps] = useState(() => JSON.stringify(readableSnaps(layer), null, 2));
  const [priority, setPriority] = useState(layer.priority);
  const isValid = jsonFault(properties, "object") === null && jsonFault(snaps, "array") === null;
  const edited = isValid && {
    properties: JSON.parse(properties) as Record<string, unknown>,
    snaps: JSON.parse(snaps) as DesiredSnapInput[],
  };
  const drifting = edited
    ? members
        .map((device) => ({
          device,
          paths: wouldDrift({ ...edited, snaps: edited.snaps as EditedSnap[] }, device),
        }))
        .filter(({ paths }) => paths.length > 0)
    : [];

  return (
    <div className="panels">
      <Card withBorder padding="md">
        <Stack gap="sm">
          <Title order={2} size="h5">
            Desired state
          </Title>
          <Text size="xs" className="quiet">
            Version {layer.version}
            {layer.updatedAt != null && (
              <>
                , <Time at={layer.updatedAt} /> by {layer.updatedBy}
              </>
            )}
          </Text>
          {hasPriority && (
            <NumberInput
              label="Priority"
              description="Where two groups of a device disagree, the higher one wins."
              value={priority}
              disabled={!maySteer}
              onChange={(value) => {
                setPriority(Number(value));
              }}
            />
          )}
          <JsonField
            label="Properties"
            description="A JSON object; null takes a weaker layer's key away."
            wanted="object"
            value={properties}
            change={setProperties}
          />
          <JsonField
            label="Snaps"
            description='E.g. [{"name": "nats", "presence": "PRESENT", "channel": "latest/stable"}]'
            wanted="array"
            value={snaps}
            change={setSnaps}
          />
          {fault !== undefined && (
            <Alert color="red" role="alert" title="It was not stored">
              {fault}
            </Alert>
          )}
          {maySteer && (
            <Group>
              <Button
                loading={isRunning}
                disabled={!edited}
                onClick={() => {
                  if (edited) {
                    store({
                      ...edited,
                      ...(hasPriority && { priority }),
                      ifVersion: layer.version,
                    });
                  }
                }}
              >
                Store
              </Button>
            </Group>
          )}
        </Stack>
      </Card>
      <Card withBorder padding="md">
        <Title order={2} size="h5">
          Would drift
        </Title>
        {error !== undefined && (
          <Text size="sm" role="alert">
            Not all of its devices could be read: {messageOf(error)}
          </Text>
        )}
        <Text size="sm" className="quiet" mb="xs" role="status">
          {edited
            ? `${isOver ? "" : "Still reading its devices: "}${drifting.length} of ${members.length}${total > members.length ? ` looked at (${total} in all)` : ""} devices differ from this layer. Stronger layers, a device's own for one, may say otherwise.`
            : "Mend the JSON to see who would."}
        </Text>
        <Table>
          <Table.Tbody>
            {drifting.slice(0, 50).map(({ device, paths }) => (
              <Table.Tr key={device.deviceId}>
                <Table.Td>
                  <Link href={address(`/devices/${encodeURIComponent(device.deviceId)}`)}>{device.deviceId}</Link>
                </Table.Td>
                <Table.Td className="code">{paths.join(", ")}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Card>
    </div>
  );
};
