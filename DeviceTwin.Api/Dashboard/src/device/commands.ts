import type { TypedDocumentNode } from "urql";
import type { Role } from "../generated/graphql";
import * as action from "./actionDocuments";
import * as twin from "./twinDocuments";

export type CommandInput = Record<string, unknown>;

export interface Field {
  name: string;
  label: string;
  kind: "text" | "number" | "switch" | "json" | "list" | "long";
  isOptional?: boolean;
  placeholder?: string;
}

/** Something that a device can be asked, with the form that asks for what it needs. */
export interface Command {
  label: string;
  document: TypedDocumentNode<Record<string, unknown>, { input: CommandInput }>;
  fields: Field[];
  role: Role;
  /** What is lost by it. */
  warning?: string;
  /** Whether the device's id has to be typed, as nobody would by mistake. */
  isGrave?: boolean;
}

const command = <Input extends { deviceId: string }>(
  label: string,
  document: TypedDocumentNode<unknown, { input: Input }>,
  fields: (Field & { name: Exclude<keyof Input, "deviceId" | "organizationId"> })[] = [],
  more: Partial<Command> = {},
): Command => ({
  label,
  // The form fills exactly the input's fields.
  document: document as unknown as Command["document"],
  fields,
  role: "OPERATOR",
  ...more,
});

const address: Field = {
  name: "url",
  label: "Address to upload to",
  kind: "text",
  placeholder: "https://…, presigned",
};
const services = {
  name: "services" as const,
  label: "Services",
  kind: "list" as const,
  isOptional: true,
  placeholder: "all; or names with commas between",
};

export const deviceCommands: Command[] = [
  command("Install a snap", action.installSnap, [{ name: "snap", label: "Snap", kind: "text" }]),
  command("Ask for the snaps", action.requestSnapList),
  command("Ask for the operating system", action.requestOperatingSystem),
  command("Ask who it is", action.requestDeviceInfo),
  command("Upload logs", action.uploadLogs, [
    { ...address, name: "url" },
    { name: "limit", label: "Lines at most", kind: "number", isOptional: true },
  ]),
  command("Acknowledge an assertion", action.acknowledgeAssertion, [
    { name: "assertion", label: "Assertion", kind: "long" },
  ]),
  command(
    "Create a user",
    action.createDeviceUser,
    [
      { name: "email", label: "Address of the store account", kind: "text" },
      { name: "sudoer", label: "May become root", kind: "switch" },
      { name: "forceManaged", label: "Also on a device that is managed already", kind: "switch" },
    ],
    { role: "ADMIN" },
  ),
  command("Remove a user", action.removeDeviceUser, [{ name: "username", label: "User", kind: "text" }], {
    role: "ADMIN",
    warning: "The user and their files go from the device.",
  }),
  command("Unregister", action.unregisterDevice, [], {
    role: "ADMIN",
    warning: "The device leaves the service: its agent ends, and with its answer the twin goes out of sight.",
    isGrave: true,
  }),
  command("Delete the twin", twin.deleteDevice, [], {
    role: "ADMIN",
    warning: "The twin goes out of sight and the device's messages are ignored, until somebody restores it.",
    isGrave: true,
  }),
];

export const restoreCommand = command("Restore the twin", twin.restoreDevice, [], { role: "ADMIN" });

export const snapCommands: Command[] = [
  command("Refresh", action.refreshSnap),
  command("Revert", action.revertSnap, [], { warning: "The snap goes back to the revision that it had before." }),
  command("Move to a channel", action.switchSnap, [
    { name: "channel", label: "Channel", kind: "text", placeholder: "latest/stable" },
  ]),
  command("Enable", action.enableSnap),
  command("Disable", action.disableSnap, [], { warning: "Its services stop." }),
  command("Configure", action.configureSnap, [{ name: "config", label: "Configuration", kind: "json" }]),
  command("Start services", action.startSnap, [services]),
  command("Stop services", action.stopSnap, [services]),
  command("Restart services", action.restartSnap, [services]),
  command("Upload a snapshot", action.snapshotSnap, [{ ...address, name: "url" }]),
  command("Ask for its facts", action.requestSnapInfo),
  command("Ask for its configuration", action.requestSnapConfig),
  command("Remove", action.removeSnap, [], { warning: "The snap and its data go from the device." }),
].map((each) => ({ ...each, fields: each.fields.filter((field) => field.name !== "snap") }));

/** What a form's texts mean; undefined leaves a field out. */
export const valueOf = (field: Field, text: string): unknown => {
  if (field.isOptional === true && text.trim() === "") {
    return undefined;
  }
  switch (field.kind) {
    case "number":
      return Number(text);
    case "switch":
      return text === "true";
    case "json":
      return JSON.parse(text);
    case "list":
      return text
        .split(",")
        .map((part) => part.trim())
        .filter((part) => part !== "");
    default:
      return text.trim();
  }
};
