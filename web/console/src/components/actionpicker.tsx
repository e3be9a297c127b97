import { useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { textOf } from "../i18n/i18n";
import { type ActionGroup, actionGroups } from "./auditaction";

/** Maximum number of actions in a filter of the server. */
const MAX_ACTIONS = 20;
/** Form of an action's name. A newer server may have actions without a text here. */
const NAME = /^[a-z]+\.[a-z_]+$/;

/** Chooses actions of the audit log. The search covers their texts and their names. */
export function ActionPicker({ chosen, onChoose }: { chosen: readonly string[]; onChoose: (actions: string[]) => void }) {
  const { t } = useTranslation();
  const panel = useId();
  const root = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const [searchText, setSearchText] = useState("");
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

  const text = searchText.trim().toLowerCase();
  const known = Object.values(actionGroups).flat() as string[];
  const matches = (action: string) => `${action} ${textOf("action", action) ?? ""}`.toLowerCase().includes(text);
  const others = [...new Set([...chosen.filter((each) => !known.includes(each)), ...(NAME.test(text) && !known.some(matches) ? [text] : [])])];
  const full = chosen.length >= MAX_ACTIONS;

  function toggle(action: string) {
    onChoose(chosen.includes(action) ? chosen.filter((each) => each !== action) : [...chosen, action]);
  }
  const option = (action: string, name: string) => (
    <label className="check" key={action}>
      <input type="checkbox" checked={chosen.includes(action)} disabled={full && !chosen.includes(action)} onChange={() => toggle(action)} />
      <span>{name} {textOf("action", action) && <code>{action}</code>}</span>
    </label>
  );
  const label = chosen.length === 0 ? t("audit.actionsAll") : chosen.length === 1 ? (textOf("action", chosen[0]!) ?? chosen[0]!) : t("audit.actionsSome", { count: chosen.length });
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
      <span className="caption" id={`${panel}-caption`}>{t("audit.actions")}</span>
      <button type="button" className="select" aria-expanded={open} aria-controls={panel} aria-labelledby={`${panel}-caption ${panel}-label`} onClick={() => setOpen(!open)}>
        <span id={`${panel}-label`}>{label}</span>
      </button>
      <div id={panel} className="panel" hidden={!open}>
        <label>
          {t("audit.actionsFind")}
          <input type="search" value={searchText} placeholder={t("audit.actionsHint")} spellCheck={false} autoCapitalize="off" autoComplete="off" onChange={(event) => setSearchText(event.target.value)} />
        </label>
        {(Object.keys(actionGroups) as ActionGroup[]).map((group) => {
          const found = actionGroups[group].filter(matches);
          return found.length > 0 && (
            <fieldset key={group}>
              <legend>{t(`actionGroup.${group}`)}</legend>
              {found.map((action) => option(action, t(`action.${action}`)))}
            </fieldset>
          );
        })}
        {others.map((action) => option(action, t("audit.actionsTyped", { action })))}
        {!known.some(matches) && others.length === 0 && <p className="dim">{t("nothing")}</p>}
        {full && <p className="dim">{t("audit.actionsFull")}</p>}
        {chosen.length > 0 && <button type="button" className="quiet" onClick={() => onChoose([])}>{t("audit.actionsClear")}</button>}
      </div>
    </div>
  );
}
