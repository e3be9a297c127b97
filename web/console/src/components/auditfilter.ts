import type { AuditFilter } from "../generated/schema";

/** Returns the audit filter of a location: actions, outcome, person, and days in the time zone of the browser. */
export function auditFilterOf(params: URLSearchParams): AuditFilter {
  const actions = (params.get("actions") ?? "").split(",").filter(Boolean);
  const outcome = params.get("outcome");
  return {
    actions: actions.length > 0 ? actions : null,
    outcome: outcome === "SUCCESS" || outcome === "FAILURE" ? outcome : null,
    accountId: params.get("person"),
    since: startOf(params.get("from"), 0),
    until: startOf(params.get("until"), 1),
  };
}

/** Reports whether the period of the filter includes the present. */
export function isOpen({ until }: AuditFilter): boolean {
  return !until || Date.parse(until) > Date.now();
}

/** Returns the start of a day such as "2026-11-29", or of a later day. Null for text that is not a day. */
function startOf(day: string | null, later: number): string | null {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day ?? "") ?? [];
  if (!year) {
    return null;
  }
  const start = new Date(Number(year), Number(month) - 1, Number(date) + later);
  return Number.isNaN(start.getTime()) ? null : start.toISOString();
}
