import { useSyncExternalStore } from "react";
import { session } from "../client";
import { Home } from "./home";
import { SignIn } from "./signin";

/**
 * When a session ends by itself, the page of its account stays, unseen, under the sign-in form: what was typed is there
 * again after signing in. Another account gets a page of its own, and whoever signs out leaves nothing behind.
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
          <Home key={userId} live={kind === "signedIn"} waiting={retrying} />
        </div>
      )}
      {kind === "signedOut" && <SignIn notice={notice} />}
    </>
  );
}
