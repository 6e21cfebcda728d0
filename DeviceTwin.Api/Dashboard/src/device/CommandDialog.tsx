import { Alert, Button, Modal, Stack, Switch, Text, Textarea, TextInput } from "@mantine/core";
import { type SyntheticEvent, useState } from "react";
import { usePlace } from "../app/organization";
import { JsonField, jsonFault } from "../shared/JsonField";
import { useCommand } from "../shared/useCommand";
import { type Command, type Field, valueOf } from "./commands";

interface Props {
  command: Command;
  deviceId: string;
  snap?: string | undefined;
  asked: () => void;
  close: () => void;
}

const first = (field: Field) => (field.kind === "json" ? "{}" : field.kind === "switch" ? "false" : "");

/** Asks for what a command needs, warns where that is due, and does it. */
export const CommandDialog = ({ command, deviceId, snap, asked, close }: Props) => {
  const { organizationId } = usePlace();
  const [texts, setTexts] = useState(() =>
    Object.fromEntries(command.fields.map((field) => [field.name, first(field)])),
  );
  const [typed, setTyped] = useState("");
  const { run, fault, isRunning } = useCommand(command.document, () => {
    close();
    asked();
  });
  const change = (name: string, value: string) => {
    setTexts({ ...texts, [name]: value });
  };
  const isReady =
    (command.isGrave !== true || typed === deviceId) &&
    command.fields.every((field) => field.kind !== "json" || jsonFault(texts[field.name] ?? "", "object") === null);

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const input = Object.fromEntries(
      command.fields.map((field) => [field.name, valueOf(field, texts[field.name] ?? "")]),
    );
    void run({ ...input, organizationId, deviceId, ...(snap !== undefined && { snap }) });
  };

  return (
    <Modal opened onClose={close} title={`${command.label}: ${snap === undefined ? "" : `${snap} on `}${deviceId}`}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {command.fields.map((field) => {
            const shared = {
              label: field.label,
              required: field.isOptional !== true,
              placeholder: field.placeholder,
              value: texts[field.name] ?? "",
            };
            const takeText = (event: { currentTarget: { value: string } }) => {
              change(field.name, event.currentTarget.value);
            };
            switch (field.kind) {
              case "json":
                return (
                  <JsonField
                    key={field.name}
                    label={field.label}
                    wanted="object"
                    value={shared.value}
                    change={(value) => {
                      change(field.name, value);
                    }}
                  />
                );
              case "switch":
                return (
                  <Switch
                    key={field.name}
                    label={field.label}
                    checked={shared.value === "true"}
                    onChange={(event) => {
                      change(field.name, String(event.currentTarget.checked));
                    }}
                  />
                );
              case "long":
                return (
                  <Textarea
                    key={field.name}
                    {...shared}
                    autosize
                    minRows={6}
                    classNames={{ input: "code" }}
                    onChange={takeText}
                  />
                );
              case "number":
                return <TextInput key={field.name} {...shared} type="number" min={1} onChange={takeText} />;
              default:
                return (
                  <TextInput
                    key={field.name}
                    {...shared}
                    type={field.name === "url" ? "url" : "text"}
                    onChange={takeText}
                  />
                );
            }
          })}
          {command.warning !== undefined && (
            <Alert color="orange" title="Mind">
              {command.warning}
            </Alert>
          )}
          {command.isGrave === true && (
            <TextInput
              label={`Type ${deviceId} to go on`}
              autoComplete="off"
              value={typed}
              onChange={(event) => {
                setTyped(event.currentTarget.value);
              }}
            />
          )}
          {fault !== undefined && (
            <Alert color="red" role="alert" title="It was not done">
              {fault}
            </Alert>
          )}
          {command.fields.length === 0 && command.warning === undefined && (
            <Text size="sm">The device is asked as soon as it is heard.</Text>
          )}
          <Button
            type="submit"
            disabled={!isReady}
            loading={isRunning}
            color={command.warning === undefined ? undefined : "red"}
          >
            {command.label}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
};
