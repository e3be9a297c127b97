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
  const { kind, userId, notice, retrying } = useSyncExternalStore(session.subscribe, session.state);
  if (kind === "starting") {
    return <main className="starting" aria-busy="true">{retrying ? "The server can’t be reached. Trying again…" : ""}</main>;
  }
  return (
    <>
      {userId !== null && (
        <div hidden={kind === "signedOut"}>
          <Account key={userId} live={kind === "signedIn"} waiting={retrying} />
        </div>
      )}
      {kind === "signedOut" && <SignIn notice={notice} />}
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
