// Short names for the types of generated/operation.ts that several files use.

import type { MeQuery, PolicyQuery, UsersQuery } from "../generated/operation";

export type {
  AccountPartsFragment as Account,
  AuditQuery,
  EventPartsFragment as AuditEvent,
  RolePartsFragment as Role,
  SessionPartsFragment as Session,
  UserPartsFragment as User,
} from "../generated/operation";

export type Me = NonNullable<MeQuery["me"]>;
export type PageInfo = NonNullable<UsersQuery["users"]>["pageInfo"];
export type PolicyCondition = NonNullable<PolicyQuery["policy"]>[number]["anyOf"][number];

/** Person is an account by its name. Only callers with permission ask for the address, because a refusal is an audit event. */
export type Person = { id: string; displayName: string | null; email?: string | null };
