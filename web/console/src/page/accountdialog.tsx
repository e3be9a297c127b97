import { useQuery } from "@apollo/client/react";
import { useId, useState } from "react";
import { DeleteUserDocument, RolesDocument, SetRolesDocument, SuspendDocument, UpdateUserDocument } from "../generated/operation";
import type { Account } from "../operation/type";
import { useAct } from "../part/act";
import { Dialog } from "../part/dialog";
import { FieldFaults, Faults } from "../part/fault";
import { Field } from "../part/field";
import { FormButtons } from "../part/formbuttons";
import { descriptionOf } from "../part/roledescription";
import { useWords } from "../words/language";

type Props = { account: Account; who: string; onClose: (said?: string) => void };

export function NameDialog({ account, who, onClose }: Props) {
  const words = useWords();
  const { act, error, busy } = useAct();
  const [name, setName] = useState(account.displayName ?? "");

  async function save() {
    if (await act(UpdateUserDocument, { id: account.id, input: { displayName: name.trim() || null } })) {
      onClose(words.accounts.editedNow);
    }
  }

  return (
    <Dialog title={words.accounts.editTitle(who)} onClose={onClose}>
      <form onSubmit={(event) => { event.preventDefault(); void save(); }}>
        <Field label={words.signIn.name} hint={words.accounts.editHint} error={error} field="input.displayName">
          {(described) => <input {...described} value={name} autoComplete="off" autoFocus onChange={(event) => setName(event.target.value)} />}
        </Field>
        <Faults error={error} fields={["input.displayName"]} />
        <FormButtons busy={busy} submit={words.accounts.save} onCancel={() => onClose()} />
      </form>
    </Dialog>
  );
}

export function SuspendDialog({ account, who, onClose }: Props) {
  const words = useWords();
  const { act, error, busy } = useAct();
  const [reason, setReason] = useState("");

  async function suspend() {
    if (await act(SuspendDocument, { id: account.id, reason: reason.trim() || null })) {
      onClose(words.accounts.suspendedNow);
    }
  }

  return (
    <Dialog title={words.accounts.suspendTitle(who)} onClose={onClose}>
      <form onSubmit={(event) => { event.preventDefault(); void suspend(); }}>
        <p>{words.accounts.suspendWhat}</p>
        <Field label={words.accounts.reason} error={error} field="reason">
          {(described) => <textarea {...described} rows={2} value={reason} onChange={(event) => setReason(event.target.value)} />}
        </Field>
        <Faults error={error} fields={["reason"]} />
        <FormButtons busy={busy} submit={words.accounts.suspend} danger onCancel={() => onClose()} />
      </form>
    </Dialog>
  );
}

export function RolesDialog({ account, who, onClose }: Props) {
  const words = useWords();
  const { act, error, busy } = useAct();
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
    if (await act(SetRolesDocument, { id: account.id, roles: [...roles] })) {
      onClose(words.accounts.rolesNow);
    }
  }

  return (
    <Dialog title={words.accounts.rolesTitle(who)} onClose={onClose}>
      <form onSubmit={(event) => { event.preventDefault(); void save(); }}>
        <p>{words.accounts.rolesWhat}</p>
        <fieldset aria-describedby={faults}>
          <legend>{words.profile.roles}</legend>
          {data?.roles?.map((role) => (
            <label className="check" key={role.id}>
              <input type="checkbox" checked={role.name === "user" || roles.has(role.name)} disabled={role.name === "user"} onChange={() => toggle(role.name)} />
              <span>{role.name} <small>{role.name === "user" ? words.accounts.always : descriptionOf(role, words)}</small></span>
            </label>
          ))}
        </fieldset>
        <FieldFaults id={faults} error={error} field="roles" />
        <Faults error={error ?? unread} fields={["roles"]} />
        <FormButtons busy={busy} submit={words.accounts.save} onCancel={() => onClose()} />
      </form>
    </Dialog>
  );
}

export function RemoveDialog({ account, who, onClose, onRemoved }: Props & { onRemoved: () => void }) {
  const words = useWords();
  const { act, error, busy } = useAct();
  const [typed, setTyped] = useState("");
  const name = account.email ?? account.id;

  async function remove() {
    if (await act(DeleteUserDocument, { id: account.id })) {
      onRemoved();
    }
  }

  return (
    <Dialog title={words.accounts.removeTitle(who)} onClose={onClose}>
      <form onSubmit={(event) => { event.preventDefault(); void remove(); }}>
        <p>{words.accounts.removeWhat}</p>
        <label>
          {words.accounts.removeType(name)}
          <input value={typed} autoComplete="off" spellCheck={false} onChange={(event) => setTyped(event.target.value)} />
        </label>
        <Faults error={error} />
        <FormButtons busy={busy || typed !== name} submit={words.accounts.remove} danger onCancel={() => onClose()} />
      </form>
    </Dialog>
  );
}
