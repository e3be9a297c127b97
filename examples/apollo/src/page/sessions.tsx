import { useMutation, useQuery, useSubscription } from "@apollo/client/react";
import { useState } from "react";
import { REVOKE, SESSIONS, SESSION_EVENTS, type SignedIn } from "../operation";
import { device } from "./device";
import { faults } from "./fault";

export function Sessions({ live, onEverywhere }: { live: boolean; onEverywhere: () => void }) {
  const { data, error } = useQuery(SESSIONS, { skip: !live, errorPolicy: "all" });
  const [revoke] = useMutation(REVOKE, { errorPolicy: "all" });
  const [faulty, setFaulty] = useState<string[]>([]);
  useSubscription(SESSION_EVENTS, {
    skip: !live,
    // CHANGED needs nothing: the cache knows the session by its id.
    onData: ({ client, data: { data } }) => {
      if (data && data.sessionEvents.kind !== "CHANGED") {
        client.cache.updateQuery({ query: SESSIONS }, (known) => merged(known, data.sessionEvents.session));
      }
    },
  });
  const sessions = (data?.me?.sessions?.edges ?? []).flatMap(({ node }) => node ?? []);

  async function end(id: string) {
    const { error } = await revoke({ variables: { id } }).catch((error: unknown) => ({ error }));
    setFaulty(error ? faults(error) : []);
  }

  return (
    <section className="card">
      <h2>Where you are signed in <span className="live" title="Changes show up as they happen">live</span></h2>
      <ul className="sessions" data-testid="sessions">
        {sessions.map((each) => (
          <li key={each.id} data-id={each.id}>
            <div>
              <strong>{device(each.userAgent)}</strong>
              {each.current && <span className="tag">this browser</span>}
              <small>
                {each.ipAddress} · since {time(each.createdAt)} · last used <time dateTime={each.lastUsedAt}>{time(each.lastUsedAt)}</time>
              </small>
            </div>
            {!each.current && <button onClick={() => void end(each.id)}>End</button>}
          </li>
        ))}
      </ul>
      <div role="alert" className="faults">
        {[...faulty, ...(error && live ? faults(error) : [])].map((fault) => <p key={fault}>{fault}</p>)}
      </div>
      <button className="danger" onClick={onEverywhere}>Sign out everywhere</button>
    </section>
  );
}

type Known = typeof SESSIONS extends import("@apollo/client").TypedDocumentNode<infer T> ? T : never;

/** The list with a session that has begun or ended. An event may tell again what the list already has. */
function merged(known: Known | null, session: SignedIn): Known | undefined {
  if (!known?.me?.sessions) {
    return undefined;
  }
  const others = known.me.sessions.edges.filter(({ node }) => node?.id !== session.id);
  const edges = session.endedAt ? others : [{ __typename: "SessionEdge", node: session }, ...others];
  return { ...known, me: { ...known.me, sessions: { ...known.me.sessions, edges, totalCount: edges.length } } };
}

function time(value: string): string {
  return new Date(value).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}
