import { useQuery } from "@apollo/client/react";
import { useState } from "react";
import { ROLES } from "../operation/role";
import { DELETE_USER, SET_ROLES, SUSPEND, type Account } from "../operation/user";
import { useAct } from "../part/act";
import { Dialog } from "../part/dialog";
import { Faults } from "../part/fault";
import { FormButtons } from "../part/formbuttons";
import { useWords } from "../words/language";

type Props = { account: Account; who: string; onClose: (said?: string) => void };

export function SuspendDialog({ account, who, onClose }: Props) {
  const words = useWords();
  const { act, error, busy } = useAct();
  const [reason, setReason] = useState("");

  async function suspend() {
    if (await act(SUSPEND, { id: account.id, reason: reason.trim() || null })) {
      onClose(words.accounts.suspendedNow);
    }
  }

  return (
    <Dialog title={words.accounts.suspendTitle(who)} onClose={onClose}>
      <form onSubmit={(event) => { event.preventDefault(); void suspend(); }}>
        <p>{words.accounts.suspendWhat}</p>
        <label>
          {words.accounts.reason}
          <textarea rows={2} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
        </label>
        <Faults error={error} />
        <FormButtons busy={busy} submit={words.accounts.suspend} danger onCancel={() => onClose()} />
      </form>
    </Dialog>
  );
}

export function RolesDialog({ account, who, onClose }: Props) {
  const words = useWords();
  const { act, error, busy } = useAct();
  const { data, error: unread } = useQuery(ROLES);
  const [roles, setRoles] = useState(() => new Set(account.roles));

  function toggle(name: string) {
    const changed = new Set(roles);
    if (!changed.delete(name)) {
      changed.add(name);
    }
    setRoles(changed);
  }
  async function save() {
    if (await act(SET_ROLES, { id: account.id, roles: [...roles] })) {
      onClose(words.accounts.rolesNow);
    }
  }

  return (
    <Dialog title={words.accounts.rolesTitle(who)} onClose={onClose}>
      <form onSubmit={(event) => { event.preventDefault(); void save(); }}>
        <p>{words.accounts.rolesWhat}</p>
        <fieldset>
          <legend>{words.profile.roles}</legend>
          {data?.roles?.map(({ id, name, description }) => (
            <label className="check" key={id}>
              <input type="checkbox" checked={name === "user" || roles.has(name)} disabled={name === "user"} onChange={() => toggle(name)} />
              <span>{name} <small>{name === "user" ? words.accounts.always : description}</small></span>
            </label>
          ))}
        </fieldset>
        <Faults error={error ?? unread} />
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
    if (await act(DELETE_USER, { id: account.id })) {
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
