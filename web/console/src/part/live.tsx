import { useSubscription } from "@apollo/client/react";
import { SESSIONS, SESSION_EVENTS, type SignedIn } from "../operation/session";

/** Follows the person's sessions on whichever page: one that ends is seen at once, this one included. */
export function useSessionEvents(live: boolean) {
  useSubscription(SESSION_EVENTS, {
    skip: !live,
    // CHANGED needs nothing: the cache knows the session by its id.
    onData: ({ client, data: { data } }) => {
      if (data && data.sessionEvents.kind !== "CHANGED") {
        client.cache.updateQuery({ query: SESSIONS }, (known) => merged(known, data.sessionEvents.session));
      }
    },
  });
}

type Known = typeof SESSIONS extends import("@apollo/client").TypedDocumentNode<infer T> ? T : never;

/** An event may tell again what the list already has. */
function merged(known: Known | null, session: SignedIn): Known | undefined {
  if (!known?.me?.sessions) {
    return undefined;
  }
  const others = known.me.sessions.edges.filter(({ node }) => node?.id !== session.id);
  const edges = session.endedAt ? others : [{ __typename: "SessionEdge", node: session }, ...others];
  return { ...known, me: { ...known.me, sessions: { ...known.me.sessions, edges } } };
}
