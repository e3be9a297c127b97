import { useApolloClient, useQuery, useSubscription } from "@apollo/client/react";
import { useState } from "react";
import { AUDIT, AUDIT_EVENTS, type AuditEvent, type AuditFilter } from "../operation/audit";
import { useAlive } from "../part/alive";
import { device } from "../part/device";
import { codeOf, Faults } from "../part/fault";
import { useMay } from "../part/may";
import { Page } from "../part/page";
import { useSettled } from "../part/settled";
import { Time } from "../part/time";
import { to } from "../router";
import { useWords } from "../words/language";

type Known = typeof AUDIT extends import("@apollo/client").TypedDocumentNode<infer T, infer _> ? T : never;

export function Audit() {
  const words = useWords();
  const alive = useAlive();
  const client = useApolloClient();
  const [action, setAction] = useState("");
  const [outcome, setOutcome] = useState<AuditFilter["outcome"]>(null);
  const [paused, setPaused] = useState(false);
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const settled = useSettled(action);
  const variables = { filter: { actions: settled ? [settled] : null, outcome }, addresses: useMay()["Query.users"] };
  const { data, previousData, error, fetchMore, loading, refetch } = useQuery(AUDIT, { variables, fetchPolicy: "cache-and-network" });
  const { error: cut } = useSubscription(AUDIT_EVENTS, {
    variables,
    skip: paused || !alive,
    onData: ({ data: { data } }) => {
      if (data) {
        const event = data.auditEvents;
        setFresh((known) => new Set(known).add(event.id));
        client.cache.updateQuery({ query: AUDIT, variables }, (known) => grown(known, event));
      }
    },
    // What one may do has changed.
    onError: (error) => void (codeOf(error) === "FORBIDDEN" && client.refetchQueries({ include: ["Me"] })),
    // It completes when this page was too slow: what was missed is read.
    onComplete: () => void refetch(),
  });
  const events = (data ?? previousData)?.auditEvents;

  function pause() {
    setPaused(!paused);
    if (paused) {
      void refetch();
    }
  }

  return (
    <Page
      title={words.audit.title}
      intro={words.audit.intro}
      actions={
        <>
          <span className={paused ? "live off" : "live"} role="status">{paused ? words.audit.paused : words.audit.live}</span>
          <button onClick={pause}>{paused ? words.audit.resume : words.audit.pause}</button>
        </>
      }
    >
      <section className="card">
        <form className="filters" role="search" onSubmit={(event) => event.preventDefault()}>
          <label className="grow">
            {words.audit.action}
            <input type="search" name="action" value={action} placeholder={words.audit.actionHint} spellCheck={false} autoCapitalize="off" onChange={(event) => setAction(event.target.value)} />
          </label>
          <label>
            {words.audit.outcome}
            <select value={outcome ?? ""} onChange={(event) => setOutcome((event.target.value || null) as AuditFilter["outcome"])}>
              <option value="">{words.audit.any}</option>
              <option value="SUCCESS">{words.audit.success}</option>
              <option value="FAILURE">{words.audit.failure}</option>
            </select>
          </label>
        </form>
        <Faults error={error ?? (alive && !paused ? cut : null)} />
        <ol className="rows events" data-testid="events" aria-busy={loading}>
          {events?.edges.map(({ node }) => node && <Event key={node.id} event={node} fresh={fresh.has(node.id)} />)}
        </ol>
        {events?.edges.length === 0 && <p className="dim">{words.nothing}</p>}
        {!events && loading && <p className="dim">{words.loading}</p>}
        {events?.pageInfo.hasNextPage && (
          <button disabled={loading} onClick={() => void fetchMore({ variables: { after: events.pageInfo.endCursor } })}>{words.more}</button>
        )}
      </section>
    </Page>
  );
}

function Event({ event, fresh }: { event: AuditEvent; fresh: boolean }) {
  const words = useWords();
  const where = [event.ipAddress, event.userAgent && device(event.userAgent, words)].filter(Boolean).join(" · ");
  const details = event.details && Object.keys(event.details).length > 0 ? JSON.stringify(event.details, null, 2) : null;
  return (
    <li className={fresh ? "fresh" : undefined}>
      <small><Time of={event.at} exact /></small>
      <span>
        <code className="action">{event.action}</code>
        {event.outcome === "FAILURE" && <span className="tag bad">{words.audit.failure}</span>}
      </span>
      <span>
        <Who user={event.actor} />
        {event.impersonator && <small> {words.audit.actingAs(nameOf(event.impersonator))}</small>}
        {event.subject && event.subject.id !== event.actor?.id && <> → <Who user={event.subject} /></>}
        <small className="where">{where}</small>
      </span>
      {details && (
        <details>
          <summary>{words.audit.details}</summary>
          <pre>{details}</pre>
        </details>
      )}
    </li>
  );
}

function Who({ user }: { user: AuditEvent["actor"] }) {
  const words = useWords();
  const may = useMay();
  if (!user) {
    return <span className="dim">{words.audit.nobody}</span>;
  }
  return may["Query.users"] ? <a href={to("accounts", user.id)}>{nameOf(user)}</a> : nameOf(user);
}

function nameOf(user: NonNullable<AuditEvent["actor"]>): string {
  return user.displayName || user.email || user.id;
}

/** The same event may be told by the query and by the stream. */
function grown(known: Known | null, event: AuditEvent): Known | undefined {
  if (!known?.auditEvents || known.auditEvents.edges.some(({ node }) => node?.id === event.id)) {
    return undefined;
  }
  const edge = { __typename: "AuditEventEdge", cursor: "", node: event };
  return { ...known, auditEvents: { ...known.auditEvents, edges: [edge, ...known.auditEvents.edges] } };
}
