import { useMutation, useQuery } from "@apollo/client/react";
import { UNANSWERED_NOTICE } from "../../../../clients/js/session";
import { session } from "../client";
import { LOGOUT, ME } from "../operation";
import { Ask } from "./ask";
import { Sessions } from "./sessions";
import { useOnline } from "./online";

/** `live`: whether its account is signed in. Otherwise the page only keeps what was typed. */
export function Home({ live, waiting }: { live: boolean; waiting: boolean }) {
  const { data } = useQuery(ME, { skip: !live, errorPolicy: "all" });
  const [logout] = useMutation(LOGOUT, { errorPolicy: "all" });
  const online = useOnline();
  const me = data?.me;

  function signOut(scope: "CURRENT" | "ALL") {
    return session.signOut(
      async (signal) => Boolean((await logout({ variables: { scope }, context: { fetchOptions: { signal } } })).data?.logout),
      { done: scope === "ALL" ? "Signed out everywhere" : "Signed out", unanswered: UNANSWERED_NOTICE },
    );
  }

  return (
    <>
      <header className="bar">
        <img src="/icon.svg" alt="" width="28" height="28" />
        <strong>Your sessions</strong>
        <span className="who">{me?.displayName || me?.email}</span>
        <button onClick={() => void signOut("CURRENT")}>Sign out</button>
      </header>
      {(waiting || !online) && (
        <p className="banner" role="status">
          {online ? "The server can’t be reached. Trying again…" : "You are offline. The page goes on when the network is back."}
        </p>
      )}
      <main className="home">
        <section className="card">
          <h2>Account</h2>
          {me ? (
            <dl>
              <dt>Email</dt><dd data-testid="email">{me.email}</dd>
              <dt>Name</dt><dd>{me.displayName || "—"}</dd>
              <dt>Since</dt><dd>{new Date(me.createdAt).toLocaleDateString(undefined, { dateStyle: "long" })}</dd>
              <dt>Roles</dt><dd>{me.roles?.map((role) => <span className="tag" key={role}>{role}</span>)}</dd>
            </dl>
          ) : (
            <p className="dim" aria-busy="true">Loading…</p>
          )}
        </section>
        <Sessions live={live} onEverywhere={() => void signOut("ALL")} />
        <Ask />
      </main>
    </>
  );
}
