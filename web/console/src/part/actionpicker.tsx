import { useEffect, useId, useRef, useState } from "react";
import { actionGroups, type ActionGroup } from "./actions";
import { useWords } from "../words/language";

/** Actions that the server takes in one filter. */
const MOST = 20;
/** Form of an action's name. Newer servers may write down some that this page has no words for. */
const NAME = /^[a-z]+\.[a-z_]+$/;

/** Chooses actions of the audit log from the known ones, which are found by their words and their names. */
export function ActionPicker({ chosen, onChoose }: { chosen: readonly string[]; onChoose: (actions: string[]) => void }) {
  const words = useWords();
  const panel = useId();
  const root = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const [sought, setSought] = useState("");
  useEffect(() => {
    if (!open) {
      return;
    }
    const outside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) {
        setOpen(false);
      }
    };
    document.addEventListener("pointerdown", outside);
    document.addEventListener("focusin", outside);
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("focusin", outside);
    };
  }, [open]);

  const names: Record<string, string> = words.action;
  const text = sought.trim().toLowerCase();
  const known = Object.values(actionGroups).flat() as string[];
  const matches = (action: string) => `${action} ${names[action] ?? ""}`.toLowerCase().includes(text);
  const others = [...new Set([...chosen.filter((each) => !known.includes(each)), ...(NAME.test(text) && !known.some(matches) ? [text] : [])])];
  const full = chosen.length >= MOST;

  function toggle(action: string) {
    onChoose(chosen.includes(action) ? chosen.filter((each) => each !== action) : [...chosen, action]);
  }
  const option = (action: string, name: string) => (
    <label className="check" key={action}>
      <input type="checkbox" checked={chosen.includes(action)} disabled={full && !chosen.includes(action)} onChange={() => toggle(action)} />
      <span>{name} {names[action] && <code>{action}</code>}</span>
    </label>
  );
  const label = chosen.length === 0 ? words.audit.actionsAll : chosen.length === 1 ? (names[chosen[0]!] ?? chosen[0]!) : words.audit.actionsSome(chosen.length);
  return (
    <div
      className="grow picker"
      ref={root}
      onKeyDown={(event) => {
        if (event.key === "Escape" && open) {
          setOpen(false);
          root.current?.querySelector("button")?.focus();
        }
      }}
    >
      <span className="caption" id={`${panel}-caption`}>{words.audit.actions}</span>
      <button type="button" className="select" aria-expanded={open} aria-controls={panel} aria-labelledby={`${panel}-caption ${panel}-label`} onClick={() => setOpen(!open)}>
        <span id={`${panel}-label`}>{label}</span>
      </button>
      <div id={panel} className="panel" hidden={!open}>
        <label>
          {words.audit.actionsFind}
          <input type="search" value={sought} placeholder={words.audit.actionsHint} spellCheck={false} autoCapitalize="off" autoComplete="off" onChange={(event) => setSought(event.target.value)} />
        </label>
        {(Object.keys(actionGroups) as ActionGroup[]).map((group) => {
          const found = actionGroups[group].filter(matches);
          return found.length > 0 && (
            <fieldset key={group}>
              <legend>{words.actionGroup[group]}</legend>
              {found.map((action) => option(action, words.action[action]))}
            </fieldset>
          );
        })}
        {others.map((action) => option(action, words.audit.actionsTyped(action)))}
        {!known.some(matches) && others.length === 0 && <p className="dim">{words.nothing}</p>}
        {full && <p className="dim">{words.audit.actionsFull}</p>}
        {chosen.length > 0 && <button type="button" className="quiet" onClick={() => onChoose([])}>{words.audit.actionsClear}</button>}
      </div>
    </div>
  );
}
