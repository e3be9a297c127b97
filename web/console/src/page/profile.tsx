import { useTranslation } from "react-i18next";
import { Page } from "../components/page";
import { PermissionList } from "../components/permissionlist";
import { Time } from "../components/time";
import type { Me } from "../operation/type";

export function Profile({ me }: { me: Me }) {
  const { t } = useTranslation();
  return (
    <Page title={t("profile.title")}>
      <section className="card">
        <h2>{t("profile.account")}</h2>
        <dl>
          <dt>{t("signIn.email")}</dt>
          <dd>
            {me.email}{" "}
            {me.emailConfirmed && <span className="tag good">{t("profile.confirmed")}</span>}
          </dd>
          <dt>{t("signIn.name")}</dt>
          <dd>{me.displayName || <span className="dim">{t("accounts.unnamed")}</span>}</dd>
          <dt>{t("profile.since")}</dt>
          <dd><Time of={me.createdAt} only="date" /></dd>
          <dt>{t("profile.roles")}</dt>
          <dd>{me.roles?.map((role) => <span className="tag" key={role}>{role}</span>)}</dd>
          <dt>{t("profile.id")}</dt>
          <dd><code>{me.id}</code></dd>
        </dl>
      </section>
      <section className="card">
        <h2>{t("profile.permissions")}</h2>
        <PermissionList of={me.permissions ?? []} none={t("profile.nothing")} />
      </section>
    </Page>
  );
}
