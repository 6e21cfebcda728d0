import { useCallback, useEffect, useRef } from "react";
import { type AnyVariables, type DocumentInput, useQuery, type UseQueryResponse } from "urql";
import { useConnection } from "../app/connection";

const shortestPause = 1000;

/**
 * A query that is asked again when somebody says that what it shows has changed (at most once a second), and after each lost
 * connection, as changes may have been missed meanwhile.
 */
export const useLiveQuery = <Data, Variables extends AnyVariables>(
  query: DocumentInput<Data, Variables>,
  variables: Variables,
): [...UseQueryResponse<Data, Variables>, () => void] => {
  const [state, ask] = useQuery<Data, Variables>({ query, variables, requestPolicy: "cache-and-network" });
  const { epoch } = useConnection();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const changed = useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      ask({ requestPolicy: "network-only" });
    }, shortestPause);
  }, [ask]);

  useEffect(() => {
    if (epoch > 0) {
      ask({ requestPolicy: "network-only" });
    }
  }, [epoch, ask]);

  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );

  return [state, ask, changed];
};
