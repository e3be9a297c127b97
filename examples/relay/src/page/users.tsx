import { useState, useTransition, type SubmitEvent } from "react";
import { graphql, usePaginationFragment } from "react-relay";
import type { usersPageQuery } from "../__generated__/usersPageQuery.graphql";
import type { users_query$key } from "../__generated__/users_query.graphql";

const PAGE = 5;

/** The accounts, for those who may see them. To anybody else the whole connection is denied, and the fragment throws. */
export function Users({ query }: { query: users_query$key }) {
  const [text, setText] = useState("");
  const [pending, start] = useTransition();
  const { data, hasNext, isLoadingNext, loadNext, refetch } = usePaginationFragment<usersPageQuery, users_query$key>(
    graphql`
      fragment users_query on Query
      @throwOnFieldError
      @refetchable(queryName: "usersPageQuery")
      @argumentDefinitions(
        count: { type: "Int", defaultValue: 5 }
        cursor: { type: "String" }
        filter: { type: "UserFilter" }
      ) {
        users(first: $count, after: $cursor, filter: $filter) @connection(key: "users_users") {
          totalCount
          edges {
            node {
              id
              displayName
              email
              roles
            }
          }
        }
      }
    `,
    query,
  );
  function search(event: SubmitEvent) {
    event.preventDefault();
    start(() => void refetch({ count: PAGE, filter: { query: text.trim() || null } }));
  }

  const users = (data.users?.edges ?? []).flatMap(({ node }) => node ?? []);

  return (
    <section className="card" aria-busy={pending}>
      <h2>Accounts <small>{data.users?.totalCount}</small></h2>
      <form role="search" onSubmit={search}>
        <label>
          Beginning of an address or a name
          <input name="query" type="search" value={text} onChange={(event) => setText(event.target.value)} />
        </label>
        <button>Search</button>
      </form>
      <ul className="answers" data-testid="users">
        {users.map((each) => (
          <li key={each.id} data-user={each.id}>
            <span>{each.displayName ? `${each.displayName} · ` : ""}{each.email}</span>
            <span>{each.roles?.map((role) => <span className="tag" key={role}>{role}</span>)}</span>
          </li>
        ))}
      </ul>
      {hasNext && <button disabled={isLoadingNext} onClick={() => loadNext(PAGE)}>More accounts</button>}
    </section>
  );
}
