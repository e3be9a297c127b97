import type { OperationVariables, TypedDocumentNode } from "@apollo/client";
import { useApolloClient } from "@apollo/client/react";
import { useState } from "react";
import { codeOf } from "./errormessage";
import { useStepUp } from "./stepup";

/** Runs mutations for a page: one at a time, and after the person has proved who they are where the server asks for it. */
export function useStepUpMutation() {
  const client = useApolloClient();
  const stepUp = useStepUp();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  /** The answer's data, or null when it was refused, and `error` says why. */
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
            void client.refetchQueries({ include: ["Me"] }); // what one may do has changed
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
