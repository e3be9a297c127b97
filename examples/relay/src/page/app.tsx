import { useEffect, useState, useSyncExternalStore } from "react";
import { RelayEnvironmentProvider } from "react-relay";
import { fetchQuery, type Environment } from "relay-runtime";
import { createEnvironment, session } from "../environment";
import { Home, HOME } from "./home";
import { SignIn } from "./signin";

/**
 * When a session ends by itself, the page of its account stays, unseen, under the sign-in form: what was typed is there
 * again after signing in. Another account gets a page and a store of its own, and whoever signs out leaves nothing behind.
 */
export function App() {
  const { kind, who, notice, waiting } = useSyncExternalStore(session.subscribe, session.state);
  if (kind === "starting") {
    return <main className="starting" aria-busy="true">{waiting ? "The server can’t be reached. Trying again…" : ""}</main>;
  }
  return (
    <>
      {who !== null && (
        <div hidden={kind === "out"}>
          <Account key={who} live={kind === "in"} waiting={waiting} />
        </div>
      )}
      {kind === "out" && <SignIn notice={notice} />}
    </>
  );
}

const missed = (environment: Environment) => {
  fetchQuery(environment, HOME, {}, { networkCacheConfig: { force: true } }).subscribe({ error: () => {} });
};

function Account({ live, waiting }: { live: boolean; waiting: boolean }) {
  const [{ environment, close }] = useState(() => createEnvironment(missed));
  useEffect(() => close, [close]);
  return (
    <RelayEnvironmentProvider environment={environment}>
      <Home live={live} waiting={waiting} />
    </RelayEnvironmentProvider>
  );
}
