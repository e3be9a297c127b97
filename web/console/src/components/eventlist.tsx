import { useTranslation } from "react-i18next";
import { textOf } from "../i18n/i18n";
import type { AuditEvent } from "../operation/type";
import { deviceName } from "./device";
import { nameOf, PersonName } from "./personname";
import { Time } from "./time";

const none: ReadonlySet<string> = new Set();

/** Events of the audit log, newest first. */
export function EventList({ events, newIds = none, busy }: { events: AuditEvent[]; newIds?: ReadonlySet<string>; busy: boolean }) {
  return (
    <ol className="rows events" data-testid="events" aria-busy={busy}>
      {events.map((event) => <Event key={event.id} event={event} isNew={newIds.has(event.id)} />)}
    </ol>
  );
}

function Event({ event, isNew }: { event: AuditEvent; isNew: boolean }) {
  const { t } = useTranslation();
  const where = [event.ipAddress, event.userAgent && deviceName(event.userAgent, t)].filter(Boolean).join(" · ");
  const details = Object.entries(event.details ?? {});
  return (
    <li className={isNew ? "fresh" : undefined}>
      <small><Time of={event.at} exact /></small>
      <span>
        <span className="action">{textOf("action", event.action) ?? event.action}</span>
        {event.outcome === "FAILURE" && <span className="tag bad">{t("audit.failure")}</span>}
        <code className="name">{event.action}</code>
      </span>
      <span>
        <PersonName user={event.actor} />
        {event.impersonator && <small> {t("audit.actingAs", { actor: nameOf(event.impersonator) })}</small>}
        {event.subject && event.subject.id !== event.actor?.id && <> → <PersonName user={event.subject} /></>}
        <small className="where">{where}</small>
      </span>
      {details.length > 0 && (
        <details>
          <summary>{t("audit.details")}</summary>
          <dl>{details.map(([name, value]) => <Detail key={name} action={event.action} name={name} value={value} />)}</dl>
        </details>
      )}
    </li>
  );
}

/** Actions whose reason is free text by the person who acted. */
const freeTextReasons = new Set(["user.suspend", "session.start"]);

/** A detail of an event. Names and values without a text in this version of the console stay as the API has them. */
function Detail({ action, name, value }: { action: string; name: string; value: unknown }) {
  const { t } = useTranslation();
  function textOfPart(part: unknown): string {
    if (typeof part !== "string") {
      return JSON.stringify(part);
    }
    if (name === "reason" && freeTextReasons.has(action)) {
      return part;
    }
    return textOf(name === "permissions" ? "permission" : `detailValue.${name}`, part) ?? part;
  }
  return (
    <>
      <dt>{textOf("detail", name) ?? <code>{name}</code>}</dt>
      <dd>{Array.isArray(value) ? value.map(textOfPart).join(", ") || t("none") : textOfPart(value)}</dd>
    </>
  );
}
