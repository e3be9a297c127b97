import { useQuery } from "@apollo/client/react";
import { useEffect, useId, useState, type KeyboardEvent } from "react";
import { PeopleDocument, PersonDocument } from "../generated/operation";
import type { Person } from "../operation/type";
import { useWords } from "../words/language";

/** Milliseconds that a text has to stay as it is before it is searched for. */
const SETTLED = 250;

export const nameOf = ({ id, displayName, email }: Person) => displayName || email || id;

/** Chooses an account by words of its name or address. */
export function PersonPicker({ id, onPick }: { id: string | null; onPick: (id: string | null) => void }) {
  const words = useWords();
  const list = useId();
  const [text, setText] = useState("");
  const [settled, setSettled] = useState("");
  const [at, setAt] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => (setSettled(text.trim()), setAt(0)), SETTLED);
    return () => clearTimeout(timer);
  }, [text]);
  const { data: known } = useQuery(PersonDocument, { variables: { id: id ?? "" }, skip: id === null });
  const { data, previousData } = useQuery(PeopleDocument, { variables: { query: settled }, skip: settled === "" });
  const found = settled === "" ? [] : ((data ?? previousData)?.users?.edges ?? []).flatMap(({ node }) => node ?? []);

  function pick(person: Person | undefined) {
    if (person) {
      setText("");
      setSettled("");
      onPick(person.id);
    }
  }
  function press(event: KeyboardEvent) {
    if (event.key === "Enter") {
      event.preventDefault();
      pick(found[at]);
    } else if (event.key === "Escape") {
      setText("");
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setAt((at + (event.key === "ArrowDown" ? 1 : found.length - 1)) % Math.max(found.length, 1));
    }
  }

  if (id !== null) {
    const person = known?.node?.__typename === "User" ? (known.node as Person) : null;
    const name = person ? nameOf(person) : id;
    return (
      <div className="grow picked">
        <span className="caption">{words.audit.person}</span>
        <button type="button" className="chip" aria-label={words.audit.personClear(name)} title={name} onClick={() => onPick(null)}>
          <span>{name}</span> ✕
        </button>
      </div>
    );
  }
  const open = settled !== "" && text !== "";
  return (
    <div className="grow picker">
      <label>
        {words.audit.person}
        <input
          type="search"
          role="combobox"
          aria-expanded={open}
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={open && found[at] ? `${list}-${at}` : undefined}
          autoComplete="off"
          value={text}
          placeholder={words.audit.personHint}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={press}
        />
      </label>
      <ul id={list} role="listbox" aria-label={words.audit.person} className="options" hidden={!open}>
        {found.map((person, i) => (
          <li key={person.id} id={`${list}-${i}`} role="option" aria-selected={i === at} onMouseDown={(event) => event.preventDefault()} onClick={() => pick(person)}>
            <span>{nameOf(person)}</span> <small>{person.displayName && person.email}</small>
          </li>
        ))}
        {found.length === 0 && data && <li role="option" aria-selected={false} aria-disabled="true" className="dim">{words.audit.personNone}</li>}
      </ul>
    </div>
  );
}
