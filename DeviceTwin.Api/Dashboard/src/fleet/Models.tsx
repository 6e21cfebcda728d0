import { Card, Progress, Table, Title } from "@mantine/core";
import { Link } from "wouter";
import { useAddress } from "../app/organization";
import type { Fleet } from "./useFleet";

/** Devices by model, the most frequent first. */
export const Models = ({ models }: { models: Fleet["byModel"] }) => {
  const address = useAddress();
  const most = Math.max(...models.map((model) => model.total), 1);
  return (
    <Card withBorder padding="sm" className="scroll">
      <Title order={2} size="h5">
        By model
      </Title>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Model</Table.Th>
            <Table.Th ta="right">Devices</Table.Th>
            <Table.Th ta="right">Online</Table.Th>
            <Table.Th ta="right">Drifted</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {models
            .toSorted((one, other) => other.total - one.total)
            .map((model) => (
              <Table.Tr key={`${model.brand} ${model.model}`}>
                <Table.Td>
                  <Link href={address(`/models/${encodeURIComponent(model.model)}`)}>
                    {model.model === "" ? "(unknown)" : model.model}
                  </Link>{" "}
                  <span className="quiet">{model.brand}</span>
                  <Progress value={(100 * model.total) / most} size={4} mt={4} aria-hidden="true" />
                </Table.Td>
                <Table.Td ta="right">{model.total}</Table.Td>
                <Table.Td ta="right">{model.online}</Table.Td>
                <Table.Td ta="right">{model.drifted}</Table.Td>
              </Table.Tr>
            ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
};
