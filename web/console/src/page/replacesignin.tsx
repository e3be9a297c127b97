import { useApolloClient } from "@apollo/client/react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { session } from "../client";
import { MailCard } from "../components/mailcard";
import { LogoutDocument } from "../generated/operation";

/** Asks before a reset of a password replaces the session of this browser. Names no account, because the page sends nothing. */
export function ReplaceSignIn() {
  const { t } = useTranslation();
  const client = useApolloClient();
  const [busy, setBusy] = useState(false);

  function signOut() {
    setBusy(true);
    return session.signOut(
      async (signal) => {
        const { data } = await client.mutate({ mutation: LogoutDocument, variables: { scope: "CURRENT" }, context: { fetchOptions: { signal } } });
        return Boolean(data?.logout);
      },
      { done: "signedOut", unanswered: "here" },
    );
  }

  return (
    <MailCard title={t("reset.signedIn")} onSubmit={() => void signOut()}>
      <p>{t("reset.replaces")}</p>
      <button type="submit" className="primary" disabled={busy}>{t("reset.signOut")}</button>
      <Link className="button" href="/profile">{t("reset.stay")}</Link>
    </MailCard>
  );
}
