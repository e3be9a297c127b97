import { useState } from "react";
import { EndSessionsDocument, RevokeUserSessionDocument } from "../generated/operation";
import type { Account } from "../operation/type";
import { useAct } from "./act";
import { Faults } from "./fault";
import { useMay } from "./may";
import { SessionList } from "./sessionlist";
import { useWords } from "../words/language";

/** Open sessions of an account, with ways to end them. The result is shown next to the sessions: a phone shows no more at once. */
export function AccountSessions({ account }: { account: Account }) {
  const words = useWords();
  const may = useMay();
  const { act, error, busy } = useAct();
  const [said, setSaid] = useState("");
  // A session that was just ended stays in the cache's list until it is read again.
  const sessions = (account.sessions?.edges ?? []).flatMap(({ node }) => (node && !node.endedAt ? node : []));
  const more = (account.sessions?.totalCount ?? 0) - (account.sessions?.edges.length ?? 0);

  async function endAll() {
    const done = await act(EndSessionsDocument, { id: account.id });
    setSaid(done?.revokeUserSessions ? words.sessions.ended(done.revokeUserSessions.endedSessionIds.length) : "");
  }
  async function end(session: string, device: string) {
    setSaid((await act(RevokeUserSessionDocument, { id: session })) ? words.sessions.endedOne(device) : "");
  }

  return (
    <section className="card">
      <h2>{words.sessions.title}</h2>
      <p role="status" className="said">{said}</p>
      <Faults error={error} />
      <SessionList
        sessions={sessions}
        action={(each, name) =>
          may["Mutation.revokeUserSession"] ? (
            <button aria-label={words.accounts.endSessionOf(name)} disabled={busy} onClick={() => void end(each.id, name)}>
              {words.accounts.endSession}
            </button>
          ) : null
        }
      />
      {sessions.length === 0 && <p className="dim">{words.none}</p>}
      {more > 0 && <p className="dim more">{words.sessions.more(more)}</p>}
      {sessions.length > 0 && may["Mutation.revokeUserSessions"] && (
        <button className="danger" disabled={busy} onClick={() => void endAll()}>{words.accounts.endSessions}</button>
      )}
    </section>
  );
}
