import { gql, type TypedDocumentNode } from "@apollo/client";

/** An address is asked for only by who may see it: to be refused is an event of its own, which the stream would tell again. */
type Somebody = { __typename: "User"; id: string; displayName: string | null; email?: string | null };

export type AuditEvent = {
  __typename: "AuditEvent";
  id: string;
  at: string;
  action: string;
  outcome: "SUCCESS" | "FAILURE";
  actor: Somebody | null;
  impersonator: Somebody | null;
  subject: Somebody | null;
  ipAddress: string | null;
  userAgent: string | null;
  details: unknown;
};

export type AuditFilter = { actions: string[] | null; outcome: AuditEvent["outcome"] | null };

const EVENT = gql`
  fragment EventParts on AuditEvent {
    id
    at
    action
    outcome
    actor {
      id
      displayName
      email @include(if: $addresses)
    }
    impersonator {
      id
      displayName
      email @include(if: $addresses)
    }
    subject {
      id
      displayName
      email @include(if: $addresses)
    }
    ipAddress
    userAgent
    details
  }
`;

export const AUDIT: TypedDocumentNode<
  {
    auditEvents: {
      edges: { cursor: string; node: AuditEvent | null }[];
      pageInfo: { hasNextPage: boolean; endCursor: string | null };
    } | null;
  },
  { filter: AuditFilter; addresses: boolean; after?: string | null }
> = gql`
  query Audit($filter: AuditFilter!, $addresses: Boolean!, $after: String) {
    auditEvents(first: 40, after: $after, filter: $filter) {
      edges {
        cursor
        node {
          ...EventParts
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
  ${EVENT}
`;

export const AUDIT_EVENTS: TypedDocumentNode<{ auditEvents: AuditEvent }, { filter: AuditFilter; addresses: boolean }> = gql`
  subscription AuditEvents($filter: AuditFilter!, $addresses: Boolean!) {
    auditEvents(filter: $filter) {
      ...EventParts
    }
  }
  ${EVENT}
`;
