import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { session } from "../client";
import { useUnreachable } from "../components/reachabilitybanner";
import { mailPageOf } from "../router/mailpage";
import { Home } from "./home";
import { RequestPasswordReset } from "./requestpasswordreset";
import { ResetPassword } from "./resetpassword";
import { SignIn } from "./signin";
import { Unavailable } from "./unavailable";

/**
 * Root of the console. After the end of a session the pages of the account stay hidden behind the sign-in form, so that typed text
 * returns with the next sign-in. Another account gets new pages. A sign-out by the user removes the pages. The pages of mailed links
 * are the same with and without a session.
 */
export function App() {
  const { t } = useTranslation();
  const unreachable = useUnreachable();
  const { kind, userId, notice } = useSyncExternalStore(session.subscribe, session.state);
  const mailPage = mailPageOf(useLocation()[0]);
  if (kind === "starting") {
    return <main className="starting" aria-busy="true">{unreachable ?? t("starting")}</main>;
  }
  return (
    <>
      {userId !== null && (
        <div hidden={kind === "signedOut" || mailPage !== null}>
          <Home key={userId} live={kind === "signedIn" && mailPage === null} />
        </div>
      )}
      {mailPage === "request-password-reset" && <RequestPasswordReset />}
      {mailPage === "reset-password" && <ResetPassword />}
      {mailPage === "unavailable" && <Unavailable />}
      {kind === "signedOut" && mailPage === null && <SignIn notice={notice} />}
    </>
  );
}
