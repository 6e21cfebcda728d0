import { Alert, Button, Center, Loader, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { CombinedError } from "urql";
import { messageOf } from "./errors";

export const Loading = ({ what }: { what: string }) => (
  <Center p="xl" role="status">
    <Loader size="sm" mr="sm" />
    Loading {what}
  </Center>
);

/** Nothing there, and why that is. */
export const Empty = ({ title, children, again }: { title: string; children?: ReactNode; again?: () => void }) => (
  <Center p="xl">
    <Stack align="center" gap="xs" maw={520}>
      <Text fw={600}>{title}</Text>
      {children !== undefined && (
        <Text className="quiet" ta="center" size="sm" component="div">
          {children}
        </Text>
      )}
      {again !== undefined && (
        <Button variant="default" onClick={again}>
          Look again
        </Button>
      )}
    </Stack>
  </Center>
);

/** What went wrong; what was read before may stand below it. */
export const Failed = ({ error, again }: { error: CombinedError; again: () => void }) => (
  <Alert color="red" title="This could not be read" m="md" role="alert">
    <Stack gap="xs" align="flex-start">
      <Text size="sm">{messageOf(error)}</Text>
      <Button size="xs" variant="default" onClick={again}>
        Try again
      </Button>
    </Stack>
  </Alert>
);
