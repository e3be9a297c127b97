import { useApolloClient } from "@apollo/client/react";
import { createContext, useContext } from "react";
import { SessionEventsDocument, SessionsDocument, type SessionsQuery } from "../generated/operation";
import type { Session } from "../operation/type";
import { type FeedState, useFeed } from "./feed";

/** Context with the state of the feed of the account's sessions. */
export const SessionFeed = createContext<FeedState>("off");
export const useSessionFeed = () => useContext(SessionFeed);

const none = {};

/** Follows the sessions of the account on every page, so that an ended session disappears at once. */
export function useSessionEvents(live: boolean): FeedState {
  const client = useApolloClient();
  const { state } = useFeed(SessionEventsDocument, {
    variables: none,
    skip: !live,
    // The cache applies CHANGED by the id of the session.
    onEvent: ({ sessionEvents: { kind, session } }) => {
      if (kind !== "CHANGED") {
        client.cache.updateQuery({ query: SessionsDocument }, (list) => withSession(list, session));
      }
    },
    onGap: () => void client.refetchQueries({ include: [SessionsDocument] }),
  });
  return state;
}

/** Returns the list with the session of an event. The list may already have it. */
function withSession(list: SessionsQuery | null, session: Session): SessionsQuery | undefined {
  if (!list?.me?.sessions) {
    return undefined;
  }
  const others = list.me.sessions.edges.filter(({ node }) => node?.id !== session.id);
  const edges = session.endedAt ? others : [{ __typename: "SessionEdge" as const, node: session }, ...others];
  return { ...list, me: { ...list.me, sessions: { ...list.me.sessions, edges } } };
}
