import { useMemo } from "react";
import { graphql, useFragment, useSubscription } from "react-relay";
import { ConnectionHandler, type GraphQLSubscriptionConfig } from "relay-runtime";
import type { sessions_user$key } from "../__generated__/sessions_user.graphql";
import type { sessionsSubscription } from "../__generated__/sessionsSubscription.graphql";
import { device } from "./device";

export function Sessions({ user, live, onEverywhere }: { user: sessions_user$key; live: boolean; onEverywhere: () => void }) {
  const data = useFragment(
    graphql`
      fragment sessions_user on User {
        sessions(first: 100) @connection(key: "sessions_sessions") {
          __id
          edges {
            node {
              id
              userAgent
              ipAddress
              createdAt
              current
            }
          }
        }
      }
    `,
    user,
  );
  const sessions = (data.sessions?.edges ?? []).flatMap(({ node }) => node ?? []);

  return (
    <section className="card">
      <h2>Where you are signed in <span className="live" title="Changes show up as they happen">live</span></h2>
      <ul className="sessions">
        {sessions.map((each) => (
          <li key={each.id} data-id={each.id}>
            <div>
              <strong>{device(each.userAgent ?? null)}</strong>
              {each.current && <span className="tag">this browser</span>}
              <small>{each.ipAddress} · since {new Date(each.createdAt).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" })}</small>
            </div>
          </li>
        ))}
      </ul>
      <button className="danger" onClick={onEverywhere}>Sign out everywhere</button>
      {live && data.sessions && <Live connection={data.sessions.__id} />}
    </section>
  );
}

/** Adds and removes sessions as they begin and end. CHANGED needs nothing: the store knows the session by its id. */
function Live({ connection }: { connection: string }) {
  useSubscription(
    useMemo<GraphQLSubscriptionConfig<sessionsSubscription>>(
      () => ({
        subscription: graphql`
          subscription sessionsSubscription {
            sessionEvents {
              kind
              session {
                id
                userAgent
                ipAddress
                createdAt
                current
              }
            }
          }
        `,
        variables: {},
        updater: (store) => {
          const event = store.getRootField("sessionEvents");
          const node = event.getLinkedRecord("session");
          const known = store.get(connection);
          if (!known || event.getValue("kind") === "CHANGED") {
            return;
          }
          ConnectionHandler.deleteNode(known, node.getDataID()); // an event may tell again what the list already has
          if (event.getValue("kind") === "STARTED") {
            ConnectionHandler.insertEdgeBefore(known, ConnectionHandler.createEdge(store, known, node, "SessionEdge"));
          }
        },
      }),
      [connection],
    ),
  );
  return null;
}
