import { useApolloClient } from "@apollo/client/react";
import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { session } from "../client";
import { Door, ProductName } from "../components/door";
import { ErrorMessages } from "../components/errormessage";
import { pendingStepNames } from "../components/pendingstep";
import { LogoutDocument, RestoreAccountDocument } from "../generated/operation";
import { navigate } from "../router/location";
import { RESTORED } from "./profile";

/** Milliseconds that the server has to end the session of the pending step. The session ends by itself after ten minutes. */
const LOGOUT_TIMEOUT = 5_000;

/** Page of a sign-in to an account whose deletion was requested. `token` is valid for its restoration and for a sign-out only. */
export function RestoreAccount({ token, onLeave }: { token: string; onLeave: (notice: string | null) => void }) {
  const { t } = useTranslation();
  const client = useApolloClient();
  const heading = useRef<HTMLHeadingElement>(null);
  const [error, setError] = useState<unknown>(null);
  const [pending, setPending] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = `${t("restore.title")} · ${t("product")}`;
  }, [t]);
  useEffect(() => heading.current?.focus(), []);

  async function restore(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const restored = await session.signIn(async (signal) => {
        const { data, error } = await client.mutate({ mutation: RestoreAccountDocument, context: { token, fetchOptions: { signal } } });
        setPending(data?.restoreAccount?.pending ?? []);
        setError(data?.restoreAccount ? null : error);
        return data?.restoreAccount;
      });
      if (restored) {
        navigate("/profile", { state: RESTORED });
      }
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  }

  async function signOut() {
    setBusy(true);
    const context = { token, fetchOptions: { signal: AbortSignal.timeout(LOGOUT_TIMEOUT) } };
    const { data } = await client
      .mutate({ mutation: LogoutDocument, variables: { scope: "CURRENT" }, context })
      .catch(() => ({ data: null }));
    onLeave(data?.logout ? "stillDeleted" : null);
  }

  return (
    <Door>
      <form className="card" onSubmit={restore}>
        <ProductName />
        <h1 ref={heading} tabIndex={-1}>{t("restore.title")}</h1>
        <p>{t("restore.effect")}</p>
        <ErrorMessages error={error} />
        {pending.length > 0 && <p role="alert" className="faults">{t("signIn.step", { steps: pendingStepNames(pending) })}</p>}
        <button type="submit" className="primary" disabled={busy}>{t("restore.submit")}</button>
        <button type="button" disabled={busy} onClick={() => void signOut()}>{t("signIn.signOut")}</button>
      </form>
    </Door>
  );
}
