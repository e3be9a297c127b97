import { useMemo } from "react";
import { graphql, usePaginationFragment, useSubscription } from "react-relay";
import type { GraphQLSubscriptionConfig } from "relay-runtime";
import type { auditPageQuery } from "../__generated__/auditPageQuery.graphql";
import type { auditSubscription } from "../__generated__/auditSubscription.graphql";
import type { audit_query$key } from "../__generated__/audit_query.graphql";

const PAGE = 5;

/** What has happened, newest first, and what happens. */
export function Audit({ query, live }: { query: audit_query$key; live: boolean }) {
  const { data, hasNext, isLoadingNext, loadNext } = usePaginationFragment<auditPageQuery, audit_query$key>(
    graphql`
      fragment audit_query on Query
      @throwOnFieldError
      @refetchable(queryName: "auditPageQuery")
      @argumentDefinitions(count: { type: "Int", defaultValue: 5 }, cursor: { type: "String" }) {
        auditEvents(first: $count, after: $cursor) @connection(key: "audit_auditEvents") {
          __id
          edges {
            node {
              id
              at
              action
              outcome
              subject {
                id
                email @catch(to: NULL)
              }
            }
          }
        }
      }
    `,
    query,
  );
  const events = (data.auditEvents?.edges ?? []).flatMap(({ node }) => node ?? []);

  return (
    <section className="card">
      <h2>Audit log <span className="live" title="Changes show up as they happen">live</span></h2>
      <ul className="answers" data-testid="audit">
        {events.map((each) => (
          <li key={each.id} data-event={each.id}>
            <span><code>{each.action}</code> {each.subject?.email}</span>
            <span className={each.outcome === "SUCCESS" ? "yes" : "no"}><time dateTime={each.at}>{new Date(each.at).toLocaleTimeString()}</time></span>
          </li>
        ))}
      </ul>
      {hasNext && <button disabled={isLoadingNext} onClick={() => loadNext(PAGE)}>Earlier events</button>}
      {live && data.auditEvents && <Live connection={data.auditEvents.__id} />}
    </section>
  );
}

function Live({ connection }: { connection: string }) {
  useSubscription(
    useMemo<GraphQLSubscriptionConfig<auditSubscription>>(
      () => ({
        subscription: graphql`
          subscription auditSubscription($connections: [ID!]!) {
            auditEvents @prependNode(connections: $connections, edgeTypeName: "AuditEventEdge") {
              id
              at
              action
              outcome
              subject {
                id
                email @catch(to: NULL)
              }
            }
          }
        `,
        variables: { connections: [connection] },
      }),
      [connection],
    ),
  );
  return null;
}
