import { gql, type TypedDocumentNode } from "@apollo/client";

/** All null while a step, such as a second factor, stands between the person and the account. */
export type Payload = {
  accessToken: string | null;
  refreshToken: string | null;
  expiresIn: number | null;
  user: { id: string } | null;
  pending: string[];
};

export type SignedIn = {
  __typename: "Session";
  id: string;
  createdAt: string;
  lastUsedAt: string;
  expiresAt: string;
  endedAt: string | null;
  userAgent: string | null;
  ipAddress: string | null;
  current: boolean;
};

const PAYLOAD = gql`
  fragment Tokens on AuthPayload {
    accessToken
    refreshToken
    expiresIn
    user {
      id
    }
    pending
  }
`;

export const SESSION = gql`
  fragment SessionParts on Session {
    id
    createdAt
    lastUsedAt
    expiresAt
    endedAt
    userAgent
    ipAddress
    current
  }
`;

export const OPTIONS: TypedDocumentNode<{ authOptions: { registration: boolean; passwordMinLength: number } }> = gql`
  query Options {
    authOptions {
      registration
      passwordMinLength
    }
  }
`;

export const LOGIN: TypedDocumentNode<{ login: Payload | null }, { input: { email: string; password: string; delivery: "COOKIE" } }> = gql`
  mutation Login($input: LoginInput!) {
    login(input: $input) {
      ...Tokens
    }
  }
  ${PAYLOAD}
`;

export const REGISTER: TypedDocumentNode<
  { register: Payload | null },
  { input: { email: string; password: string; displayName: string | null; delivery: "COOKIE" } }
> = gql`
  mutation Register($input: RegisterInput!) {
    register(input: $input) {
      ...Tokens
    }
  }
  ${PAYLOAD}
`;

export const LOGOUT: TypedDocumentNode<{ logout: { endedSessionIds: string[] } | null }, { scope: "CURRENT" | "OTHERS" | "ALL" }> = gql`
  mutation Logout($scope: LogoutScope!) {
    logout(scope: $scope) {
      endedSessionIds
    }
  }
`;

export const SESSIONS: TypedDocumentNode<{ me: { id: string; sessions: { edges: { node: SignedIn | null }[] } | null } | null }> = gql`
  query Sessions {
    me {
      id
      sessions(first: 100) {
        edges {
          node {
            ...SessionParts
          }
        }
      }
    }
  }
  ${SESSION}
`;

export const SESSION_EVENTS: TypedDocumentNode<{ sessionEvents: { kind: string; session: SignedIn } }> = gql`
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

export const REVOKE: TypedDocumentNode<{ revokeSession: { session: { id: string } } | null }, { id: string }> = gql`
  mutation Revoke($id: ID!) {
    revokeSession(id: $id) {
      session {
        id
        endedAt
      }
    }
  }
`;
