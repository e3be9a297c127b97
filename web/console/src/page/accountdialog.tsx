import { useQuery } from "@apollo/client/react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "../components/dialog";
import { ErrorMessages, FieldErrors } from "../components/errormessage";
import { Field } from "../components/field";
import { FormButtons } from "../components/formbuttons";
import { nameOf } from "../components/personname";
import { roleDescription } from "../components/roledescription";
import { useStepUpMutation } from "../components/stepupmutation";
import { DeleteUserDocument, RolesDocument, SetRolesDocument, SuspendDocument, UpdateUserDocument } from "../generated/operation";
import type { Account } from "../operation/type";

type Props = { account: Account; onClose: (status?: string) => void };

export function NameDialog({ account, onClose }: Props) {
  const { t } = useTranslation();
  const { mutate, error, busy } = useStepUpMutation();
  const [name, setName] = useState(account.displayName ?? "");

  async function save() {
    if (await mutate(UpdateUserDocument, { id: account.id, input: { displayName: name.trim() || null } })) {
      onClose(t("accounts.nameChanged"));
    }
  }

  return (
    <Dialog title={t("accounts.editTitle", { name: nameOf(account) })} onClose={onClose}>
      <form onSubmit={(event) => { event.preventDefault(); void save(); }}>
        <Field label={t("signIn.name")} hint={t("accounts.editHint")} error={error} field="input.displayName">
          {(described) => <input {...described} value={name} autoComplete="off" autoFocus onChange={(event) => setName(event.target.value)} />}
        </Field>
        <ErrorMessages error={error} fields={["input.displayName"]} />
        <FormButtons busy={busy} submit={t("accounts.save")} onCancel={() => onClose()} />
      </form>
    </Dialog>
  );
}

export function SuspendDialog({ account, onClose }: Props) {
  const { t } = useTranslation();
  const { mutate, error, busy } = useStepUpMutation();
  const [reason, setReason] = useState("");

  async function suspend() {
    if (await mutate(SuspendDocument, { id: account.id, reason: reason.trim() || null })) {
      onClose(t("accounts.suspensionDone"));
    }
  }

  return (
    <Dialog title={t("accounts.suspendTitle", { name: nameOf(account) })} onClose={onClose}>
      <form onSubmit={(event) => { event.preventDefault(); void suspend(); }}>
        <p>{t("accounts.suspendEffect")}</p>
        <Field label={t("accounts.reason")} error={error} field="reason">
          {(described) => <textarea {...described} rows={2} value={reason} onChange={(event) => setReason(event.target.value)} />}
        </Field>
        <ErrorMessages error={error} fields={["reason"]} />
        <FormButtons busy={busy} submit={t("accounts.suspend")} danger onCancel={() => onClose()} />
      </form>
    </Dialog>
  );
}

export function RolesDialog({ account, onClose }: Props) {
  const { t } = useTranslation();
  const { mutate, error, busy } = useStepUpMutation();
  const { data, error: unread } = useQuery(RolesDocument);
  const faults = useId();
  const [roles, setRoles] = useState(() => new Set(account.roles));

  function toggle(name: string) {
    const changed = new Set(roles);
    if (!changed.delete(name)) {
      changed.add(name);
    }
    setRoles(changed);
  }
  async function save() {
    if (await mutate(SetRolesDocument, { id: account.id, roles: [...roles] })) {
      onClose(t("accounts.rolesChanged"));
    }
  }

  return (
    <Dialog title={t("accounts.rolesTitle", { name: nameOf(account) })} onClose={onClose}>
      <form onSubmit={(event) => { event.preventDefault(); void save(); }}>
        <p>{t("accounts.rolesEffect")}</p>
        <fieldset aria-describedby={faults}>
          <legend>{t("profile.roles")}</legend>
          {data?.roles?.map((role) => (
            <label className="check" key={role.id}>
              <input type="checkbox" checked={role.name === "user" || roles.has(role.name)} disabled={role.name === "user"} onChange={() => toggle(role.name)} />
              <span>{role.name} <small>{role.name === "user" ? t("accounts.always") : roleDescription(role)}</small></span>
            </label>
          ))}
        </fieldset>
        <FieldErrors id={faults} error={error} field="roles" />
        <ErrorMessages error={error ?? unread} fields={["roles"]} />
        <FormButtons busy={busy} submit={t("accounts.save")} onCancel={() => onClose()} />
      </form>
    </Dialog>
  );
}

export function RemoveDialog({ account, onClose, onRemoved }: Props & { onRemoved: () => void }) {
  const { t } = useTranslation();
  const { mutate, error, busy } = useStepUpMutation();
  const [typed, setTyped] = useState("");
  const confirmation = account.email ?? account.id;

  async function remove() {
    if (await mutate(DeleteUserDocument, { id: account.id })) {
      onRemoved();
    }
  }

  return (
    <Dialog title={t("accounts.removeTitle", { name: nameOf(account) })} onClose={onClose}>
      <form onSubmit={(event) => { event.preventDefault(); void remove(); }}>
        <p>{t("accounts.removeEffect")}</p>
        <label>
          {t("accounts.removeType", { email: confirmation })}
          <input value={typed} autoComplete="off" spellCheck={false} onChange={(event) => setTyped(event.target.value)} />
        </label>
        <ErrorMessages error={error} />
        <FormButtons busy={busy || typed !== confirmation} submit={t("accounts.remove")} danger onCancel={() => onClose()} />
      </form>
    </Dialog>
  );
}
