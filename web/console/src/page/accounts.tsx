import { useQuery } from "@apollo/client/react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { ErrorMessages } from "../components/errormessage";
import { Page } from "../components/page";
import { Pager, pageArguments } from "../components/pager";
import { usePermissions } from "../components/permissions";
import { Loading } from "../components/reachabilitybanner";
import { Time } from "../components/time";
import { RolesDocument, UsersDocument } from "../generated/operation";
import type { UserOrder } from "../generated/schema";
import type { User } from "../operation/type";
import { firstPage, useFilter, useFilterText } from "../router/filter";
import { accountPath } from "../router/location";

/** Number of accounts on a page. */
const SIZE = 25;

const states = { any: null, active: false, suspended: true } as const;
type State = keyof typeof states;

/** Sortable columns. The first direction of a name is ascending, of a time descending. */
const orders = { name: "NAME", address: "EMAIL", lastSignIn: "LAST_SIGN_IN", created: "CREATED_AT" } as const satisfies Record<string, UserOrder["field"]>;
type Order = keyof typeof orders;
const firstDirections: Record<Order, UserOrder["direction"]> = { name: "ASC", address: "ASC", lastSignIn: "DESC", created: "DESC" };

export function Accounts() {
  const { t } = useTranslation();
  const allowed = usePermissions();
  const [filter, changeFilter] = useFilter();
  const [query, setQuery] = useFilterText("q", firstPage);
  const state = oneOf(states, filter.get("state")) ?? "any";
  const order = oneOf(orders, filter.get("sort")) ?? "created";
  const direction = filter.get("direction") === "asc" ? "ASC" : filter.get("direction") === "desc" ? "DESC" : firstDirections[order];
  const role = filter.get("role") ?? "";
  const variables = {
    filter: { query: filter.get("q") || null, role: role || null, suspended: states[state] },
    orderBy: { field: orders[order], direction },
    ...pageArguments(filter, SIZE),
  };
  const { data: roles } = useQuery(RolesDocument, { skip: !allowed["Query.roles"] });
  const { data, previousData, error, loading } = useQuery(UsersDocument, { variables, fetchPolicy: "cache-and-network" });
  const users = (data ?? previousData)?.users;

  function sort(by: Order) {
    const turned = by === order ? (direction === "ASC" ? "DESC" : "ASC") : firstDirections[by];
    changeFilter({ ...firstPage, sort: by, direction: turned.toLowerCase() });
  }
  const column = (by: Order) => (
    <th scope="col" aria-sort={by !== order ? "none" : direction === "ASC" ? "ascending" : "descending"} className={by}>
      <button type="button" className="sort" onClick={() => sort(by)}>{t(`accounts.${by}`)}</button>
    </th>
  );

  return (
    <Page title={t("accounts.title")} intro={users && (users.totalCount === null ? t("accounts.countMany") : t("accounts.count", { count: users.totalCount }))} ready={Boolean(users)}>
      <section className="card">
        <form className="filters" role="search" onSubmit={(event) => event.preventDefault()}>
          <label className="grow">
            {t("accounts.search")}
            <input type="search" name="query" value={query} placeholder={t("accounts.searchHint")} onChange={(event) => setQuery(event.target.value)} />
          </label>
          <label>
            {t("accounts.state")}
            <select value={state} onChange={(event) => changeFilter({ ...firstPage, state: event.target.value === "any" ? null : event.target.value })}>
              {(Object.keys(states) as State[]).map((name) => <option key={name} value={name}>{t(`accounts.${name}`)}</option>)}
            </select>
          </label>
          {roles?.roles && (
            <label>
              {t("accounts.role")}
              <select value={role} onChange={(event) => changeFilter({ ...firstPage, role: event.target.value })}>
                <option value="">{t("accounts.any")}</option>
                {roles.roles.map(({ id, name }) => <option key={id}>{name}</option>)}
              </select>
            </label>
          )}
          <label className="only-narrow">
            {t("accounts.sort")}
            <select
              value={`${order} ${direction}`}
              onChange={(event) => {
                const [sort = "", direction = ""] = event.target.value.split(" ");
                changeFilter({ ...firstPage, sort, direction: direction.toLowerCase() });
              }}
            >
              {(Object.keys(orders) as Order[]).flatMap((by) => (["ASC", "DESC"] as const).map((each) => (
                <option key={`${by} ${each}`} value={`${by} ${each}`}>
                  {t(`accounts.${by}`)}, {each === "ASC" ? t("accounts.ascending") : t("accounts.descending")}
                </option>
              )))}
            </select>
          </label>
        </form>
        <ErrorMessages error={error} />
        {users && users.edges.length > 0 && (
          <table className="accounts" data-testid="accounts" aria-busy={loading}>
            <thead>
              <tr>
                {column("name")}
                {column("address")}
                <th scope="col">{t("accounts.roles")}</th>
                <th scope="col">{t("accounts.state")}</th>
                {column("lastSignIn")}
                {column("created")}
              </tr>
            </thead>
            <tbody>{users.edges.map(({ node }) => node && <Row key={node.id} user={node} />)}</tbody>
          </table>
        )}
        {users?.edges.length === 0 && <p className="dim">{t("nothing")}</p>}
        {!users && loading && <Loading />}
        {users && <Pager info={users.pageInfo} busy={loading} />}
      </section>
    </Page>
  );
}

function Row({ user }: { user: User }) {
  const { t } = useTranslation();
  const roles = user.roles?.filter((role) => role !== "user") ?? [];
  return (
    <tr>
      <th scope="row" className="name">
        <Link href={accountPath(user.id)} title={user.displayName ?? undefined}>
          {user.displayName || <span className="dim">{t("accounts.unnamed")}</span>}
        </Link>
      </th>
      <td className="address" title={user.email ?? undefined}>{user.email}</td>
      <td className="roles">{roles.map((role) => <span className="tag" key={role} title={role}>{role}</span>)}</td>
      <td className="state">
        {user.suspendedAt ? <span className="tag bad">{t("accounts.suspended")}</span> : <span className="dim">{t("accounts.active")}</span>}
      </td>
      <td className="time">
        <span className="only-narrow dim">{t("accounts.lastSignIn")}: </span>
        {user.lastSignInAt ? <Time of={user.lastSignInAt} /> : <span className="dim">{t("never")}</span>}
      </td>
      <td className="time created"><Time of={user.createdAt} only="day" /></td>
    </tr>
  );
}

function oneOf<T extends object>(table: T, name: string | null): keyof T | null {
  return name !== null && Object.hasOwn(table, name) ? (name as keyof T) : null;
}
