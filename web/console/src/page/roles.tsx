import { useApolloClient, useQuery } from "@apollo/client/react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "../components/dialog";
import { ErrorMessages, FieldErrors } from "../components/errormessage";
import { Field } from "../components/field";
import { FormButtons } from "../components/formbuttons";
import { Page } from "../components/page";
import { PermissionList } from "../components/permissionlist";
import { usePermissions } from "../components/permissions";
import { Loading } from "../components/reachabilitybanner";
import { roleDescription } from "../components/roledescription";
import { useStepUpMutation } from "../components/stepupmutation";
import { CreateRoleDocument, DeleteRoleDocument, RolesDocument, UpdateRoleDocument } from "../generated/operation";
import type { Permission } from "../generated/schema";
import { en } from "../i18n/en";
import type { Me, Role } from "../operation/type";

export function Roles({ me }: { me: Me }) {
  const { t } = useTranslation();
  const allowed = usePermissions();
  const { data, error } = useQuery(RolesDocument, { fetchPolicy: "cache-and-network" });
  const [changing, setChanging] = useState<Role | "new" | null>(null);
  const [removing, setRemoving] = useState<Role | null>(null);
  const [status, setStatus] = useState("");
  const held = me.permissions ?? [];

  const close = (status = "") => {
    setChanging(null);
    setRemoving(null);
    setStatus(status);
  };

  return (
    <Page
      title={t("roles.title")}
      intro={t("roles.intro")}
      actions={allowed["Mutation.createRole"] && <button type="button" className="primary" onClick={() => setChanging("new")}>{t("roles.create")}</button>}
    >
      <p role="status" className="said">{status}</p>
      <ErrorMessages error={error} />
      {!data && !error && <Loading />}
      <ul className="cards" data-testid="roles">
        {data?.roles?.map((role) => (
          <li className="card" key={role.id}>
            <h2>{role.name} {role.builtIn && <span className="tag">{t("roles.builtIn")}</span>}</h2>
            {roleDescription(role) && <p>{roleDescription(role)}</p>}
            <PermissionList of={role.permissions} none={t("roles.nothing")} />
            {!role.builtIn && (
              <div className="buttons">
                {allowed["Mutation.updateRole"] && (
                  <button type="button" aria-label={t("roles.editOf", { name: role.name })} onClick={() => setChanging(role)}>{t("roles.edit")}</button>
                )}
                {allowed["Mutation.deleteRole"] && (
                  <button type="button" className="danger" aria-label={t("roles.removeOf", { name: role.name })} onClick={() => setRemoving(role)}>{t("roles.remove")}</button>
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

function RoleDialog({ role, held, onClose }: { role: Role | null; held: readonly Permission[]; onClose: (status?: string) => void }) {
  const { t } = useTranslation();
  const client = useApolloClient();
  const { mutate, error, busy } = useStepUpMutation();
  const [name, setName] = useState("");
  const [description, setDescription] = useState(role?.description ?? "");
  const [permissions, setPermissions] = useState(() => new Set(role?.permissions));
  const faults = useId();
  const all = Object.keys(en.permission) as Permission[];

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
      ? await mutate(UpdateRoleDocument, { id: role.id, input })
      : await mutate(CreateRoleDocument, { input: { ...input, name: name.trim() } });
    if (done) {
      await client.refetchQueries({ include: [RolesDocument] });
      onClose(role ? t("roles.changed", { name: role.name }) : t("roles.created", { name: name.trim() }));
    }
  }

  return (
    <Dialog title={role ? t("roles.editOf", { name: role.name }) : t("roles.create")} onClose={() => onClose()}>
      <form onSubmit={(event) => { event.preventDefault(); void save(); }}>
        {!role && (
          <Field label={t("roles.name")} hint={t("roles.nameHint")} error={error} field="input.name">
            {(described) => (
              <input {...described} value={name} required autoComplete="off" autoCapitalize="off" spellCheck={false} onChange={(event) => setName(event.target.value)} />
            )}
          </Field>
        )}
        <Field label={t("roles.description")} error={error} field="input.description">
          {(described) => <input {...described} value={description} onChange={(event) => setDescription(event.target.value)} />}
        </Field>
        <fieldset aria-describedby={faults}>
          <legend>{t("roles.permissionsOf")}</legend>
          {all.map((permission) => {
            const closed = !held.includes(permission) && !permissions.has(permission);
            return (
              <label className="check" key={permission}>
                <input type="checkbox" checked={permissions.has(permission)} disabled={closed} onChange={() => toggle(permission)} />
                <span>{t(`permission.${permission}`)} {closed && <small>{t("roles.notHeld")}</small>}</span>
              </label>
            );
          })}
        </fieldset>
        <FieldErrors id={faults} error={error} field="input.permissions" />
        <ErrorMessages error={error} fields={["input.name", "input.description", "input.permissions"]} />
        <FormButtons busy={busy} submit={t("accounts.save")} onCancel={() => onClose()} />
      </form>
    </Dialog>
  );
}

function RemoveRole({ role, onClose }: { role: Role; onClose: (status?: string) => void }) {
  const { t } = useTranslation();
  const client = useApolloClient();
  const { mutate, error, busy } = useStepUpMutation();

  async function remove() {
    if (await mutate(DeleteRoleDocument, { id: role.id })) {
      await client.refetchQueries({ include: [RolesDocument] });
      onClose(t("roles.deleted", { name: role.name }));
    }
  }

  return (
    <Dialog title={t("roles.removeTitle", { name: role.name })} onClose={() => onClose()}>
      <form onSubmit={(event) => { event.preventDefault(); void remove(); }}>
        <p>{t("roles.removeEffect")}</p>
        <ErrorMessages error={error} />
        <FormButtons busy={busy} submit={t("roles.remove")} danger onCancel={() => onClose()} />
      </form>
    </Dialog>
  );
}
