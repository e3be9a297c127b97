/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** `extensions.code` of every error. Later versions may add codes: treat an unknown code as INTERNAL. */
export const ErrorCode = {
  /** The account is suspended. Returned only for the correct password. */
  AccountSuspended: 'ACCOUNT_SUSPENDED',
  /** Not a GraphQL request. */
  BadRequest: 'BAD_REQUEST',
  /** A value in the request is invalid: `extensions.field` names it, `extensions.reason` says why. */
  BadUserInput: 'BAD_USER_INPUT',
  /** The request conflicts with the present state. */
  Conflict: 'CONFLICT',
  /** Reserved: allowed after the address has been confirmed. */
  EmailUnconfirmed: 'EMAIL_UNCONFIRMED',
  /** Signed in, but not allowed. */
  Forbidden: 'FORBIDDEN',
  /** The document is not GraphQL. */
  GraphqlParseFailed: 'GRAPHQL_PARSE_FAILED',
  /** The document does not fit the schema. */
  GraphqlValidationFailed: 'GRAPHQL_VALIDATION_FAILED',
  /** An error of the server. Quote `extensions.requestId` in a report. */
  Internal: 'INTERNAL',
  /** The password is wrong or the account does not exist. The error never says which. */
  InvalidCredentials: 'INVALID_CREDENTIALS',
  /** The document is too deep, too wide, too costly or too long. */
  LimitExceeded: 'LIMIT_EXCEEDED',
  /** The object does not exist, or the caller may not see it. */
  NotFound: 'NOT_FOUND',
  /** The server is busy. Try again after `extensions.retryAfter` seconds. */
  Overloaded: 'OVERLOADED',
  /** The server does not hold the persisted operation. Send it whole. */
  PersistedQueryNotFound: 'PERSISTED_QUERY_NOT_FOUND',
  /** Too many attempts. Try again after `extensions.retryAfter` seconds. */
  RateLimited: 'RATE_LIMITED',
  /** Allowed after signing in again, because the last sign-in is too long ago. */
  ReauthenticationRequired: 'REAUTHENTICATION_REQUIRED',
  /** The refresh token is invalid. Sign in again. */
  RefreshTokenInvalid: 'REFRESH_TOKEN_INVALID',
  /** The refresh token was used before, so its session has ended. Sign in again. */
  RefreshTokenReused: 'REFRESH_TOKEN_REUSED',
  /** Allowed with a second factor. Reserved: accounts have no second factor yet. */
  SecondFactorRequired: 'SECOND_FACTOR_REQUIRED',
  /** The server or its database is unavailable. Try again after `extensions.retryAfter` seconds; all sessions are still active. */
  ServiceUnavailable: 'SERVICE_UNAVAILABLE',
  /** The session has a pending step that must be completed first: `extensions.pending` lists the steps in their order. */
  StepPending: 'STEP_PENDING',
  /** The token is missing or invalid; `extensions.reason` says why. Sign in, or refresh. */
  Unauthenticated: 'UNAUTHENTICATED'
} as const;

export type ErrorCode = typeof ErrorCode[keyof typeof ErrorCode];
/** `extensions.reason` of a code with several reasons. Later versions may add reasons. */
export const ErrorReason = {
  /** The cursor is from another connection. */
  CursorInvalid: 'CURSOR_INVALID',
  /** Not an email address. */
  EmailInvalid: 'EMAIL_INVALID',
  /** An account with this address exists. */
  EmailTaken: 'EMAIL_TAKEN',
  /** The last administrator cannot be suspended, demoted or deleted. */
  LastAdministrator: 'LAST_ADMINISTRATOR',
  /** The token or code from a mail is wrong, was used before, has expired, or belongs to another request. */
  OneTimeTokenInvalid: 'ONE_TIME_TOKEN_INVALID',
  /** The password consists of the account's own address or name. */
  PasswordIsPersonal: 'PASSWORD_IS_PERSONAL',
  /** The password is very common, so attackers try it first. */
  PasswordTooCommon: 'PASSWORD_TOO_COMMON',
  /** The password has too many characters; see `authOptions.passwordMaxLength`. */
  PasswordTooLong: 'PASSWORD_TOO_LONG',
  /** The password has too few characters; see `authOptions.passwordMinLength`. */
  PasswordTooShort: 'PASSWORD_TOO_SHORT',
  /** UNAUTHENTICATED: the session of the token has ended. */
  SessionEnded: 'SESSION_ENDED',
  /** UNAUTHENTICATED: the token has expired. */
  TokenExpired: 'TOKEN_EXPIRED',
  /** UNAUTHENTICATED: the token is from another server, or for another server. */
  TokenInvalid: 'TOKEN_INVALID',
  /** UNAUTHENTICATED: the request carries no token. */
  TokenMissing: 'TOKEN_MISSING',
  /** The value has the wrong type, or characters that are not allowed in it. */
  ValueInvalid: 'VALUE_INVALID',
  /** The value is too long. */
  ValueTooLong: 'VALUE_TOO_LONG'
} as const;

export type ErrorReason = typeof ErrorReason[keyof typeof ErrorReason];
/** A step that is required before the account is open. The session of a pending step lasts 10 minutes and has no refresh token. When the step is complete, a new session starts. */
export const PendingStep = {
  /** Reserved: choose a new password. */
  ChangePassword: 'CHANGE_PASSWORD',
  /** Reserved: follow the link that was mailed to the address. */
  ConfirmEmail: 'CONFIRM_EMAIL',
  /** Reserved: set up a second factor. */
  EnrollSecondFactor: 'ENROLL_SECOND_FACTOR',
  /** The account is about to be erased: restore it with `restoreAccount`, or sign out. */
  RestoreAccount: 'RESTORE_ACCOUNT',
  /** Reserved: present a second factor. */
  SecondFactor: 'SECOND_FACTOR'
} as const;

export type PendingStep = typeof PendingStep[keyof typeof PendingStep];
/** A permission of an account. Roles are named sets of permissions, stored in the database. */
export const Permission = {
  /** Read the audit log. */
  AuditRead: 'AUDIT_READ',
  /** Act as another account for a short time. */
  Impersonate: 'IMPERSONATE',
  /** Follow revocations, for services that verify tokens themselves. */
  RevocationsRead: 'REVOCATIONS_READ',
  /** See roles and the policy. */
  RolesRead: 'ROLES_READ',
  /** Change roles and give them to accounts: the caller's own roles, or all roles for a caller with all permissions. */
  RolesWrite: 'ROLES_WRITE',
  /** End the sessions of others. */
  SessionsRevoke: 'SESSIONS_REVOKE',
  /** See the accounts of others: addresses, roles, sessions. */
  UsersRead: 'USERS_READ',
  /** Create, suspend, reinstate and delete accounts. */
  UsersWrite: 'USERS_WRITE'
} as const;

export type Permission = typeof Permission[keyof typeof Permission];
/** Why a session ended. */
export const SessionEndReason = {
  /** The account was deleted. */
  AccountDeleted: 'ACCOUNT_DELETED',
  /** The account was suspended. */
  AccountSuspended: 'ACCOUNT_SUSPENDED',
  /** It expired. */
  Expired: 'EXPIRED',
  /** Reserved: the key that signed its tokens was revoked. */
  KeyRevoked: 'KEY_REVOKED',
  /** The password was changed in another session. */
  PasswordChanged: 'PASSWORD_CHANGED',
  /** A session with a new id continues it, after a change of the password, a reauthentication or a completed step. */
  Replaced: 'REPLACED',
  /** It was ended from another session or by an administrator. */
  Revoked: 'REVOKED',
  /** The user signed out. */
  SignedOut: 'SIGNED_OUT',
  /** A refresh token was used twice, so two parties have it. */
  TokenReused: 'TOKEN_REUSED'
} as const;

export type SessionEndReason = typeof SessionEndReason[keyof typeof SessionEndReason];
/** Kind of an event of a session. */
export const SessionEventKind = {
  /** It obtained a new token. */
  Changed: 'CHANGED',
  /** It ended or expired. */
  Ended: 'ENDED',
  /** It started. */
  Started: 'STARTED'
} as const;

export type SessionEventKind = typeof SessionEventKind[keyof typeof SessionEventKind];
export type LoginMutationVariables = Exact<{
  email: string;
  password: string;
}>;


export type LoginMutation = { login: { accessToken: string | null, expiresIn: number | null, pending: Array<PendingStep> } | null };

export type MeQueryVariables = Exact<{ [key: string]: never; }>;


export type MeQuery = { me: { id: string, email: string | null, roles: Array<string> | null, permissions: Array<Permission> | null, createdAt: string } | null };

export type SessionsQueryVariables = Exact<{
  first: number;
}>;


export type SessionsQuery = { me: { id: string, sessions: { edges: Array<{ node: { id: string, createdAt: string, lastUsedAt: string, endReason: SessionEndReason | null, current: boolean } | null }> } | null } | null };

export type SessionEventsSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type SessionEventsSubscription = { sessionEvents: { kind: SessionEventKind, at: string, session: { id: string, createdAt: string, lastUsedAt: string, endReason: SessionEndReason | null, current: boolean } } };

export type SessionPartsFragment = { id: string, createdAt: string, lastUsedAt: string, endReason: SessionEndReason | null, current: boolean };

export type AccountsQueryVariables = Exact<{
  query?: string | null | undefined;
  after?: string | null | undefined;
}>;


export type AccountsQuery = { users: { edges: Array<{ node: { id: string, email: string | null, suspendedAt: string | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type CreateSupportMutationVariables = Exact<{
  name: string;
}>;


export type CreateSupportMutation = { createRole: { role: { id: string, permissions: Array<Permission> } } | null };

export type CodesQueryVariables = Exact<{ [key: string]: never; }>;


export type CodesQuery = { authOptions: { errorCodes: Array<ErrorCode>, errorReasons: Array<ErrorReason> } };

export const SessionPartsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SessionParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Session"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastUsedAt"}},{"kind":"Field","name":{"kind":"Name","value":"endReason"}},{"kind":"Field","name":{"kind":"Name","value":"current"}}]}}]} as unknown as DocumentNode<SessionPartsFragment, unknown>;
export const LoginDocument = {"__meta__":{"hash":"sha256:373bda012f23388e9048e132ae0679db2a42f51ddb0c966edba8b7abd65324ca"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Login"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"email"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"EmailAddress"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"password"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"login"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"email"},"value":{"kind":"Variable","name":{"kind":"Name","value":"email"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"password"},"value":{"kind":"Variable","name":{"kind":"Name","value":"password"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"delivery"},"value":{"kind":"EnumValue","value":"COOKIE"}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"accessToken"}},{"kind":"Field","name":{"kind":"Name","value":"expiresIn"}},{"kind":"Field","name":{"kind":"Name","value":"pending"}}]}}]}}]} as unknown as DocumentNode<LoginMutation, LoginMutationVariables>;
export const MeDocument = {"__meta__":{"hash":"sha256:feca6b53f13f8e43c805fe314cbb36a320af329e21060e7310b303006f8ccb31"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Me"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"me"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"roles"}},{"kind":"Field","name":{"kind":"Name","value":"permissions"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}}]}}]}}]} as unknown as DocumentNode<MeQuery, MeQueryVariables>;
export const SessionsDocument = {"__meta__":{"hash":"sha256:9af81c2d709174e7f8cd8d6c35142f3894fee3308da82ce812e5c68bab523a06"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Sessions"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"me"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sessions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SessionParts"}}]}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SessionParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Session"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastUsedAt"}},{"kind":"Field","name":{"kind":"Name","value":"endReason"}},{"kind":"Field","name":{"kind":"Name","value":"current"}}]}}]} as unknown as DocumentNode<SessionsQuery, SessionsQueryVariables>;
export const SessionEventsDocument = {"__meta__":{"hash":"sha256:f26ace0a41f89c62726551c423305374d362d8f47a415e1eee0d9182017ed683"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"SessionEvents"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sessionEvents"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"Field","name":{"kind":"Name","value":"session"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SessionParts"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SessionParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Session"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastUsedAt"}},{"kind":"Field","name":{"kind":"Name","value":"endReason"}},{"kind":"Field","name":{"kind":"Name","value":"current"}}]}}]} as unknown as DocumentNode<SessionEventsSubscription, SessionEventsSubscriptionVariables>;
export const AccountsDocument = {"__meta__":{"hash":"sha256:c44ee793d7ed24f56be757db3f3a6ca8cbb39d330075ecaefd9b376a8428b059"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Accounts"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"query"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"users"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"50"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"query"},"value":{"kind":"Variable","name":{"kind":"Name","value":"query"}}}]}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"field"},"value":{"kind":"EnumValue","value":"CREATED_AT"}},{"kind":"ObjectField","name":{"kind":"Name","value":"direction"},"value":{"kind":"EnumValue","value":"DESC"}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"suspendedAt"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]} as unknown as DocumentNode<AccountsQuery, AccountsQueryVariables>;
export const CreateSupportDocument = {"__meta__":{"hash":"sha256:c32e05c35ac74b22c32f9fe775c7fdf823e3dca9442daaee43f21e57a0ff5285"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateSupport"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createRole"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"permissions"},"value":{"kind":"ListValue","values":[{"kind":"EnumValue","value":"USERS_READ"},{"kind":"EnumValue","value":"SESSIONS_REVOKE"}]}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"role"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"permissions"}}]}}]}}]}}]} as unknown as DocumentNode<CreateSupportMutation, CreateSupportMutationVariables>;
export const CodesDocument = {"__meta__":{"hash":"sha256:0c294488b981b8add815ab67e6001cf07aa8f1ab1c8479aae7a6b18e17faeda5"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Codes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"authOptions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"errorCodes"}},{"kind":"Field","name":{"kind":"Name","value":"errorReasons"}}]}}]}}]} as unknown as DocumentNode<CodesQuery, CodesQueryVariables>;