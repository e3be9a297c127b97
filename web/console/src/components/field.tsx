import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { FieldErrors, isAbout, messagesOf } from "./errormessage";

type Described = { "aria-invalid": boolean; "aria-describedby": string };

/**
 * A labelled field with the server's messages about it. `field` is the path of its argument in `extensions.field`, such as
 * "input.email".
 */
export function Field({ label, hint, error, field, children }: {
  label: ReactNode;
  hint?: ReactNode;
  error: unknown;
  field: string;
  children: (described: Described) => ReactNode;
}) {
  const id = useId();
  const { t } = useTranslation();
  const invalid = messagesOf(error, t).some((message) => isAbout(message, field));
  return (
    <div className="field">
      <label>
        <span>{label}{hint && <> <small>{hint}</small></>}</span>
        {children({ "aria-invalid": invalid, "aria-describedby": id })}
      </label>
      <FieldErrors id={id} error={error} field={field} />
    </div>
  );
}
