import { useQuery } from "@apollo/client/react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { OptionsDocument } from "../generated/operation";
import { codeOf, ErrorMessages } from "./errormessage";
import { Field } from "./field";
import { pendingStepNames } from "./pendingstep";

/** Field of a new password. It asks for the rules of passwords on its first focus, because a page that a mail opens sends nothing. */
export function NewPassword({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const [focused, setFocused] = useState(false);
  const { data: options } = useQuery(OptionsDocument, { context: { anonymous: true }, skip: !focused });
  return (
    <Field
      label={t("profile.newPassword")}
      hint={options && t("signIn.atLeast", { characters: options.authOptions.passwordMinLength })}
      error={error}
      field="newPassword"
    >
      {(described) => (
        <input {...described} name="newPassword" type="password" autoComplete="new-password" required onFocus={() => setFocused(true)} />
      )}
    </Field>
  );
}

/** Messages of a reset that no field shows. FORBIDDEN is a server without a mail server. */
export function ResetErrors({ error, fields, pending = [] }: { error: unknown; fields: readonly string[]; pending?: string[] }) {
  const { t } = useTranslation();
  return (
    <>
      {codeOf(error) === "FORBIDDEN" ? <p role="alert" className="faults">{t("reset.noMail")}</p> : <ErrorMessages error={error} fields={fields} />}
      {pending.length > 0 && <p role="alert" className="faults">{t("signIn.step", { steps: pendingStepNames(pending) })}</p>}
    </>
  );
}
