import { useQuery } from "@apollo/client/react";
import { useState } from "react";
import { ROLES } from "../operation/role";
import { USERS, type User } from "../operation/user";
import { Faults } from "../part/fault";
import { useMay } from "../part/may";
import { Page } from "../part/page";
import { useSettled } from "../part/settled";
import { Time } from "../part/time";
import { to } from "../router";
import { useWords } from "../words/language";

const states = { any: null, active: false, suspended: true } as const;

export function Accounts() {
  const words = useWords();
  const may = useMay();
  const [query, setQuery] = useState("");
  const [state, setState] = useState<keyof typeof states>("any");
  const [role, setRole] = useState("");
  const filter = { query: useSettled(query) || null, role: role || null, suspended: states[state] };
  const { data: roles } = useQuery(ROLES, { skip: !may["Query.roles"] });
  const { data, previousData, error, fetchMore, loading } = useQuery(USERS, { variables: { filter }, fetchPolicy: "cache-and-network" });
  const users = (data ?? previousData)?.users;

  return (
    <Page title={words.accounts.title} intro={users && words.accounts.count(users.totalCount)}>
      <section className="card">
        <form className="filters" role="search" onSubmit={(event) => event.preventDefault()}>
          <label className="grow">
            {words.accounts.search}
            <input type="search" name="query" value={query} placeholder={words.accounts.searchHint} onChange={(event) => setQuery(event.target.value)} />
          </label>
          <label>
            {words.accounts.state}
            <select value={state} onChange={(event) => setState(event.target.value as keyof typeof states)}>
              {(Object.keys(states) as (keyof typeof states)[]).map((name) => <option key={name} value={name}>{words.accounts[name]}</option>)}
            </select>
          </label>
          {roles?.roles && (
            <label>
              {words.accounts.role}
              <select value={role} onChange={(event) => setRole(event.target.value)}>
                <option value="">{words.accounts.any}</option>
                {roles.roles.map(({ id, name }) => <option key={id}>{name}</option>)}
              </select>
            </label>
          )}
        </form>
        <Faults error={error} />
        <ul className="rows accounts" data-testid="accounts" aria-busy={loading}>
          {users?.edges.map(({ node }) => node && <Row key={node.id} user={node} />)}
        </ul>
        {users?.edges.length === 0 && <p className="dim">{words.nothing}</p>}
        {!users && loading && <p className="dim">{words.loading}</p>}
        {users?.pageInfo.hasNextPage && (
          <button disabled={loading} onClick={() => void fetchMore({ variables: { after: users.pageInfo.endCursor } })}>{words.more}</button>
        )}
      </section>
    </Page>
  );
}

function Row({ user }: { user: User }) {
  const words = useWords();
  return (
    <li>
      <a href={to("accounts", user.id)}>
        <strong>{user.displayName || user.email}</strong>
        <small>{user.displayName && user.email}</small>
      </a>
      <span>
        {user.suspendedAt && <span className="tag bad">{words.accounts.suspended}</span>}
        {user.roles?.filter((role) => role !== "user").map((role) => <span className="tag" key={role}>{role}</span>)}
      </span>
      <small><Time of={user.createdAt} only="date" /></small>
    </li>
  );
}
