import { useTranslation } from "react-i18next";
import { isWrongPassword } from "./errormessage";
import { Field } from "./field";

/** Field for the password of the signed-in account, with its address for password managers. */
export function PresentPassword({ email, label, error }: { email: string | null; label: string; error: unknown }) {
  const { t } = useTranslation();
  return (
    <>
      <input name="username" type="email" autoComplete="username" value={email ?? ""} readOnly hidden />
      <Field label={label} error={error} field="currentPassword" fault={isWrongPassword(error) ? t("stepUp.wrong") : null}>
        {(described) => <input {...described} name="password" type="password" autoComplete="current-password" required autoFocus />}
      </Field>
    </>
  );
}
