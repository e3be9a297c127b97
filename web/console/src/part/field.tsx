import { useId, type ReactNode } from "react";
import { FieldFaults, isAbout, problemsOf } from "./fault";
import { useWords } from "../words/language";

type Described = { "aria-invalid": boolean; "aria-describedby": string };

/**
 * A labelled field, and below it what the server said about it. `field` is the path of its argument, such as "input.email", as
 * `extensions.field` names it.
 */
export function Field({ label, hint, error, field, children }: {
  label: ReactNode;
  hint?: ReactNode;
  error: unknown;
  field: string;
  children: (described: Described) => ReactNode;
}) {
  const id = useId();
  const words = useWords();
  const invalid = problemsOf(error, words).some((problem) => isAbout(problem, field));
  return (
    <div className="field">
      <label>
        <span>{label}{hint && <> <small>{hint}</small></>}</span>
        {children({ "aria-invalid": invalid, "aria-describedby": id })}
      </label>
      <FieldFaults id={id} error={error} field={field} />
    </div>
  );
}
