import { useSubscription } from "urql";
import { usePlace } from "../app/organization";
import { graphql } from "../generated";
import { useLiveQuery } from "../shared/useLiveQuery";

const JobsQuery = graphql(`
  query Jobs($organizationId: String!) {
    jobs(organizationId: $organizationId, first: 100) {
      nodes {
        ...JobFacts
      }
    }
  }
  fragment JobFacts on Job {
    jobId
    kind
    snap
    data
    status
    total
    pending
    succeeded
    failed
    concurrency
    maxFailurePercent
    createdAt
    finishedAt
    requestedBy
  }
`);

const JobsSubscription = graphql(`
  subscription JobsMoved($organizationId: String!) {
    jobChanged(organizationId: $organizationId) {
      ...JobFacts
    }
  }
`);

/** The organization's jobs, those that run as they move. */
export const useJobs = () => {
  const { organizationId } = usePlace();
  const [{ data, error, fetching }, ask, changed] = useLiveQuery(JobsQuery, { organizationId });
  const read = data?.jobs.nodes ?? [];
  const [{ data: moved = {} }] = useSubscription(
    { query: JobsSubscription, variables: { organizationId } },
    (before: Record<string, (typeof read)[number]> | undefined, { jobChanged }) => {
      if (before?.[jobChanged.jobId]?.status !== jobChanged.status) {
        changed();
      }
      return { ...before, [jobChanged.jobId]: jobChanged };
    },
  );
  return { jobs: data && read.map((job) => moved[job.jobId] ?? job), error, fetching, ask };
};
