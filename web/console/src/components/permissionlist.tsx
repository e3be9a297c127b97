import { useTranslation } from "react-i18next";
import type { Permission } from "../generated/schema";

/** Permissions with their texts and names. */
export function PermissionList({ of, none }: { of: readonly Permission[]; none: string }) {
  const { t } = useTranslation();
  if (of.length === 0) {
    return <p className="dim">{none}</p>;
  }
  return (
    <ul className="plain">
      {of.map((permission) => (
        <li key={permission}>{t(`permission.${permission}`)} <code>{permission}</code></li>
      ))}
    </ul>
  );
}
