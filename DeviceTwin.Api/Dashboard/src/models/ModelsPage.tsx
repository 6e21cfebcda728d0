import { Card, Table, Title } from "@mantine/core";
import { Link } from "wouter";
import { useAddress, usePlace } from "../app/organization";
import { graphql } from "../generated";
import { Empty, Failed, Loading } from "../shared/States";
import { useLiveQuery } from "../shared/useLiveQuery";

const ModelsQuery = graphql(`
  query Models($organizationId: String!) {
    models(organizationId: $organizationId) {
      name
      desired {
        version
        snaps {
          name
        }
      }
      devices(first: 1) {
        totalCount
      }
    }
  }
`);

export const ModelsPage = () => {
  const { organizationId } = usePlace();
  const address = useAddress();
  const [{ data, error }, ask] = useLiveQuery(ModelsQuery, { organizationId });
  return (
    <>
      <Title order={1} size="h3" mb="sm">
        Models
      </Title>
      {error !== undefined && (
        <Failed
          error={error}
          again={() => {
            ask();
          }}
        />
      )}
      {data === undefined ? (
        error === undefined && <Loading what="models" />
      ) : data.models.length === 0 ? (
        <Empty title="No models yet">Devices tell their model when they enrol.</Empty>
      ) : (
        <Card withBorder padding="sm" className="scroll">
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Model</Table.Th>
                <Table.Th>Devices</Table.Th>
                <Table.Th>Desired snaps</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.models.map((model) => (
                <Table.Tr key={model.name}>
                  <Table.Td>
                    <Link href={address(`/models/${encodeURIComponent(model.name)}`)}>{model.name}</Link>
                  </Table.Td>
                  <Table.Td>{model.devices.totalCount}</Table.Td>
                  <Table.Td>{model.desired.snaps.map((snap) => snap.name).join(", ")}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Card>
      )}
    </>
  );
};
