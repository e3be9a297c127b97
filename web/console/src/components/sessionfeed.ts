import { useApolloClient } from "@apollo/client/react";
import { createContext, useContext } from "react";
import { SessionEventsDocument, SessionsDocument, type SessionsQuery } from "../generated/operation";
import type { Session } from "../operation/type";
import { type FeedState, useFeed } from "./feed";

/** State of the feed of the person's sessions, which is followed on every page. */
export const SessionFeed = createContext<FeedState>("off");
export const useSessionFeed = () => useContext(SessionFeed);

const none = {};

/** Follows the person's sessions on every page: one that ends is seen at once, this one included. */
export function useSessionEvents(live: boolean): FeedState {
  const client = useApolloClient();
  const { state } = useFeed(SessionEventsDocument, {
    variables: none,
    skip: !live,
    // CHANGED needs nothing: the cache knows the session by its id.
    onEvent: ({ sessionEvents: { kind, session } }) => {
      if (kind !== "CHANGED") {
        client.cache.updateQuery({ query: SessionsDocument }, (known) => merged(known, session));
      }
    },
    onGap: () => void client.refetchQueries({ include: [SessionsDocument] }),
  });
  return state;
}

/** An event may tell again what the list already has. */
function merged(known: SessionsQuery | null, session: Session): SessionsQuery | undefined {
  if (!known?.me?.sessions) {
    return undefined;
  }
  const others = known.me.sessions.edges.filter(({ node }) => node?.id !== session.id);
  const edges = session.endedAt ? others : [{ __typename: "SessionEdge" as const, node: session }, ...others];
  return { ...known, me: { ...known.me, sessions: { ...known.me.sessions, edges } } };
}
