import { gql, type TypedDocumentNode } from "@apollo/client";
import type { PageInfo } from "../part/pager";
import type { Person } from "./user";

/** An address is asked for only by who may see it: to be refused is an event of its own, which the stream would tell again. */
type Somebody = Person & { __typename: "User" };

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

export type AuditFilter = {
  actions?: string[] | null;
  outcome?: AuditEvent["outcome"] | null;
  /** The account that acted or was acted upon. */
  accountId?: string | null;
  since?: string | null;
  until?: string | null;
};

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

export type AuditList = {
  auditEvents: {
    edges: { cursor: string; node: AuditEvent | null }[];
    pageInfo: PageInfo;
  } | null;
};

export const AUDIT: TypedDocumentNode<
  AuditList,
  { filter: AuditFilter; addresses: boolean; first: number | null; after: string | null; last: number | null; before: string | null }
> = gql`
  query Audit($filter: AuditFilter!, $addresses: Boolean!, $first: Int, $after: String, $last: Int, $before: String) {
    auditEvents(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
      edges {
        cursor
        node {
          ...EventParts
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
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
