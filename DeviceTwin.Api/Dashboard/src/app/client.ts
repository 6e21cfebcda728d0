import {
  cacheExchange,
  createClient as createQueryClient,
  fetchExchange,
  mapExchange,
  subscriptionExchange,
} from "urql";
import { createClient as createSocketClient } from "graphql-ws";
import { connection } from "./connection";
import { currentToken, forgetToken } from "./session";

const notAuthenticated = 4401;
const longestPause = 10_000;
const pingEvery = 5_000;
const longestSilence = 5_000;

const headers = (): Record<string, string> => {
  const token = currentToken();
  return token === null ? {} : { Authorization: `Bearer ${token}` };
};

const address = new URL("/graphql", location.href);

const openSocket = () => {
  let silence: ReturnType<typeof setTimeout> | undefined;
  const socket = createSocketClient({
    url: address.href.replace(/^http/, "ws"),
    connectionParams: headers,
    keepAlive: pingEvery,
    retryAttempts: Infinity,
    shouldRetry: () => true,
    // Together after an outage, but not all at the same moment.
    retryWait: (tries) =>
      new Promise((resolve) => setTimeout(resolve, Math.min(longestPause, 500 * 2 ** tries) * (0.5 + Math.random()))),
    on: {
      // A network that went away closes nothing: without an answer the page would stay live for ever.
      ping: (isReceived) => {
        if (!isReceived) {
          clearTimeout(silence);
          silence = setTimeout(() => {
            socket.terminate();
          }, longestSilence);
        }
      },
      pong: (isReceived) => {
        if (isReceived) {
          clearTimeout(silence);
        }
      },
      connected: () => {
        connection.opened();
      },
      closed: (event) => {
        clearTimeout(silence);
        if ((event as CloseEvent).code === notAuthenticated) {
          forgetToken();
        }
        connection.closed();
      },
    },
  });
  return socket;
};

/** What speaks to the API for one who is signed in. Nothing that it has read outlives it. */
export const openClient = () => {
  const socket = openSocket();
  const queries = createQueryClient({
    url: address.href,
    preferGetMethod: false,
    fetchOptions: () => ({ headers: headers() }),
    exchanges: [
      mapExchange({
        onError: (error) => {
          if ((error.response as Response | undefined)?.status === 401) {
            forgetToken();
          }
        },
      }),
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe({ query: query ?? "", variables: variables ?? null }, sink),
          }),
        }),
      }),
    ],
  });
  return { queries, close: () => void socket.dispose() };
};
