import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { languageName } from "../components/languagename";
import { Page } from "../components/page";
import { PermissionList } from "../components/permissionlist";
import { usePermissions } from "../components/permissions";
import { Time } from "../components/time";
import type { Me } from "../operation/type";
import { ChangePasswordDialog, DeleteAccountDialog, EditProfileDialog } from "./profiledialog";

/** State of the location after the restoration of the account. */
export const RESTORED = { restored: true };
const isRestored = () => Boolean((history.state as Partial<typeof RESTORED> | null)?.restored);

type Open = "profile" | "password" | "deletion" | null;

export function Profile({ me }: { me: Me }) {
  const { t, i18n } = useTranslation();
  const allowed = usePermissions();
  const [open, setOpen] = useState<Open>(null);
  const [status, setStatus] = useState(() => (isRestored() ? t("restore.done") : ""));
  const [changed, setChanged] = useState(false);
  useEffect(() => {
    if (isRestored()) {
      history.replaceState(null, ""); // a reload does not repeat the status
    }
  }, []);

  const show = (dialog: Open) => {
    setOpen(dialog);
    setStatus("");
    setChanged(false);
  };
  return (
    <Page
      title={t("profile.title")}
      actions={allowed["Mutation.updateProfile"] && <button type="button" onClick={() => show("profile")}>{t("profile.edit")}</button>}
    >
      <p role="status" className="said">{status}</p>
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
          <dt>{t("profile.language")}</dt>
          <dd>{me.locale ? languageName(me.locale, i18n.language) : <span className="dim">{t("profile.languageDefault")}</span>}</dd>
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
      {me.hasPassword && allowed["Mutation.changePassword"] && (
        <section className="card setting">
          <h2>{t("signIn.password")}</h2>
          <p className="dim">{t("profile.passwordIntro")}</p>
          <button type="button" onClick={() => show("password")}>{t("profile.changePassword")}</button>
          <p role="status" className="said">{changed ? t("profile.passwordChanged") : ""}</p>
        </section>
      )}
      {allowed["Mutation.deleteAccount"] && (
        <section className="card setting">
          <h2>{t("profile.deletion")}</h2>
          <p className="dim">{t("profile.deletionIntro")}</p>
          <button type="button" className="danger" onClick={() => show("deletion")}>{t("profile.delete")}</button>
        </section>
      )}
      {open === "profile" && <EditProfileDialog me={me} onClose={() => setOpen(null)} onSaved={() => { setOpen(null); setStatus(t("profile.saved")); }} />}
      {open === "password" && <ChangePasswordDialog me={me} onClose={() => setOpen(null)} onChanged={() => { setOpen(null); setChanged(true); }} />}
      {open === "deletion" && <DeleteAccountDialog me={me} onClose={() => setOpen(null)} />}
    </Page>
  );
}
