import { Button, Menu } from "@mantine/core";
import { useState } from "react";
import { may, usePlace } from "../app/organization";
import { CommandDialog } from "./CommandDialog";
import type { Command } from "./commands";

interface Props {
  label: string;
  commands: readonly Command[];
  deviceId: string;
  snap?: string;
  /** Told when one was asked for. */
  asked: () => void;
}

/** What can be asked; what the caller may not ask is not offered. */
export const CommandMenu = ({ label, commands, deviceId, snap, asked }: Props) => {
  const { role } = usePlace();
  const [chosen, setChosen] = useState<Command>();
  const offered = commands.filter((command) => may(role, command.role));
  if (offered.length === 0) {
    return null;
  }
  return (
    <>
      <Menu shadow="md" position="bottom-end">
        <Menu.Target>
          <Button size="compact-sm" variant="default" aria-label={snap === undefined ? label : `${label} ${snap}`}>
            {label} ▾
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {offered.map((command) => (
            <Menu.Item
              key={command.label}
              {...(command.warning !== undefined && { color: "red" })}
              onClick={() => {
                setChosen(command);
              }}
            >
              {command.label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {chosen !== undefined && (
        <CommandDialog
          command={chosen}
          deviceId={deviceId}
          snap={snap}
          asked={asked}
          close={() => {
            setChosen(undefined);
          }}
        />
      )}
    </>
  );
};
