import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { session } from "../client";
import { useUnreachable } from "../components/reachabilitybanner";
import { Home } from "./home";
import { SignIn } from "./signin";

/**
 * When a session ends by itself, the page of its account stays, unseen, under the sign-in form: what was typed is there
 * again after signing in. Another account gets a page of its own, and whoever signs out leaves nothing behind.
 */
export function App() {
  const { t } = useTranslation();
  const unreachable = useUnreachable();
  const { kind, userId, notice } = useSyncExternalStore(session.subscribe, session.state);
  if (kind === "starting") {
    return <main className="starting" aria-busy="true">{unreachable ?? t("starting")}</main>;
  }
  return (
    <>
      {userId !== null && (
        <div hidden={kind === "signedOut"}>
          <Home key={userId} live={kind === "signedIn"} />
        </div>
      )}
      {kind === "signedOut" && <SignIn notice={notice} />}
    </>
  );
}
