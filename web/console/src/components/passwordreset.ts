import { useApolloClient } from "@apollo/client/react";
import { useState } from "react";
import { session } from "../client";
import { ResetPasswordDocument, type ResetPasswordMutationVariables } from "../generated/operation";
import { navigate } from "../router/location";

/** Returns a function that resets a password and signs in, and the state of its last answer. */
export function usePasswordReset() {
  const client = useApolloClient();
  const [error, setError] = useState<unknown>(null);
  const [pending, setPending] = useState<string[]>([]);
  /** Token of a sign-in to an account whose deletion was requested. */
  const [restoring, setRestoring] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function reset(variables: ResetPasswordMutationVariables) {
    setBusy(true);
    clear();
    try {
      const signedIn = await session.signIn(async (signal) => {
        const context = { anonymous: true, fetchOptions: { signal } };
        const { data, error } = await client.mutate({ mutation: ResetPasswordDocument, variables, context });
        const payload = data?.resetPassword;
        if (payload?.pending[0] === "RESTORE_ACCOUNT" && payload.accessToken) {
          setRestoring(payload.accessToken);
        } else {
          setPending(payload?.pending ?? []);
        }
        setError(payload ? null : error);
        return payload;
      });
      if (signedIn) {
        navigate("/profile", { replace: true });
      }
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  }

  function clear() {
    setError(null);
    setPending([]);
  }

  return { reset, clear, error, pending, restoring, busy };
}
