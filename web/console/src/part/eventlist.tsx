import type { AuditEvent } from "../operation/audit";
import { to } from "../router";
import { useWords } from "../words/language";
import { device } from "./device";
import { useMay } from "./may";
import { nameOf } from "./personpicker";
import { Time } from "./time";

const none: ReadonlySet<string> = new Set();

/** Events of the audit log, newest first. */
export function EventList({ events, fresh = none, busy }: { events: AuditEvent[]; fresh?: ReadonlySet<string>; busy: boolean }) {
  return (
    <ol className="rows events" data-testid="events" aria-busy={busy}>
      {events.map((event) => <Event key={event.id} event={event} fresh={fresh.has(event.id)} />)}
    </ol>
  );
}

function Event({ event, fresh }: { event: AuditEvent; fresh: boolean }) {
  const words = useWords();
  const names: Record<string, string> = words.action;
  const where = [event.ipAddress, event.userAgent && device(event.userAgent, words)].filter(Boolean).join(" · ");
  const details = event.details && Object.keys(event.details).length > 0 ? JSON.stringify(event.details, null, 2) : null;
  return (
    <li className={fresh ? "fresh" : undefined}>
      <small><Time of={event.at} exact /></small>
      <span>
        <span className="action">{names[event.action] ?? event.action}</span>
        {event.outcome === "FAILURE" && <span className="tag bad">{words.audit.failure}</span>}
        <code className="name">{event.action}</code>
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
