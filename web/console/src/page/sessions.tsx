import { useQuery } from "@apollo/client/react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorMessages } from "../components/errormessage";
import { LiveAdvice, LiveBadge } from "../components/livebadge";
import { Page } from "../components/page";
import { Loading } from "../components/reachabilitybanner";
import { useSessionFeed } from "../components/sessionfeed";
import { SessionList } from "../components/sessionlist";
import { useStepUpMutation } from "../components/stepupmutation";
import { LogoutDocument, RevokeDocument, SessionsDocument } from "../generated/operation";

/** Milliseconds between two requests for a list that is not live. */
const POLL = 10_000;

export function Sessions({ onEverywhere }: { onEverywhere: () => void }) {
  const { t } = useTranslation();
  const feed = useSessionFeed();
  const { data, error, refetch } = useQuery(SessionsDocument, { fetchPolicy: "cache-and-network", pollInterval: feed === "lost" ? POLL : 0 });
  const { mutate, error: refused, busy } = useStepUpMutation();
  const [ended, setEnded] = useState<number | null>(null);
  const sessions = (data?.me?.sessions?.edges ?? []).flatMap(({ node }) => node ?? []);

  async function endOthers() {
    const done = await mutate(LogoutDocument, { scope: "OTHERS" });
    setEnded(done?.logout ? done.logout.endedSessionIds.length : null);
  }

  return (
    <Page title={t("sessions.title")} intro={t("sessions.intro")} actions={<LiveBadge state={feed} />}>
      <LiveAdvice state={feed} onReload={() => void refetch()} />
      <section className="card">
        <ErrorMessages error={refused ?? error} />
        {!data && !error && <Loading />}
        <SessionList
          sessions={sessions}
          action={(each, name) =>
            each.current ? null : (
              <button type="button" aria-label={t("sessions.endOf", { device: name })} disabled={busy} onClick={() => void mutate(RevokeDocument, { id: each.id })}>
                {t("sessions.end")}
              </button>
            )
          }
        />
        <p role="status" className="said">{ended === null ? "" : t("sessions.ended", { count: ended })}</p>
        <div className="buttons">
          <button type="button" disabled={busy || sessions.length < 2} onClick={() => void endOthers()}>{t("sessions.others")}</button>
          <button type="button" className="danger" disabled={busy} onClick={onEverywhere}>{t("sessions.everywhere")}</button>
        </div>
      </section>
    </Page>
  );
}
