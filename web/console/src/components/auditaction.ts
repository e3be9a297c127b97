/** Actions of the audit log in the groups that the filter offers. A test of the server compares them with account.Actions. */
export const actionGroups = {
  signIn: ["session.start", "session.end", "session.reauthenticate", "session.refresh", "session.late_refresh", "session.foreign_refresh"],
  account: [
    "user.register",
    "user.create",
    "user.update",
    "user.profile",
    "password.change",
    "password.reset_request",
    "password.reset",
    "user.roles",
    "user.suspend",
    "user.reinstate",
    "user.delete_request",
    "user.restore",
    "user.erase",
    "user.delete",
  ],
  role: ["role.create", "role.update", "role.delete"],
  access: ["access.denied", "impersonation.operation"],
  server: ["key.rotate", "key.revoke", "secret.reseal", "audit.sign", "mail.give_up"],
} as const;

export type ActionGroup = keyof typeof actionGroups;
export type Action = (typeof actionGroups)[ActionGroup][number];
