import { Progress, Text } from "@mantine/core";

interface Counts {
  total: number;
  succeeded: number;
  failed: number;
  pending: number;
  finishedAt?: string | null;
}

/** How far a job has come; what was not started is not shown as done. */
export const JobProgress = ({ total, succeeded, failed, pending, finishedAt }: Counts) => {
  const share = (count: number) => (total === 0 ? 0 : (100 * count) / total);
  const rest = finishedAt == null ? `${pending} to come` : pending > 0 ? `${pending} not started` : "";
  return (
    <>
      <Progress.Root size="lg" aria-label={`${succeeded} of ${total} succeeded, ${failed} failed`}>
        <Progress.Section value={share(succeeded)} color="teal" aria-label={`${succeeded} succeeded`} />
        <Progress.Section value={share(failed)} color="red" aria-label={`${failed} failed`} />
      </Progress.Root>
      <Text size="xs" className="quiet">
        {[`${succeeded} of ${total} succeeded`, failed > 0 ? `${failed} failed` : "", rest].filter(Boolean).join(", ")}
      </Text>
    </>
  );
};
