export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  DateTime: { input: string; output: string; }
  Duration: { input: string; output: string; }
  EmailAddress: { input: string; output: string; }
  JSON: { input: unknown; output: unknown; }
};

export type Assurance =
  | 'MULTI_FACTOR'
  | 'SINGLE_FACTOR';

export type AuditFilter = {
  accountId?: InputMaybe<Scalars['ID']['input']>;
  actions?: InputMaybe<Array<Scalars['String']['input']>>;
  actorId?: InputMaybe<Scalars['ID']['input']>;
  outcome?: InputMaybe<AuditOutcome>;
  since?: InputMaybe<Scalars['DateTime']['input']>;
  subjectId?: InputMaybe<Scalars['ID']['input']>;
  until?: InputMaybe<Scalars['DateTime']['input']>;
};

export type AuditOutcome =
  | 'FAILURE'
  | 'SUCCESS';

export type CreateRoleInput = {
  description?: InputMaybe<Scalars['String']['input']>;
  name: Scalars['String']['input'];
  permissions: Array<Permission>;
};

export type ErrorCode =
  | 'ACCOUNT_SUSPENDED'
  | 'BAD_REQUEST'
  | 'BAD_USER_INPUT'
  | 'CONFLICT'
  | 'EMAIL_UNCONFIRMED'
  | 'FORBIDDEN'
  | 'GRAPHQL_PARSE_FAILED'
  | 'GRAPHQL_VALIDATION_FAILED'
  | 'INTERNAL'
  | 'INVALID_CREDENTIALS'
  | 'LIMIT_EXCEEDED'
  | 'NOT_FOUND'
  | 'OVERLOADED'
  | 'PERSISTED_QUERY_NOT_FOUND'
  | 'RATE_LIMITED'
  | 'REAUTHENTICATION_REQUIRED'
  | 'REFRESH_TOKEN_INVALID'
  | 'REFRESH_TOKEN_REUSED'
  | 'SECOND_FACTOR_REQUIRED'
  | 'SERVICE_UNAVAILABLE'
  | 'STEP_PENDING'
  | 'UNAUTHENTICATED';

export type ErrorReason =
  | 'CURSOR_INVALID'
  | 'EMAIL_INVALID'
  | 'EMAIL_TAKEN'
  | 'LAST_ADMINISTRATOR'
  | 'ONE_TIME_TOKEN_INVALID'
  | 'PASSWORD_IS_PERSONAL'
  | 'PASSWORD_TOO_COMMON'
  | 'PASSWORD_TOO_LONG'
  | 'PASSWORD_TOO_SHORT'
  | 'SESSION_ENDED'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_INVALID'
  | 'TOKEN_MISSING'
  | 'VALUE_INVALID'
  | 'VALUE_TOO_LONG';

export type FactorKind =
  | 'PASSKEY'
  | 'RECOVERY_CODES'
  | 'TOTP';

export type LoginInput = {
  delivery?: TokenDelivery;
  email: Scalars['EmailAddress']['input'];
  password: Scalars['String']['input'];
};

export type LogoutScope =
  | 'ALL'
  | 'CURRENT'
  | 'OTHERS';

export type OrderDirection =
  | 'ASC'
  | 'DESC';

export type PendingStep =
  | 'CHANGE_PASSWORD'
  | 'CONFIRM_EMAIL'
  | 'ENROLL_SECOND_FACTOR'
  | 'RESTORE_ACCOUNT'
  | 'SECOND_FACTOR';

export type Permission =
  | 'AUDIT_READ'
  | 'IMPERSONATE'
  | 'REVOCATIONS_READ'
  | 'ROLES_READ'
  | 'ROLES_WRITE'
  | 'SESSIONS_REVOKE'
  | 'USERS_READ'
  | 'USERS_WRITE';

export type RateLimitKey =
  | 'ACCOUNT'
  | 'ACCOUNT_AND_NETWORK'
  | 'ADDRESS'
  | 'CALLER'
  | 'REQUEST'
  | 'SESSION';

export type RegisterInput = {
  delivery?: TokenDelivery;
  displayName?: InputMaybe<Scalars['String']['input']>;
  email: Scalars['EmailAddress']['input'];
  password: Scalars['String']['input'];
};

export type RevocationKind =
  | 'ACCOUNT'
  | 'HEARTBEAT'
  | 'KEY'
  | 'RIGHTS'
  | 'SESSION';

export type SessionEndReason =
  | 'ACCOUNT_DELETED'
  | 'ACCOUNT_SUSPENDED'
  | 'EXPIRED'
  | 'KEY_REVOKED'
  | 'PASSWORD_CHANGED'
  | 'REPLACED'
  | 'REVOKED'
  | 'SIGNED_OUT'
  | 'TOKEN_REUSED';

export type SessionEventKind =
  | 'CHANGED'
  | 'ENDED'
  | 'STARTED';

export type SignInMethod =
  | 'EMAIL_LINK'
  | 'IMPERSONATION'
  | 'PASSKEY'
  | 'PASSWORD'
  | 'PROVIDER'
  | 'RECOVERY_CODE'
  | 'TOTP';

export type TokenDelivery =
  | 'BODY'
  | 'COOKIE';

export type UpdateProfileInput = {
  displayName?: InputMaybe<Scalars['String']['input']>;
  locale?: InputMaybe<Scalars['String']['input']>;
};

export type UpdateRoleInput = {
  description?: InputMaybe<Scalars['String']['input']>;
  permissions?: InputMaybe<Array<Permission>>;
};

export type UpdateUserInput = {
  displayName?: InputMaybe<Scalars['String']['input']>;
};

export type UserFilter = {
  query?: InputMaybe<Scalars['String']['input']>;
  role?: InputMaybe<Scalars['String']['input']>;
  suspended?: InputMaybe<Scalars['Boolean']['input']>;
};

export type UserOrder = {
  direction: OrderDirection;
  field: UserOrderField;
};

export type UserOrderField =
  | 'CREATED_AT'
  | 'EMAIL'
  | 'LAST_SIGN_IN'
  | 'NAME';
