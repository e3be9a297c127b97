import type { AuditEvent, AuditQuery } from "../operation/type";

/** Returns the list with the event in front, at most `size` long. The query and the stream may both deliver an event. */
export function withEvent(list: AuditQuery | null, event: AuditEvent, size = Infinity): AuditQuery | undefined {
  if (!list?.auditEvents || list.auditEvents.edges.some(({ node }) => node?.id === event.id)) {
    return undefined;
  }
  const edge = { __typename: "AuditEventEdge" as const, cursor: "", node: event };
  return { ...list, auditEvents: { ...list.auditEvents, edges: [edge, ...list.auditEvents.edges].slice(0, size) } };
}
