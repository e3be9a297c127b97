import { useQuery } from "@apollo/client/react";
import { type KeyboardEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { PeopleDocument, PersonDocument } from "../generated/operation";
import type { Person } from "../operation/type";
import { useDebouncedValue } from "./debouncedvalue";
import { nameOf } from "./personname";

/** Chooses an account by parts of its name or address. */
export function PersonPicker({ id, onPick }: { id: string | null; onPick: (id: string | null) => void }) {
  const { t } = useTranslation();
  const list = useId();
  const [text, setText] = useState("");
  const query = useDebouncedValue(text.trim());
  const [selected, setSelected] = useState(0);
  const { data: known } = useQuery(PersonDocument, { variables: { id: id ?? "" }, skip: id === null });
  const { data, previousData } = useQuery(PeopleDocument, { variables: { query }, skip: query === "" });
  const found = query === "" ? [] : ((data ?? previousData)?.users?.edges ?? []).flatMap(({ node }) => node ?? []);

  function pick(person: Person | undefined) {
    if (person) {
      setText("");
      onPick(person.id);
    }
  }
  function press(event: KeyboardEvent) {
    if (event.key === "Enter") {
      event.preventDefault();
      pick(found[selected]);
    } else if (event.key === "Escape") {
      setText("");
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setSelected((selected + (event.key === "ArrowDown" ? 1 : found.length - 1)) % Math.max(found.length, 1));
    }
  }

  if (id !== null) {
    const person = known?.node?.__typename === "User" ? (known.node as Person) : null;
    const name = person ? nameOf(person) : id;
    return (
      <div className="grow picked">
        <span className="caption">{t("audit.person")}</span>
        <button type="button" className="chip" aria-label={t("audit.personClear", { name })} title={name} onClick={() => onPick(null)}>
          <span>{name}</span> ✕
        </button>
      </div>
    );
  }
  const open = query !== "" && text !== "";
  return (
    <div className="grow picker">
      <label>
        {t("audit.person")}
        <input
          type="search"
          role="combobox"
          aria-expanded={open}
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={open && found[selected] ? `${list}-${selected}` : undefined}
          autoComplete="off"
          value={text}
          placeholder={t("audit.personHint")}
          onChange={(event) => { setText(event.target.value); setSelected(0); }}
          onKeyDown={press}
        />
      </label>
      <ul id={list} role="listbox" aria-label={t("audit.person")} className="options" hidden={!open}>
        {found.map((person, i) => (
          <li key={person.id} id={`${list}-${i}`} role="option" aria-selected={i === selected} onMouseDown={(event) => event.preventDefault()} onClick={() => pick(person)}>
            <span>{nameOf(person)}</span> <small>{person.displayName && person.email}</small>
          </li>
        ))}
        {found.length === 0 && data && <li role="option" aria-selected={false} aria-disabled="true" className="dim">{t("audit.personNone")}</li>}
      </ul>
    </div>
  );
}
