// What the pages ask for, with the types of the answers.

import { gql, type TypedDocumentNode } from "@apollo/client";

export type Delivery = "BODY" | "COOKIE";

/** One sign-in of the account. */
export type SignedIn = {
  __typename: "Session";
  id: string;
  createdAt: string;
  lastUsedAt: string;
  endedAt: string | null;
  userAgent: string | null;
  ipAddress: string | null;
  current: boolean;
};

/** All null while a step, such as a second factor, stands between the person and the account. */
export type Payload = {
  accessToken: string | null;
  refreshToken: string | null;
  expiresIn: number | null;
  user: { id: string } | null;
  pending: string[];
};

const SESSION = gql`
  fragment SessionParts on Session {
    id
    createdAt
    lastUsedAt
    endedAt
    userAgent
    ipAddress
    current
  }
`;

export const LOGIN: TypedDocumentNode<{ login: Payload | null }, { input: { email: string; password: string; delivery: Delivery } }> = gql`
  mutation Login($input: LoginInput!) {
    login(input: $input) {
      accessToken
      refreshToken
      expiresIn
      user {
        id
      }
      pending
    }
  }
`;

export const REGISTER: TypedDocumentNode<
  { register: Payload | null },
  { input: { email: string; password: string; displayName: string | null; delivery: Delivery } }
> = gql`
  mutation Register($input: RegisterInput!) {
    register(input: $input) {
      accessToken
      refreshToken
      expiresIn
      user {
        id
      }
      pending
    }
  }
`;

export const ME: TypedDocumentNode<{
  me: { id: string; email: string | null; displayName: string | null; createdAt: string; roles: string[] | null } | null;
}> = gql`
  query Me {
    me {
      id
      email
      displayName
      createdAt
      roles
    }
  }
`;

export const SESSIONS: TypedDocumentNode<{
  me: { id: string; sessions: { edges: { node: SignedIn | null }[]; totalCount: number | null } | null } | null;
}> = gql`
  query Sessions {
    me {
      id
      sessions(first: 100) {
        edges {
          node {
            ...SessionParts
          }
        }
        totalCount
      }
    }
  }
  ${SESSION}
`;

export const SESSION_EVENTS: TypedDocumentNode<{
  sessionEvents: { kind: "STARTED" | "CHANGED" | "ENDED"; session: SignedIn };
}> = gql`
  subscription SessionEvents {
    sessionEvents {
      kind
      session {
        ...SessionParts
      }
    }
  }
  ${SESSION}
`;

export const REVOKE: TypedDocumentNode<{ revokeSession: { session: { id: string; endedAt: string | null } } | null }, { id: string }> = gql`
  mutation Revoke($id: ID!) {
    revokeSession(id: $id) {
      session {
        id
        endedAt
      }
    }
  }
`;

export const LOGOUT: TypedDocumentNode<{ logout: { endedSessionIds: string[] } | null }, { scope: "CURRENT" | "OTHERS" | "ALL" }> = gql`
  mutation Logout($scope: LogoutScope!) {
    logout(scope: $scope) {
      endedSessionIds
    }
  }
`;

export const CAN: TypedDocumentNode<{ can: { field: string; allowed: boolean; code: string | null }[] }, { fields: string[] }> = gql`
  query Can($fields: [String!]!) {
    can(fields: $fields) {
      field
      allowed
      code
    }
  }
`;
