import { Button, Code, CopyButton, Group, NativeSelect, Popover, TextInput } from "@mantine/core";
import { useQuery } from "urql";
import { usePlace } from "../app/organization";
import { graphql } from "../generated";
import type { DeviceSortInput } from "../generated/graphql";
import { asGraphQL, asQuery, everything, type Search, toWhere } from "./filters";

const ChoicesQuery = graphql(`
  query FilterChoices($organizationId: String!) {
    groups(organizationId: $organizationId) {
      name
    }
    models(organizationId: $organizationId) {
      name
    }
  }
`);

interface Props {
  search: Search;
  order: DeviceSortInput[];
  change: (search: Search) => void;
}

/** What to look for, and the same as the API has it. */
export const FilterBar = ({ search, order, change }: Props) => {
  const { organizationId } = usePlace();
  const [{ data }] = useQuery({ query: ChoicesQuery, variables: { organizationId } });
  const where = toWhere(search);
  const text = (name: "text" | "snap" | "tagPath" | "tagValue", label: string, width: number) => (
    <TextInput
      size="xs"
      w={width}
      aria-label={label}
      placeholder={label}
      value={search[name]}
      onChange={(event) => {
        change({ ...search, [name]: event.currentTarget.value });
      }}
    />
  );
  const choice = (name: "connectivity" | "syncStatus" | "model" | "group", any: string, values: readonly string[]) => (
    <NativeSelect
      size="xs"
      aria-label={any}
      value={search[name]}
      data={[{ value: "", label: any }, ...values]}
      onChange={(event) => {
        change({ ...search, [name]: event.currentTarget.value });
      }}
    />
  );
  return (
    <Group gap="xs" mb="xs" role="search" aria-label="Devices">
      {text("text", "Id, serial or model", 200)}
      {choice("connectivity", "Any state", ["ONLINE", "OFFLINE", "NEVER_SEEN"])}
      {choice("syncStatus", "Any sync", ["IN_SYNC", "PENDING", "FAILED"])}
      {choice("model", "Any model", data?.models.map((model) => model.name) ?? [])}
      {choice("group", "Any group", data?.groups.map((group) => group.name) ?? [])}
      {text("snap", "Has snap", 110)}
      {text("tagPath", "Tag, e.g. site.name", 130)}
      {text("tagValue", "is", 90)}
      <Popover width={420} withArrow shadow="md">
        <Popover.Target>
          <Button size="xs" variant="default">
            where
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <Code block>{asGraphQL(where)}</Code>
          <CopyButton value={asQuery(organizationId, where, order)}>
            {({ copied, copy }) => (
              <Button size="xs" mt="xs" onClick={copy}>
                {copied ? "Copied" : "Copy as a query"}
              </Button>
            )}
          </CopyButton>
        </Popover.Dropdown>
      </Popover>
      {Object.keys(where).length > 0 && (
        <Button
          size="xs"
          variant="subtle"
          onClick={() => {
            change(everything);
          }}
        >
          Clear
        </Button>
      )}
    </Group>
  );
};
