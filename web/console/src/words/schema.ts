// The enums of the schema that have words in both languages. A test of the server holds them against its schema.

export type Permission =
  | "USERS_READ" | "USERS_WRITE" | "ROLES_READ" | "ROLES_WRITE"
  | "SESSIONS_REVOKE" | "AUDIT_READ" | "IMPERSONATE" | "REVOCATIONS_READ";

export type ErrorCode =
  | "UNAUTHENTICATED" | "FORBIDDEN" | "SECOND_FACTOR_REQUIRED" | "REAUTHENTICATION_REQUIRED" | "EMAIL_UNCONFIRMED"
  | "INVALID_CREDENTIALS" | "ACCOUNT_SUSPENDED" | "REFRESH_TOKEN_INVALID" | "REFRESH_TOKEN_REUSED"
  | "BAD_USER_INPUT" | "NOT_FOUND" | "CONFLICT" | "RATE_LIMITED" | "OVERLOADED" | "SERVICE_UNAVAILABLE"
  | "LIMIT_EXCEEDED" | "GRAPHQL_PARSE_FAILED" | "GRAPHQL_VALIDATION_FAILED" | "PERSISTED_QUERY_NOT_FOUND"
  | "BAD_REQUEST" | "INTERNAL";

export type ErrorReason =
  | "TOKEN_MISSING" | "TOKEN_INVALID" | "TOKEN_EXPIRED" | "SESSION_ENDED"
  | "EMAIL_INVALID" | "EMAIL_TAKEN" | "PASSWORD_TOO_SHORT" | "PASSWORD_TOO_LONG" | "PASSWORD_TOO_COMMON"
  | "PASSWORD_IS_PERSONAL" | "ONE_TIME_TOKEN_INVALID" | "VALUE_INVALID" | "VALUE_TOO_LONG" | "CURSOR_INVALID"
  | "LAST_ADMINISTRATOR";

export type PendingStep = "CONFIRM_EMAIL" | "SECOND_FACTOR" | "CHANGE_PASSWORD" | "ENROLL_SECOND_FACTOR" | "RESTORE_ACCOUNT";

/** Actions that the audit log writes down. A test of the server compares them with account.Actions. */
export type Action =
  | "session.start" | "session.end" | "session.refresh" | "session.late_refresh" | "session.foreign_refresh"
  | "user.register" | "user.create" | "user.update" | "user.roles" | "user.suspend" | "user.reinstate" | "user.delete"
  | "role.create" | "role.update" | "role.delete"
  | "access.denied" | "impersonation.operation"
  | "key.rotate" | "key.revoke" | "secret.reseal" | "audit.sign" | "mail.give_up";
