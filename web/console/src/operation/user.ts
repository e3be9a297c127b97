import { gql, type TypedDocumentNode } from "@apollo/client";
import type { Permission } from "../words/schema";
import { SESSION, type SignedIn } from "./session";

export type User = {
  __typename: "User";
  id: string;
  displayName: string | null;
  email: string | null;
  emailConfirmed: boolean | null;
  createdAt: string;
  roles: string[] | null;
  suspendedAt: string | null;
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

export const USERS: TypedDocumentNode<
  {
    users: {
      edges: { cursor: string; node: User | null }[];
      pageInfo: { hasNextPage: boolean; endCursor: string | null };
      totalCount: number | null;
    } | null;
  },
  { filter: UserFilter; after?: string | null }
> = gql`
  query Users($filter: UserFilter!, $after: String) {
    users(first: 25, after: $after, filter: $filter) {
      edges {
        cursor
        node {
          ...UserParts
        }
      }
      pageInfo {
        hasNextPage
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
