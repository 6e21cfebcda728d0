import { Card, Table, Title } from "@mantine/core";
import { Link } from "wouter";
import { useAddress } from "../app/organization";
import { StatusBadge } from "../shared/Badges";
import { Empty, Failed, Loading } from "../shared/States";
import { Time } from "../shared/Time";
import { JobProgress } from "./JobProgress";
import { useJobs } from "./useJobs";

export const JobsPage = () => {
  const address = useAddress();
  const { jobs, error, ask } = useJobs();
  return (
    <>
      <Title order={1} size="h3" mb="sm">
        Jobs
      </Title>
      {error !== undefined && (
        <Failed
          error={error}
          again={() => {
            ask();
          }}
        />
      )}
      {jobs === undefined ? (
        error === undefined && <Loading what="jobs" />
      ) : jobs.length === 0 ? (
        <Empty title="No jobs yet">
          A job asks the same of many devices: find them under Devices, and start it there.
        </Empty>
      ) : (
        <Card withBorder padding="sm" className="scroll">
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Job</Table.Th>
                <Table.Th>State</Table.Th>
                <Table.Th className="wide-cell">Progress</Table.Th>
                <Table.Th>Started</Table.Th>
                <Table.Th>By</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {jobs.map((job) => (
                <Table.Tr key={job.jobId}>
                  <Table.Td>
                    <Link href={address(`/jobs/${job.jobId}`)}>
                      {job.kind.toLowerCase()} {job.snap}
                    </Link>
                  </Table.Td>
                  <Table.Td>
                    <StatusBadge status={job.status} />
                  </Table.Td>
                  <Table.Td>
                    <JobProgress {...job} />
                  </Table.Td>
                  <Table.Td>
                    <Time at={job.createdAt} />
                  </Table.Td>
                  <Table.Td>{job.requestedBy}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Card>
      )}
    </>
  );
};
