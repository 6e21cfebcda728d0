import { graphql } from "../generated";

export const SetAsideItemsQuery = graphql(`
  query SetAsideItems($organizationId: String!, $first: Int!, $after: String) {
    setAsideItems(organizationId: $organizationId, first: $first, after: $after) {
      totalCount
      nodes {
        id
        worker
        deviceId
        reason
        tries
        setAsideAt
        isRetrying
        payload
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export const retryDocument = graphql(`
  mutation RetrySetAsideItem($input: SetAsideItemInput!) {
    retrySetAsideItem(input: $input) {
      item {
        id
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

export const dropDocument = graphql(`
  mutation DropSetAsideItem($input: SetAsideItemInput!) {
    dropSetAsideItem(input: $input) {
      item {
        id
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
