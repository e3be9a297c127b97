import { useMutation, useQuery } from "@apollo/client/react";
import { useEffect, useRef, type ReactNode } from "react";
import { session } from "../client";
import { LogoutDocument, MeDocument } from "../generated/operation";
import type { Me } from "../operation/type";
import { Alive } from "../part/alive";
import { LanguageSwitch } from "../part/languageswitch";
import { guardedFields, MayContext, mayOf, type May } from "../part/may";
import { nameOf } from "../part/personpicker";
import { ProveProvider } from "../part/prove";
import { ReachBanner, useUnreachable } from "../part/reachbanner";
import { SessionFeed, useSessionEvents } from "../part/sessionfeed";
import { to, useRoute } from "../router";
import type { Words } from "../words/en";
import { useWords } from "../words/language";
import { AccountPage } from "./account";
import { Accounts } from "./accounts";
import { Audit } from "./audit";
import { Policy } from "./policy";
import { Profile } from "./profile";
import { Roles } from "./roles";
import { Sessions } from "./sessions";

type Name = Exclude<keyof Words["nav"], "label">;

const pages: { name: Name; shown: (may: May) => boolean; page: (me: Me, signOut: () => void, rest: string[]) => ReactNode }[] = [
  { name: "profile", shown: () => true, page: (me) => <Profile me={me} /> },
  { name: "sessions", shown: () => true, page: (_, signOut) => <Sessions onEverywhere={signOut} /> },
  {
    name: "accounts",
    shown: (may) => may["Query.users"],
    page: (_me, _signOut, [id]) => (id ? <AccountPage key={id} id={id} /> : <Accounts />),
  },
  { name: "roles", shown: (may) => may["Query.roles"], page: (me) => <Roles me={me} /> },
  { name: "audit", shown: (may) => may["Query.auditEvents"], page: () => <Audit /> },
  { name: "policy", shown: (may) => may["Query.policy"], page: () => <Policy /> },
];

/** `live`: whether its account is signed in. Otherwise the page only keeps what was typed. */
export function Home({ live }: { live: boolean }) {
  const words = useWords();
  const main = useRef<HTMLElement>(null);
  const nav = useRef<HTMLElement>(null);
  const [first = "profile", ...rest] = useRoute();
  const { data } = useQuery(MeDocument, { skip: !live, variables: { fields: [...guardedFields] } });
  const [logout] = useMutation(LogoutDocument);
  const unreachable = useUnreachable();
  const feed = useSessionEvents(live);
  const last = useRef<{ me: Me; may: May }>(null);
  if (data?.me) {
    last.current = { me: data.me, may: mayOf(data.can) };
  }
  const known = last.current;
  const open = pages.filter(({ shown }) => known && shown(known.may));
  const current = open.find(({ name }) => name === first) ?? open[0];
  useEffect(() => {
    // On a phone the pages stand in one line, which is longer than the screen.
    nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [current]);

  function signOut(scope: "CURRENT" | "ALL") {
    return session.signOut(
      async (signal) => Boolean((await logout({ variables: { scope }, context: { fetchOptions: { signal } } })).data?.logout),
      { done: scope === "ALL" ? "everywhere" : "signedOut", unanswered: "here" },
    );
  }

  if (!known || !current) {
    return <main className="starting" aria-busy="true">{unreachable ?? words.starting}</main>;
  }
  return (
    <Alive value={live}>
      <MayContext value={known.may}>
        <ProveProvider email={known.me.email}>
          <SessionFeed value={feed}>
            <a className="skip" href="#main" onClick={(event) => { event.preventDefault(); main.current?.focus(); }}>{words.skip}</a>
            <header className="bar">
              <img src="./icon.svg" alt="" width="28" height="28" />
              <strong>{words.product}</strong>
              <span className="who" title={nameOf(known.me)}>{nameOf(known.me)}</span>
              <LanguageSwitch />
              <button onClick={() => void signOut("CURRENT")}>{words.signIn.signOut}</button>
            </header>
            <ReachBanner />
            <div className="shell">
              <nav ref={nav} aria-label={words.nav.label}>
                {open.map(({ name }) => (
                  <a key={name} href={to(name)} aria-current={name === current.name ? "page" : undefined}>{words.nav[name]}</a>
                ))}
              </nav>
              <main id="main" ref={main} tabIndex={-1} key={current.name}>
                {current.page(known.me, () => void signOut("ALL"), rest)}
              </main>
            </div>
          </SessionFeed>
        </ProveProvider>
      </MayContext>
    </Alive>
  );
}
