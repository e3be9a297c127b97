import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { FieldErrors, isAbout, messagesOf } from "./errormessage";

type Described = { "aria-invalid": boolean; "aria-describedby": string };

/**
 * A labelled field with the server's messages about it. `field` is the path of its argument in `extensions.field`, such as
 * "input.email". `fault` is a message of the page itself about the field.
 */
export function Field({ label, hint, error, field, fault, children }: {
  label: ReactNode;
  hint?: ReactNode;
  error: unknown;
  field: string;
  fault?: string | null;
  children: (described: Described) => ReactNode;
}) {
  const id = useId();
  const { t } = useTranslation();
  const invalid = Boolean(fault) || messagesOf(error, t).some((message) => isAbout(message, field));
  return (
    <div className="field">
      <label>
        <span>{label}{hint && <> <small>{hint}</small></>}</span>
        {children({ "aria-invalid": invalid, "aria-describedby": id })}
      </label>
      <FieldErrors id={id} error={error} field={field} fault={fault ?? null} />
    </div>
  );
}
