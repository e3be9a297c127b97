import type { Me } from "../operation/type";
import { Page } from "../part/page";
import { Permissions } from "../part/permissions";
import { Time } from "../part/time";
import { useWords } from "../words/language";

export function Profile({ me }: { me: Me }) {
  const words = useWords();
  return (
    <Page title={words.profile.title}>
      <section className="card">
        <h2>{words.profile.account}</h2>
        <dl>
          <dt>{words.signIn.email}</dt>
          <dd>
            {me.email}{" "}
            {me.emailConfirmed && <span className="tag good">{words.profile.confirmed}</span>}
          </dd>
          <dt>{words.signIn.name}</dt>
          <dd>{me.displayName || <span className="dim">{words.accounts.unnamed}</span>}</dd>
          <dt>{words.profile.since}</dt>
          <dd><Time of={me.createdAt} only="date" /></dd>
          <dt>{words.profile.roles}</dt>
          <dd>{me.roles?.map((role) => <span className="tag" key={role}>{role}</span>)}</dd>
          <dt>{words.profile.id}</dt>
          <dd><code>{me.id}</code></dd>
        </dl>
      </section>
      <section className="card">
        <h2>{words.profile.may}</h2>
        <Permissions of={me.permissions ?? []} none={words.profile.nothing} />
      </section>
    </Page>
  );
}
