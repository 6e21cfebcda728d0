import type { CombinedError } from "urql";

/** What went wrong, in words for people. */
export const messageOf = (error: CombinedError) =>
  error.networkError === undefined
    ? error.graphQLErrors.map((each) => each.message).join(" ")
    : "The service does not answer. It is asked again when you try again.";
