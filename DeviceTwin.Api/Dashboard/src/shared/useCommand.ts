import { useCallback, useState } from "react";
import { type TypedDocumentNode, useClient } from "urql";
import { messageOf } from "./errors";

interface Payload {
  errors?: readonly { message: string }[] | null;
}

/** Runs a mutation with one input and gives what its payload says is wrong. */
export const useCommand = <Data, Input>(
  document: TypedDocumentNode<Data, { input: Input }>,
  done: (data: Data) => void,
) => {
  const client = useClient();
  const [fault, setFault] = useState<string>();
  const [isRunning, setRunning] = useState(false);

  const run = useCallback(
    async (input: Input) => {
      setRunning(true);
      const { data, error } = await client.mutation(document, { input }).toPromise();
      setRunning(false);
      const payloads = Object.values(data ?? {}).filter((value) => typeof value === "object") as Payload[];
      const problem =
        error === undefined
          ? payloads
              .flatMap((payload) => payload.errors ?? [])
              .map((each) => each.message)
              .join(" ")
          : messageOf(error);
      setFault(problem === "" ? undefined : problem);
      if (problem === "" && data !== undefined) {
        done(data);
      }
    },
    [client, document, done],
  );

  return { run, fault, isRunning };
};
