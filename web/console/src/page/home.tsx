import { useMutation, useQuery } from "@apollo/client/react";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link, useRoute } from "wouter";
import { session } from "../client";
import { LanguageSwitch } from "../components/languageswitch";
import { type AllowedFields, guardedFields, PermissionsContext, permissionsOf } from "../components/permissions";
import { nameOf } from "../components/personname";
import { ReachabilityBanner, useUnreachable } from "../components/reachabilitybanner";
import { SessionFeed, useSessionEvents } from "../components/sessionfeed";
import { SignedInContext } from "../components/signedin";
import { StepUpProvider } from "../components/stepup";
import { LogoutDocument, MeDocument } from "../generated/operation";
import type { Translation } from "../i18n/i18n";
import type { Me } from "../operation/type";
import { AccountPage } from "./account";
import { Accounts } from "./accounts";
import { Audit } from "./audit";
import { Policy } from "./policy";
import { Profile } from "./profile";
import { Roles } from "./roles";
import { Sessions } from "./sessions";

type Name = Exclude<keyof Translation["nav"], "label">;

const pages: { name: Name; shown: (allowed: AllowedFields) => boolean; page: (me: Me, signOut: () => void, id?: string) => ReactNode }[] = [
  { name: "profile", shown: () => true, page: (me) => <Profile me={me} /> },
  { name: "sessions", shown: () => true, page: (_, signOut) => <Sessions onEverywhere={signOut} /> },
  {
    name: "accounts",
    shown: (allowed) => allowed["Query.users"],
    page: (_me, _signOut, id) => (id ? <AccountPage key={id} id={id} /> : <Accounts />),
  },
  { name: "roles", shown: (allowed) => allowed["Query.roles"], page: (me) => <Roles me={me} /> },
  { name: "audit", shown: (allowed) => allowed["Query.auditEvents"], page: () => <Audit /> },
  { name: "policy", shown: (allowed) => allowed["Query.policy"], page: () => <Policy /> },
];

/** Pages of a signed-in account, with the navigation. While `live` is false, the hidden pages keep typed text. */
export function Home({ live }: { live: boolean }) {
  const { t } = useTranslation();
  const main = useRef<HTMLElement>(null);
  const nav = useRef<HTMLElement>(null);
  const [, params] = useRoute("/:page/:id?");
  const { data } = useQuery(MeDocument, { skip: !live, variables: { fields: [...guardedFields] } });
  const [logout] = useMutation(LogoutDocument);
  const unreachable = useUnreachable();
  const feed = useSessionEvents(live);
  const last = useRef<{ me: Me; allowed: AllowedFields }>(null);
  if (data?.me) {
    last.current = { me: data.me, allowed: permissionsOf(data.can) };
  }
  const loaded = last.current;
  const open = pages.filter(({ shown }) => loaded && shown(loaded.allowed));
  const current = open.find(({ name }) => name === params?.page) ?? open[0];
  // On a phone the navigation is one line, wider than the screen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the element with aria-current changes with the page
  useEffect(() => {
    nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [current]);

  function signOut(scope: "CURRENT" | "ALL") {
    return session.signOut(
      async (signal) => Boolean((await logout({ variables: { scope }, context: { fetchOptions: { signal } } })).data?.logout),
      { done: scope === "ALL" ? "everywhere" : "signedOut", unanswered: "here" },
    );
  }

  if (!loaded || !current) {
    return <main className="starting" aria-busy="true">{unreachable ?? t("starting")}</main>;
  }
  return (
    <SignedInContext value={live}>
      <PermissionsContext value={loaded.allowed}>
        <StepUpProvider email={loaded.me.email}>
          <SessionFeed value={feed}>
            {/* biome-ignore lint/a11y/useValidAnchor: a skip link; its hash would be a location of the router */}
            <a className="skip" href="#main" onClick={(event) => { event.preventDefault(); main.current?.focus(); }}>{t("skip")}</a>
            <header className="bar">
              <img src="./icon.svg" alt="" width="28" height="28" />
              <strong>{t("product")}</strong>
              <span className="who" title={nameOf(loaded.me)}>{nameOf(loaded.me)}</span>
              <LanguageSwitch />
              <button type="button" onClick={() => void signOut("CURRENT")}>{t("signIn.signOut")}</button>
            </header>
            <ReachabilityBanner />
            <div className="shell">
              <nav ref={nav} aria-label={t("nav.label")}>
                {open.map(({ name }) => (
                  <Link key={name} href={`/${name}`} aria-current={name === current.name ? "page" : undefined}>{t(`nav.${name}`)}</Link>
                ))}
              </nav>
              <main id="main" ref={main} tabIndex={-1} key={current.name}>
                {current.page(loaded.me, () => void signOut("ALL"), params?.id)}
              </main>
            </div>
          </SessionFeed>
        </StepUpProvider>
      </PermissionsContext>
    </SignedInContext>
  );
}
