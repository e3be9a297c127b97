// A page's operations, whose types come from the schema alone.
import type { ResultOf } from '@graphql-typed-document-node/core';
import { graphql } from './gql/index';
import type { ErrorCode } from './gql/graphql';

export const signIn = graphql(`
  mutation SignIn($input: LoginInput!) {
    login(input: $input) {
      accessToken
      expiresIn
      pending
      user { ...Account }
    }
  }
`);

export const account = graphql(`
  fragment Account on User {
    id
    displayName
    email
    roles
    permissions
    sessions(first: 5) { edges { cursor node { id current lastUsedAt endReason } } pageInfo { hasNextPage endCursor } }
  }
`);

export const page = graphql(`
  query Page($ids: [ID!]!, $asked: [String!]!) {
    me { ...Account }
    nodes(ids: $ids) { __typename id ... on Session { ipAddress impersonator { displayName } } ... on Role { name permissions } }
    can(fields: $asked) { field allowed code }
  }
`);

export const events = graphql(`
  subscription Events { sessionEvents { kind at session { id endedAt } } }
`);

/** What stands on a button: the errors that a step would help against, and a default for those that are yet to come. */
export function label(code: ErrorCode | null): string {
  switch (code) {
    case null:
      return 'Go';
    case 'REAUTHENTICATION_REQUIRED':
      return 'Sign in again, and go';
    case 'SECOND_FACTOR_REQUIRED':
      return 'Prove your second factor, and go';
    default:
      return 'Not for you';
  }
}

export function buttons(answer: ResultOf<typeof page>): string[] {
  return answer.can.map((access) => (access.allowed ? label(null) : label(access.code ?? 'INTERNAL')));
}

/** Everything that is guarded may be null: types say so. */
export function names(answer: ResultOf<typeof page>): string[] {
  return answer.nodes.flatMap((node) => {
    switch (node?.__typename) {
      case 'Session':
        return [node.impersonator?.displayName ?? node.ipAddress ?? ''];
      case 'Role':
        return [node.name, ...node.permissions];
      default:
        return [];
    }
  });
}
