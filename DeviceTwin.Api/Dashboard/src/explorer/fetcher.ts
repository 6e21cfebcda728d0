import { createGraphiQLFetcher, type Fetcher, type FetcherReturnType } from "@graphiql/toolkit";
import { getOperationAST, OperationTypeNode, parse } from "graphql";
import { createClient as createEventClient } from "graphql-sse";
import { createClient as createSocketClient } from "graphql-ws";
import { currentToken } from "../app/session";

/** How subscriptions come. */
export type Stream = "WebSocket" | "Server-Sent Events";

const address = new URL("/graphql", location.href).href;

// The dashboard's token, unless the header editor has another.
const withToken = (headers: unknown): Record<string, string> => {
  const token = currentToken();
  return {
    ...(token !== null && { Authorization: `Bearer ${token}` }),
    ...(headers as Record<string, string> | undefined),
  };
};

// The editor's own idea of the document lags behind what was just put into it.
const isSubscription = (query: string, operationName: string | null | undefined) => {
  try {
    return getOperationAST(parse(query), operationName)?.operation === OperationTypeNode.SUBSCRIPTION;
  } catch {
    // The service says what is wrong with it.
    return false;
  }
};

/** Asks the service; what is in the header editor goes with it, also when a WebSocket opens. */
export const createFetcher = (stream: () => Stream): Fetcher => {
  const ask = createGraphiQLFetcher({ url: address });
  return (request, options) => {
    const headers = withToken(options?.headers);
    if (!isSubscription(request.query, request.operationName)) {
      return ask(request, { ...options, headers });
    }
    const operation = {
      query: request.query,
      operationName: request.operationName ?? undefined,
      variables: request.variables as Record<string, unknown> | undefined,
    };
    // Their types differ in what may be left out of an answer only.
    return (
      stream() === "WebSocket"
        ? createSocketClient({ url: address.replace(/^http/, "ws"), connectionParams: headers }).iterate(operation)
        : createEventClient({ url: address, headers }).iterate(operation)
    ) as FetcherReturnType;
  };
};
