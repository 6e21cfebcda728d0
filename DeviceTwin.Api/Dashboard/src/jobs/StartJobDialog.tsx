import {
  Alert,
  Button,
  Code,
  Group,
  Modal,
  NativeSelect,
  NumberInput,
  Stack,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { type SyntheticEvent, useState } from "react";
import { useLocation } from "wouter";
import { may, useAddress, usePlace } from "../app/organization";
import { asGraphQL } from "../devices/filters";
import { graphql } from "../generated";
import type { ActionKind, DeviceFilterInput, Role } from "../generated/graphql";
import { JsonField, jsonFault } from "../shared/JsonField";
import { useCommand } from "../shared/useCommand";

const StartJobDocument = graphql(`
  mutation StartJob($input: StartJobInput!) {
    startJob(input: $input) {
      job {
        jobId
      }
      errors {
        __typename
        ... on Error {
          message
        }
      }
    }
  }
`);

interface Kind {
  kind: ActionKind;
  label: string;
  needsSnap: boolean;
  /** What is sent with it; undefined where nothing is. */
  data?: string;
  /** Whether that is a JSON object. */
  isJson?: boolean;
  warning?: string;
  role?: Role;
}

const stops = "The snap's services stop on every device that is found.";

const kinds: Kind[] = [
  { kind: "REFRESH", label: "Refresh a snap", needsSnap: true },
  { kind: "INSTALL", label: "Install a snap", needsSnap: true },
  {
    kind: "REMOVE",
    label: "Remove a snap",
    needsSnap: true,
    warning: "The snap and its data go from every device that is found.",
  },
  {
    kind: "REVERT",
    label: "Revert a snap",
    needsSnap: true,
    warning: "The snap goes back to the revision that it had before, on every device that is found.",
  },
  { kind: "SWITCH", label: "Move a snap to another channel", needsSnap: true, data: "Channel, e.g. latest/stable" },
  { kind: "SETCONF", label: "Configure a snap", needsSnap: true, data: "Configuration", isJson: true },
  { kind: "ENABLE", label: "Enable a snap", needsSnap: true },
  { kind: "DISABLE", label: "Disable a snap", needsSnap: true, warning: stops },
  { kind: "RESTART", label: "Restart a snap's services", needsSnap: true },
  { kind: "START", label: "Start a snap's services", needsSnap: true },
  { kind: "STOP", label: "Stop a snap's services", needsSnap: true, warning: stops },
  { kind: "LIST", label: "Ask for the snaps", needsSnap: false },
  { kind: "SERVER", label: "Ask for the operating system", needsSnap: false },
  { kind: "ACK", label: "Acknowledge an assertion", needsSnap: false, data: "The assertion" },
  {
    kind: "UNREGISTER",
    label: "Unregister",
    needsSnap: false,
    role: "ADMIN",
    warning: "Every device that is found leaves the service, and its twin goes out of sight.",
  },
];

interface Props {
  where: DeviceFilterInput;
  devices: number;
  close: () => void;
}

/** Asks the same of many devices. */
export const StartJobDialog = ({ where, devices, close }: Props) => {
  const { organizationId, role } = usePlace();
  const offered = kinds.filter((each) => may(role, each.role ?? "OPERATOR"));
  const [name, setName] = useState<string>("REFRESH");
  const [snap, setSnap] = useState("");
  const [data, setData] = useState("");
  const [concurrency, setConcurrency] = useState(50);
  const [maxFailurePercent, setMaxFailurePercent] = useState(20);
  const address = useAddress();
  const [, go] = useLocation();
  const { run, fault, isRunning } = useCommand(StartJobDocument, ({ startJob: { job } }) => {
    close();
    if (job != null) {
      go(address(`/jobs/${job.jobId}`));
    }
  });
  const kind = offered.find((each) => each.kind === name) ?? offered[0];
  if (kind === undefined) {
    return null;
  }

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    void run({
      organizationId,
      kind: kind.kind,
      snap: kind.needsSnap ? snap.trim() : null,
      data: kind.data === undefined ? null : data,
      concurrency,
      maxFailurePercent,
      where,
    });
  };

  return (
    <Modal opened onClose={close} title={`Start a job for ${devices.toLocaleString()} devices`}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <NativeSelect
            label="What they are asked to do"
            data={offered.map((each) => ({ value: each.kind, label: each.label }))}
            value={kind.kind}
            onChange={(event) => {
              setName(event.currentTarget.value);
              setData(
                kinds.some((each) => each.kind === event.currentTarget.value && each.isJson === true) ? "{}" : "",
              );
            }}
          />
          {kind.needsSnap && (
            <TextInput
              label="Snap"
              required
              value={snap}
              onChange={(event) => {
                setSnap(event.currentTarget.value);
              }}
            />
          )}
          {kind.isJson === true && <JsonField label="Configuration" wanted="object" value={data} change={setData} />}
          {kind.data !== undefined && kind.isJson !== true && (
            <Textarea
              label={kind.data}
              required
              autosize
              value={data}
              onChange={(event) => {
                setData(event.currentTarget.value);
              }}
            />
          )}
          <Group grow>
            <NumberInput
              label="At once"
              min={1}
              value={concurrency}
              onChange={(value) => {
                setConcurrency(Number(value));
              }}
            />
            <NumberInput
              label="Stop above % failed"
              min={0}
              max={100}
              value={maxFailurePercent}
              onChange={(value) => {
                setMaxFailurePercent(Number(value));
              }}
            />
          </Group>
          <Text size="sm" className="quiet">
            For the devices that match now:
          </Text>
          <Code block>{asGraphQL(where)}</Code>
          {kind.warning !== undefined && (
            <Alert color="orange" title="Mind">
              {kind.warning}
            </Alert>
          )}
          {fault !== undefined && (
            <Alert color="red" role="alert" title="The job was not started">
              {fault}
            </Alert>
          )}
          <Button
            type="submit"
            disabled={kind.isJson === true && jsonFault(data, "object") !== null}
            loading={isRunning}
            color={kind.warning === undefined ? undefined : "red"}
          >
            {kind.label}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
};
