import { type KeyboardEvent, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { Session, State } from "./session";
import { SignInForm } from "./signin";

/** Bar above the editor: the signed-in account, the lifetime of its token, sign-in and sign-out. */
export function Bar({ session }: { session: Session }) {
  const state = useSyncExternalStore(session.subscribe, session.state);
  const [open, setOpen] = useState(false);
  const toggle = useRef<HTMLButtonElement>(null);

  function close() {
    setOpen(false);
    toggle.current?.focus();
  }

  function closeOnEscape(event: KeyboardEvent) {
    if (event.key === "Escape" && open) {
      close();
    }
  }

  return (
    <header className="bar" onKeyDown={closeOnEscape}>
      <h1 className="brand">
        <img src="./favicon.svg" alt="" width="24" height="24" />
        <span>authgraph</span>
      </h1>
      <p className={state.signedIn ? "who signed-in" : "who"} role="status">
        {status(state)}
      </p>
      {state.expiresAt !== null && <Lifetime key={state.expiresAt} session={session} until={state.expiresAt} />}
      <button
        ref={toggle}
        type="button"
        className="account"
        aria-expanded={state.signedIn ? undefined : open}
        aria-controls={state.signedIn ? undefined : "signin"}
        onClick={state.signedIn ? () => session.signOut() : () => setOpen(!open)}
      >
        {state.signedIn ? "Sign out" : "Sign in"}
      </button>
      {open && !state.signedIn && <SignInForm session={session} done={close} />}
    </header>
  );
}

function status({ signedIn, who, notice }: State): string {
  if (!signedIn) {
    return notice ?? "Not signed in";
  }
  return notice ?? who ?? "Signed in";
}

/** Countdown outside the status region, because a screen reader would announce every second. */
function Lifetime({ session, until }: { session: Session; until: number }) {
  const [now, setNow] = useState(session.now);
  const left = Math.ceil((until - now) / 1000);

  useEffect(() => {
    const timer = setInterval(() => setNow(session.now()), 1000);
    return () => clearInterval(timer);
  }, [session]);

  return (
    <time className="lifetime" title="Until the access token expires">
      {clock(Math.max(left, 0))}
    </time>
  );
}

function clock(seconds: number): string {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h} h ${m} min` : `${m}:${String(s).padStart(2, "0")}`;
}
