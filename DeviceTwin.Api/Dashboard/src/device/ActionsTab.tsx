import { Alert, Button, Card, Table, Text } from "@mantine/core";
import { useMay, usePlace } from "../app/organization";
import { StatusBadge } from "../shared/Badges";
import { Time } from "../shared/Time";
import { useCommand } from "../shared/useCommand";
import { cancelAction } from "./actionDocuments";
import type { ShownDevice } from "./useDevice";

/** The device's actions with their way: queued, sent, ended, confirmed. */
export const ActionsTab = ({ device, again }: { device: ShownDevice; again: () => void }) => {
  const { organizationId } = usePlace();
  const maySteer = useMay("OPERATOR");
  const { run, fault } = useCommand(cancelAction, again);
  return device.actions.nodes.length === 0 ? (
    <Text className="quiet">Nothing was asked of it yet.</Text>
  ) : (
    <Card withBorder padding="sm" className="scroll">
      {fault !== undefined && (
        <Alert color="red" role="alert" title="It was not taken back" mb="xs">
          {fault}
        </Alert>
      )}
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Action</Table.Th>
            <Table.Th>Status</Table.Th>
            <Table.Th>Asked</Table.Th>
            <Table.Th>Sent</Table.Th>
            <Table.Th>Ended</Table.Th>
            <Table.Th>Confirmed</Table.Th>
            <Table.Th>Answer</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {device.actions.nodes.map((action) => (
            <Table.Tr key={action.actionId} data-action={action.kind}>
              <Table.Td>
                {action.kind.toLowerCase()} {action.snap} <span className="code">{action.data}</span>
              </Table.Td>
              <Table.Td>
                <StatusBadge status={action.status} />
                {maySteer && action.status === "QUEUED" && (
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    onClick={() => void run({ organizationId, actionId: action.actionId })}
                  >
                    Take back
                  </Button>
                )}
              </Table.Td>
              <Table.Td>
                <Time at={action.createdAt} />
                <Text size="xs" className="quiet">
                  {action.requestedBy}
                </Text>
              </Table.Td>
              <Table.Td>
                <Time at={action.sentAt} />
              </Table.Td>
              <Table.Td>
                <Time at={action.status === "QUEUED" || action.status === "SENT" ? null : action.updatedAt} />
              </Table.Td>
              <Table.Td>
                <Time at={action.confirmedAt} />
              </Table.Td>
              <Table.Td>{action.message}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
};
