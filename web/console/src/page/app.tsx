import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { session } from "../client";
import { useUnreachable } from "../components/reachabilitybanner";
import { Home } from "./home";
import { SignIn } from "./signin";

/**
 * Root of the console. After the end of a session the pages of the account stay hidden behind the sign-in form, so that typed text
 * returns with the next sign-in. Another account gets new pages. A sign-out by the user removes the pages.
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
