import { Alert, Button, Card, Group, Text, Title } from "@mantine/core";
import { useCallback, useState } from "react";
import type { TypedDocumentNode } from "urql";
import { useMay, usePlace } from "../app/organization";
import type { PatchPropertiesInput } from "../generated/graphql";
import { JsonField, jsonFault } from "../shared/JsonField";
import { useCommand } from "../shared/useCommand";
import { mergePatch } from "./mergePatch";

interface Props {
  title: string;
  description: string;
  value: unknown;
  document: TypedDocumentNode<Record<string, unknown>, { input: PatchPropertiesInput }>;
  deviceId: string;
  done: () => void;
}

/** A JSON object that is shown, and changed by those who may. */
export const JsonCard = ({ title, description, value, document, deviceId, done }: Props) => {
  const { organizationId } = usePlace();
  const maySteer = useMay("OPERATOR");
  const [edited, setEdited] = useState<string>();
  const leave = useCallback(() => {
    setEdited(undefined);
    done();
  }, [done]);
  const { run, fault, isRunning } = useCommand(document, leave);
  const text = JSON.stringify(value, null, 2);

  const store = (changed: string) => {
    const patch = mergePatch(value as Record<string, unknown>, JSON.parse(changed) as Record<string, unknown>);
    void run({ organizationId, deviceId, patch });
  };

  return (
    <Card withBorder padding="md">
      <Group justify="space-between">
        <Title order={2} size="h5">
          {title}
        </Title>
        {maySteer && edited === undefined && (
          <Button
            size="compact-xs"
            variant="subtle"
            aria-label={`Change ${title.toLowerCase()}`}
            onClick={() => {
              setEdited(text);
            }}
          >
            Change
          </Button>
        )}
      </Group>
      <Text size="xs" className="quiet" mb="xs">
        {description}
      </Text>
      {edited === undefined ? (
        <pre className="code">{text}</pre>
      ) : (
        <>
          <JsonField label={title} wanted="object" value={edited} change={setEdited} />
          {fault !== undefined && (
            <Alert color="red" role="alert" mt="xs">
              {fault}
            </Alert>
          )}
          <Group mt="xs" gap="xs">
            <Button
              size="xs"
              loading={isRunning}
              disabled={jsonFault(edited, "object") !== null}
              onClick={() => {
                store(edited);
              }}
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
    </Card>
  );
};
