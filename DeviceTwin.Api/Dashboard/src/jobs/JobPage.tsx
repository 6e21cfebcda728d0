import { Alert, Button, Card, Group, Table, Text, Title } from "@mantine/core";
import { useCallback, useEffect } from "react";
import { useSubscription } from "urql";
import { Link } from "wouter";
import { useAddress, useMay, usePlace } from "../app/organization";
import { graphql } from "../generated";
import { StatusBadge } from "../shared/Badges";
import { Empty, Failed, Loading } from "../shared/States";
import { Time } from "../shared/Time";
import { useCommand } from "../shared/useCommand";
import { useLiveQuery } from "../shared/useLiveQuery";
import { JobProgress } from "./JobProgress";

const JobQuery = graphql(`
  query Job($organizationId: String!, $jobId: String!) {
    job(organizationId: $organizationId, jobId: $jobId) {
      ...JobFacts
      failures: actions(first: 100, where: { status: { in: [FAILED, TIMED_OUT, CANCELLED] } }) {
        nodes {
          actionId
          deviceId
          status
          message
          updatedAt
        }
      }
    }
  }
`);

const JobSubscription = graphql(`
  subscription JobMoved($organizationId: String!, $jobId: String!) {
    jobChanged(organizationId: $organizationId, jobId: $jobId) {
      ...JobFacts
    }
  }
`);

const CancelJobDocument = graphql(`
  mutation CancelJob($input: CancelJobInput!) {
    cancelJob(input: $input) {
      job {
        ...JobFacts
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

export const JobPage = ({ jobId }: { jobId: string }) => {
  const { organizationId } = usePlace();
  const address = useAddress();
  const maySteer = useMay("OPERATOR");
  const [{ data, error }, ask, changed] = useLiveQuery(JobQuery, { organizationId, jobId });
  const [{ data: moved }] = useSubscription({ query: JobSubscription, variables: { organizationId, jobId } });
  const done = useCallback(() => {
    ask({ requestPolicy: "network-only" });
  }, [ask]);
  const { run, fault, isRunning } = useCommand(CancelJobDocument, done);
  const failed = moved?.jobChanged.failed;
  useEffect(changed, [failed, changed]);

  if (data?.job == null) {
    return data !== undefined ? (
      <Empty title="There is no such job">It may have ended too long ago, or be another organization&apos;s.</Empty>
    ) : error !== undefined ? (
      <Failed error={error} again={done} />
    ) : (
      <Loading what="the job" />
    );
  }

  const { failures, ...read } = data.job;
  const job = moved?.jobChanged ?? read;
  return (
    <>
      <Group justify="space-between" mb="sm">
        <Title order={1} size="h3">
          {job.kind.toLowerCase()} {job.snap} <StatusBadge status={job.status} />
        </Title>
        {maySteer && job.status === "RUNNING" && (
          <Button
            color="red"
            variant="outline"
            size="xs"
            loading={isRunning}
            onClick={() => void run({ organizationId, jobId })}
          >
            Abort
          </Button>
        )}
      </Group>
      {fault !== undefined && (
        <Alert color="red" role="alert" title="The job was not aborted" mb="sm">
          {fault}
        </Alert>
      )}
      <Card withBorder padding="md" mb="sm">
        <JobProgress {...job} />
        <dl className="facts">
          <dt>Devices</dt>
          <dd>
            {job.total}, {job.concurrency} at once, stopped above {job.maxFailurePercent}% failed
          </dd>
          {job.data != null && (
            <>
              <dt>Sent with it</dt>
              <dd className="code">{job.data}</dd>
            </>
          )}
          <dt>Started</dt>
          <dd>
            <Time at={job.createdAt} /> by {job.requestedBy}
          </dd>
          <dt>Finished</dt>
          <dd>
            <Time at={job.finishedAt} />
            {job.finishedAt == null && job.status !== "RUNNING" && " what is on its way to devices still counts"}
          </dd>
        </dl>
      </Card>
      <Card withBorder padding="sm" className="scroll">
        <Title order={2} size="h5">
          Failed
        </Title>
        {failures.nodes.length === 0 ? (
          <Text size="sm" className="quiet">
            None.
          </Text>
        ) : (
          <Table>
            <Table.Tbody>
              {failures.nodes.map((action) => (
                <Table.Tr key={action.actionId}>
                  <Table.Td>
                    <Link href={address(`/devices/${encodeURIComponent(action.deviceId)}`)}>{action.deviceId}</Link>
                  </Table.Td>
                  <Table.Td>
                    <StatusBadge status={action.status} />
                  </Table.Td>
                  <Table.Td>{action.message}</Table.Td>
                  <Table.Td>
                    <Time at={action.updatedAt} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Card>
    </>
  );
};
