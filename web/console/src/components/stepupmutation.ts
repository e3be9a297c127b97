import type { OperationVariables, TypedDocumentNode } from "@apollo/client";
import { useApolloClient } from "@apollo/client/react";
import { useState } from "react";
import { codeOf } from "./errormessage";
import { useStepUp } from "./stepup";

/** Returns a function that runs a mutation, and asks for the password if the server requires a fresh sign-in. */
export function useStepUpMutation() {
  const client = useApolloClient();
  const stepUp = useStepUp();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  /** Returns the data of the answer. Null after an error, which is then in `error`. */
  async function mutate<T, V extends OperationVariables>(mutation: TypedDocumentNode<T, V>, variables: V): Promise<T | null> {
    setBusy(true);
    setError(null);
    try {
      for (let confirmed = false; ; confirmed = true) {
        const { data, error } = await client.mutate({ mutation, variables } as never).catch((error: unknown) => ({ data: null, error }));
        if (!error) {
          return data as T;
        }
        if (confirmed || codeOf(error) !== "REAUTHENTICATION_REQUIRED" || !(await stepUp())) {
          if (codeOf(error) === "FORBIDDEN") {
            void client.refetchQueries({ include: ["Me"] }); // the permissions have changed
          }
          setError(error);
          return null;
        }
      }
    } finally {
      setBusy(false);
    }
  }

  return { mutate, error, busy, clear: () => setError(null) };
}
