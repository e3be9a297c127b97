import type { AuditEvent } from "../operation/type";
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
  const details = Object.entries(event.details ?? {});
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
      {details.length > 0 && (
        <details>
          <summary>{words.audit.details}</summary>
          <dl>{details.map(([name, value]) => <Detail key={name} name={name} value={value} />)}</dl>
        </details>
      )}
    </li>
  );
}

/** A detail that this page has no word for keeps the name that the API gives it. */
function Detail({ name, value }: { name: string; value: unknown }) {
  const words = useWords();
  const names: Record<string, string> = words.detail;
  const text = (part: unknown) => (typeof part === "string" ? part : JSON.stringify(part));
  return (
    <>
      <dt>{Object.hasOwn(names, name) ? names[name] : <code>{name}</code>}</dt>
      <dd>{Array.isArray(value) ? value.map(text).join(", ") || words.none : text(value)}</dd>
    </>
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
