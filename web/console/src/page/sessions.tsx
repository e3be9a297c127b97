import { useQuery } from "@apollo/client/react";
import { useState } from "react";
import { LogoutDocument, RevokeDocument, SessionsDocument } from "../generated/operation";
import { useAct } from "../part/act";
import { Faults } from "../part/fault";
import { LiveAdvice, LiveBadge } from "../part/live";
import { Page } from "../part/page";
import { Loading } from "../part/reachbanner";
import { useSessionFeed } from "../part/sessionfeed";
import { SessionList } from "../part/sessionlist";
import { useWords } from "../words/language";

/** Milliseconds between two readings of the list while it is not live. */
const POLL = 10_000;

export function Sessions({ onEverywhere }: { onEverywhere: () => void }) {
  const words = useWords();
  const feed = useSessionFeed();
  const { data, error, refetch } = useQuery(SessionsDocument, { fetchPolicy: "cache-and-network", pollInterval: feed === "lost" ? POLL : 0 });
  const { act, error: refused, busy } = useAct();
  const [ended, setEnded] = useState<number | null>(null);
  const sessions = (data?.me?.sessions?.edges ?? []).flatMap(({ node }) => node ?? []);

  async function endOthers() {
    const done = await act(LogoutDocument, { scope: "OTHERS" });
    setEnded(done?.logout ? done.logout.endedSessionIds.length : null);
  }

  return (
    <Page title={words.sessions.title} intro={words.sessions.intro} actions={<LiveBadge state={feed} />}>
      <LiveAdvice state={feed} onReload={() => void refetch()} />
      <section className="card">
        <Faults error={refused ?? error} />
        {!data && !error && <Loading />}
        <SessionList
          sessions={sessions}
          action={(each, name) =>
            each.current ? null : (
              <button aria-label={words.sessions.endOf(name)} disabled={busy} onClick={() => void act(RevokeDocument, { id: each.id })}>
                {words.sessions.end}
              </button>
            )
          }
        />
        <p role="status" className="said">{ended === null ? "" : words.sessions.ended(ended)}</p>
        <div className="buttons">
          <button disabled={busy || sessions.length < 2} onClick={() => void endOthers()}>{words.sessions.others}</button>
          <button className="danger" disabled={busy} onClick={onEverywhere}>{words.sessions.everywhere}</button>
        </div>
      </section>
    </Page>
  );
}
