import { useQuery } from "@apollo/client/react";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { session } from "../client";
import { Dialog } from "../components/dialog";
import { ErrorMessages, isWrongPassword, reasonOf } from "../components/errormessage";
import { Field } from "../components/field";
import { FormButtons } from "../components/formbuttons";
import { languageNames } from "../components/languagename";
import { deletionNotice } from "../components/notice";
import { PresentPassword } from "../components/presentpassword";
import { replaceSession } from "../components/replacesession";
import { useStepUpMutation } from "../components/stepupmutation";
import { ChangePasswordDocument, DeleteAccountDocument, OptionsDocument, UpdateProfileDocument } from "../generated/operation";
import type { Me } from "../operation/type";

type Props = { me: Me; onClose: () => void };

/** Value of the list of languages for a tag that the person types. */
const OTHER = "other";

export function EditProfileDialog({ me, onClose, onSaved }: Props & { onSaved: () => void }) {
  const { t } = useTranslation();
  const { mutate, error, busy } = useStepUpMutation();
  const [name, setName] = useState(me.displayName ?? "");
  const [choice, setChoice] = useState(me.locale && !languageNames[me.locale] ? OTHER : (me.locale ?? ""));
  const [tag, setTag] = useState(choice === OTHER ? (me.locale ?? "") : "");

  async function save() {
    const displayName = name.trim() || null;
    const locale = (choice === OTHER ? tag.trim() : choice) || null;
    const input = { ...(displayName !== me.displayName && { displayName }), ...(locale !== me.locale && { locale }) };
    if (Object.keys(input).length === 0) {
      onClose();
    } else if (await mutate(UpdateProfileDocument, { input })) {
      onSaved();
    }
  }

  return (
    <Dialog title={t("profile.edit")} onClose={onClose}>
      <form onSubmit={(event) => { event.preventDefault(); void save(); }}>
        <Field label={t("signIn.name")} hint={t("accounts.editHint")} error={error} field="input.displayName">
          {(described) => <input {...described} value={name} autoComplete="name" autoFocus onChange={(event) => setName(event.target.value)} />}
        </Field>
        <Field label={t("profile.language")} error={choice === OTHER ? null : error} field="input.locale">
          {(described) => (
            <select {...described} value={choice} onChange={(event) => setChoice(event.target.value)}>
              <option value="">{t("profile.languageDefault")}</option>
              {Object.entries(languageNames).map(([tag, name]) => <option key={tag} value={tag} lang={tag}>{name}</option>)}
              <option value={OTHER}>{t("profile.languageOther")}</option>
            </select>
          )}
        </Field>
        {choice === OTHER && (
          <Field label={t("profile.languageTag")} hint={t("profile.languageTagHint")} error={error} field="input.locale">
            {(described) => (
              <input {...described} value={tag} autoComplete="off" autoCapitalize="off" spellCheck={false} required onChange={(event) => setTag(event.target.value)} />
            )}
          </Field>
        )}
        <ErrorMessages error={error} fields={["input.displayName", "input.locale"]} />
        <FormButtons busy={busy} submit={t("accounts.save")} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

export function ChangePasswordDialog({ me, onClose, onChanged }: Props & { onChanged: () => void }) {
  const { t } = useTranslation();
  const { data: options } = useQuery(OptionsDocument);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const variables = { currentPassword: String(form.get("password")), newPassword: String(form.get("newPassword")) };
    setBusy(true);
    setError(null);
    const { replaced, error } = await replaceSession(ChangePasswordDocument, variables, (data) => data.changePassword);
    setBusy(false);
    setError(error);
    if (replaced) {
      onChanged();
    }
  }

  return (
    <Dialog title={t("profile.changePassword")} onClose={onClose}>
      <form onSubmit={submit}>
        <p>{t("profile.passwordEffect")}</p>
        <PresentPassword email={me.email} label={t("profile.currentPassword")} error={error} />
        <Field
          label={t("profile.newPassword")}
          hint={options && t("signIn.atLeast", { characters: options.authOptions.passwordMinLength })}
          error={error}
          field="newPassword"
        >
          {(described) => <input {...described} name="newPassword" type="password" autoComplete="new-password" required />}
        </Field>
        <ErrorMessages error={isWrongPassword(error) ? null : error} fields={["currentPassword", "newPassword"]} />
        <FormButtons busy={busy} submit={t("profile.changePassword")} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

export function DeleteAccountDialog({ me, onClose }: Props) {
  const { t } = useTranslation();
  const { mutate, error, busy } = useStepUpMutation();
  const [typed, setTyped] = useState("");
  const confirmation = me.email ?? me.id;
  const isLastAdministrator = reasonOf(error) === "LAST_ADMINISTRATOR";

  async function remove() {
    const { signIn } = session.state();
    const done = await mutate(DeleteAccountDocument, {});
    if (done?.deleteAccount) {
      session.leave(signIn, deletionNotice(done.deleteAccount.erasedAt));
    }
  }

  return (
    <Dialog title={t("profile.deleteTitle")} onClose={onClose}>
      <form onSubmit={(event) => { event.preventDefault(); void remove(); }}>
        <ul className="effects">
          <li>{t("profile.deleteSessions")}</li>
          <li>{t("profile.deleteErasure")}</li>
          <li>{t("profile.deleteRestore")}</li>
        </ul>
        <label>
          {t("accounts.removeType", { email: confirmation })}
          <input value={typed} autoComplete="off" autoCapitalize="off" spellCheck={false} onChange={(event) => setTyped(event.target.value)} />
        </label>
        <ErrorMessages error={isLastAdministrator ? null : error} />
        {isLastAdministrator && <p role="alert" className="faults">{t("profile.lastAdministrator")}</p>}
        <FormButtons busy={busy || typed !== confirmation} submit={t("profile.delete")} danger onCancel={onClose} />
      </form>
    </Dialog>
  );
}
