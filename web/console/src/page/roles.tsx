import { useApolloClient, useQuery } from "@apollo/client/react";
import { useId, useState } from "react";
import { CreateRoleDocument, DeleteRoleDocument, RolesDocument, UpdateRoleDocument } from "../generated/operation";
import type { Me, Role } from "../operation/type";
import { useAct } from "../part/act";
import { Dialog } from "../part/dialog";
import { Faults, FieldFaults } from "../part/fault";
import { Field } from "../part/field";
import { FormButtons } from "../part/formbuttons";
import { useMay } from "../part/may";
import { Page } from "../part/page";
import { Permissions } from "../part/permissions";
import { Loading } from "../part/reachbanner";
import { descriptionOf } from "../part/roledescription";
import { useWords } from "../words/language";
import type { Permission } from "../generated/schema";

export function Roles({ me }: { me: Me }) {
  const words = useWords();
  const may = useMay();
  const { data, error } = useQuery(RolesDocument, { fetchPolicy: "cache-and-network" });
  const [changing, setChanging] = useState<Role | "new" | null>(null);
  const [removing, setRemoving] = useState<Role | null>(null);
  const [said, setSaid] = useState("");
  const held = me.permissions ?? [];

  const close = (said = "") => {
    setChanging(null);
    setRemoving(null);
    setSaid(said);
  };

  return (
    <Page
      title={words.roles.title}
      intro={words.roles.intro}
      actions={may["Mutation.createRole"] && <button className="primary" onClick={() => setChanging("new")}>{words.roles.create}</button>}
    >
      <p role="status" className="said">{said}</p>
      <Faults error={error} />
      {!data && !error && <Loading />}
      <ul className="cards" data-testid="roles">
        {data?.roles?.map((role) => (
          <li className="card" key={role.id}>
            <h2>{role.name} {role.builtIn && <span className="tag">{words.roles.builtIn}</span>}</h2>
            {descriptionOf(role, words) && <p>{descriptionOf(role, words)}</p>}
            <Permissions of={role.permissions} none={words.roles.nothing} />
            {!role.builtIn && (
              <div className="buttons">
                {may["Mutation.updateRole"] && (
                  <button aria-label={words.roles.editOf(role.name)} onClick={() => setChanging(role)}>{words.roles.edit}</button>
                )}
                {may["Mutation.deleteRole"] && (
                  <button className="danger" aria-label={words.roles.removeOf(role.name)} onClick={() => setRemoving(role)}>{words.roles.remove}</button>
                )}
              </div>
            )}
          </li>
        ))}
      </ul>
      {changing && <RoleDialog role={changing === "new" ? null : changing} held={held} onClose={close} />}
      {removing && <RemoveRole role={removing} onClose={close} />}
    </Page>
  );
}

function RoleDialog({ role, held, onClose }: { role: Role | null; held: readonly Permission[]; onClose: (said?: string) => void }) {
  const words = useWords();
  const client = useApolloClient();
  const { act, error, busy } = useAct();
  const [name, setName] = useState("");
  const [description, setDescription] = useState(role?.description ?? "");
  const [permissions, setPermissions] = useState(() => new Set(role?.permissions));
  const faults = useId();
  const all = Object.keys(words.permission) as Permission[];

  function toggle(permission: Permission) {
    const changed = new Set(permissions);
    if (!changed.delete(permission)) {
      changed.add(permission);
    }
    setPermissions(changed);
  }
  async function save() {
    const input = { description: description.trim() || null, permissions: all.filter((each) => permissions.has(each)) };
    const done = role
      ? await act(UpdateRoleDocument, { id: role.id, input })
      : await act(CreateRoleDocument, { input: { ...input, name: name.trim() } });
    if (done) {
      await client.refetchQueries({ include: [RolesDocument] });
      onClose(role ? words.roles.editedNow(role.name) : words.roles.createdNow(name.trim()));
    }
  }

  return (
    <Dialog title={role ? words.roles.editOf(role.name) : words.roles.create} onClose={() => onClose()}>
      <form onSubmit={(event) => { event.preventDefault(); void save(); }}>
        {!role && (
          <Field label={words.roles.name} hint={words.roles.nameHint} error={error} field="input.name">
            {(described) => (
              <input {...described} value={name} required autoComplete="off" autoCapitalize="off" spellCheck={false} onChange={(event) => setName(event.target.value)} />
            )}
          </Field>
        )}
        <Field label={words.roles.description} error={error} field="input.description">
          {(described) => <input {...described} value={description} onChange={(event) => setDescription(event.target.value)} />}
        </Field>
        <fieldset aria-describedby={faults}>
          <legend>{words.roles.permissionsOf}</legend>
          {all.map((permission) => {
            const closed = !held.includes(permission) && !permissions.has(permission);
            return (
              <label className="check" key={permission}>
                <input type="checkbox" checked={permissions.has(permission)} disabled={closed} onChange={() => toggle(permission)} />
                <span>{words.permission[permission]} {closed && <small>{words.roles.unheld}</small>}</span>
              </label>
            );
          })}
        </fieldset>
        <FieldFaults id={faults} error={error} field="input.permissions" />
        <Faults error={error} fields={["input.name", "input.description", "input.permissions"]} />
        <FormButtons busy={busy} submit={words.accounts.save} onCancel={() => onClose()} />
      </form>
    </Dialog>
  );
}

function RemoveRole({ role, onClose }: { role: Role; onClose: (said?: string) => void }) {
  const words = useWords();
  const client = useApolloClient();
  const { act, error, busy } = useAct();

  async function remove() {
    if (await act(DeleteRoleDocument, { id: role.id })) {
      await client.refetchQueries({ include: [RolesDocument] });
      onClose(words.roles.removedNow(role.name));
    }
  }

  return (
    <Dialog title={words.roles.removeTitle(role.name)} onClose={() => onClose()}>
      <form onSubmit={(event) => { event.preventDefault(); void remove(); }}>
        <p>{words.roles.removeWhat}</p>
        <Faults error={error} />
        <FormButtons busy={busy} submit={words.roles.remove} danger onCancel={() => onClose()} />
      </form>
    </Dialog>
  );
}
