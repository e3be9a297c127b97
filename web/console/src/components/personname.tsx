import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { Person } from "../operation/type";
import { accountPath } from "../router/location";
import { usePermissions } from "./permissions";

/** Returns the name of an account: its display name, otherwise its address or id. */
export const nameOf = ({ id, displayName, email }: Person) => displayName || email || id;

/** Name of an account, as a link for callers who may see accounts. */
export function PersonName({ user }: { user: Person | null }) {
  const { t } = useTranslation();
  const allowed = usePermissions();
  if (!user) {
    return <span className="dim">{t("audit.noAccount")}</span>;
  }
  return allowed["Query.users"] ? <Link href={accountPath(user.id)}>{nameOf(user)}</Link> : nameOf(user);
}
