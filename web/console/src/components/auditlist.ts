import type { AuditEvent, AuditQuery } from "../operation/type";

/** Returns the list with the event in front, at most `size` long. The query and the stream may both deliver an event. */
export function withEvent(known: AuditQuery | null, event: AuditEvent, size = Infinity): AuditQuery | undefined {
  if (!known?.auditEvents || known.auditEvents.edges.some(({ node }) => node?.id === event.id)) {
    return undefined;
  }
  const edge = { __typename: "AuditEventEdge" as const, cursor: "", node: event };
  return { ...known, auditEvents: { ...known.auditEvents, edges: [edge, ...known.auditEvents.edges].slice(0, size) } };
}
