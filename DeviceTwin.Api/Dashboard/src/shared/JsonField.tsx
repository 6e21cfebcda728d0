import { JsonInput } from "@mantine/core";

/** Why a text is not what is asked for; null where it is. */
export const jsonFault = (text: string, wanted: "object" | "array"): string | null => {
  try {
    const value: unknown = JSON.parse(text);
    const isRight =
      wanted === "array" ? Array.isArray(value) : typeof value === "object" && value !== null && !Array.isArray(value);
    return isRight ? null : `A JSON ${wanted} is needed.`;
  } catch (fault) {
    return fault instanceof Error ? fault.message : "This is not JSON.";
  }
};

interface Props {
  label: string;
  description?: string;
  wanted: "object" | "array";
  value: string;
  change: (value: string) => void;
}

/** An editor for JSON that says where it is wrong. */
export const JsonField = ({ label, description, wanted, value, change }: Props) => (
  <JsonInput
    label={label}
    description={description}
    value={value}
    onChange={change}
    error={jsonFault(value, wanted)}
    autosize
    minRows={4}
    maxRows={24}
    classNames={{ input: "code" }}
    spellCheck={false}
  />
);
