import { gql, type TypedDocumentNode } from "@apollo/client";
import type { PageInfo } from "../part/pager";
import type { Permission } from "../words/schema";
import { SESSION, type SignedIn } from "./session";

/** An account by what it is called. An address is asked for only by callers who may see it. */
export type Person = { id: string; displayName: string | null; email?: string | null };

export type User = {
  __typename: "User";
  id: string;
  displayName: string | null;
  email: string | null;
  emailConfirmed: boolean | null;
  createdAt: string;
  roles: string[] | null;
  suspendedAt: string | null;
  lastSignInAt: string | null;
};

export type Account = User & {
  permissions: Permission[] | null;
  sessions: { edges: { node: SignedIn | null }[]; totalCount: number | null } | null;
};

const USER = gql`
  fragment UserParts on User {
    id
    displayName
    email
    emailConfirmed
    createdAt
    roles
    suspendedAt
    lastSignInAt
  }
`;

const ACCOUNT = gql`
  fragment AccountParts on User {
    ...UserParts
    permissions
    sessions(first: 20) {
      edges {
        node {
          ...SessionParts
        }
      }
      totalCount
    }
  }
  ${USER}
  ${SESSION}
`;

export type UserFilter = { query: string | null; role: string | null; suspended: boolean | null };

export type UserOrder = { field: "CREATED_AT" | "EMAIL" | "NAME" | "LAST_SIGN_IN"; direction: "ASC" | "DESC" };

export const USERS: TypedDocumentNode<
  {
    users: {
      edges: { cursor: string; node: User | null }[];
      pageInfo: PageInfo;
      totalCount: number | null;
    } | null;
  },
  {
    filter: UserFilter;
    orderBy: UserOrder;
    first: number | null;
    after: string | null;
    last: number | null;
    before: string | null;
  }
> = gql`
  query Users($filter: UserFilter!, $orderBy: UserOrder!, $first: Int, $after: String, $last: Int, $before: String) {
    users(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
      edges {
        cursor
        node {
          ...UserParts
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
      totalCount
    }
  }
  ${USER}
`;

export const ACCOUNT_BY_ID: TypedDocumentNode<{ node: Account | { __typename: string } | null }, { id: string }> = gql`
  query Account($id: ID!) {
    node(id: $id) {
      ...AccountParts
    }
  }
  ${ACCOUNT}
`;

export const PEOPLE: TypedDocumentNode<{ users: { edges: { node: Person | null }[] } | null }, { query: string }> = gql`
  query People($query: String!) {
    users(first: 8, filter: { query: $query }, orderBy: { field: NAME, direction: ASC }) {
      edges {
        node {
          id
          displayName
          email
        }
      }
    }
  }
`;

export const PERSON: TypedDocumentNode<{ node: Person & { __typename: string } | null }, { id: string }> = gql`
  query Person($id: ID!) {
    node(id: $id) {
      ... on User {
        id
        displayName
        email
      }
    }
  }
`;

export const UPDATE_USER: TypedDocumentNode<
  { updateUser: { user: Account } | null },
  { id: string; input: { displayName: string | null } }
> = gql`
  mutation UpdateUser($id: ID!, $input: UpdateUserInput!) {
    updateUser(id: $id, input: $input) {
      user {
        ...AccountParts
      }
    }
  }
  ${ACCOUNT}
`;

export const REVOKE_USER_SESSION: TypedDocumentNode<{ revokeUserSession: { session: { id: string } } | null }, { id: string }> = gql`
  mutation RevokeUserSession($id: ID!) {
    revokeUserSession(id: $id) {
      session {
        id
        endedAt
      }
    }
  }
`;

export const SUSPEND: TypedDocumentNode<{ suspendUser: { user: Account } | null }, { id: string; reason: string | null }> = gql`
  mutation Suspend($id: ID!, $reason: String) {
    suspendUser(id: $id, reason: $reason) {
      user {
        ...AccountParts
      }
    }
  }
  ${ACCOUNT}
`;

export const REINSTATE: TypedDocumentNode<{ reinstateUser: { user: Account } | null }, { id: string }> = gql`
  mutation Reinstate($id: ID!) {
    reinstateUser(id: $id) {
      user {
        ...AccountParts
      }
    }
  }
  ${ACCOUNT}
`;

export const SET_ROLES: TypedDocumentNode<{ setUserRoles: { user: Account } | null }, { id: string; roles: string[] }> = gql`
  mutation SetRoles($id: ID!, $roles: [String!]!) {
    setUserRoles(id: $id, roles: $roles) {
      user {
        ...AccountParts
      }
    }
  }
  ${ACCOUNT}
`;

export const END_SESSIONS: TypedDocumentNode<
  { revokeUserSessions: { user: Account; endedSessionIds: string[] } | null },
  { id: string }
> = gql`
  mutation EndSessions($id: ID!) {
    revokeUserSessions(id: $id) {
      user {
        ...AccountParts
      }
      endedSessionIds
    }
  }
  ${ACCOUNT}
`;

export const DELETE_USER: TypedDocumentNode<{ deleteUser: { deletedUserId: string } | null }, { id: string }> = gql`
  mutation DeleteUser($id: ID!) {
    deleteUser(id: $id) {
      deletedUserId
    }
  }
`;
