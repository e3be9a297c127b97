import { CombinedGraphQLErrors } from "@apollo/client/errors";
import i18next, { type TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { SignInOver } from "#client/send";
import { durationOf } from "../i18n/duration";
import { textOf } from "../i18n/i18n";

type Extensions = {
  code?: string;
  reason?: string;
  field?: string;
  retryAfter?: number;
  requestId?: string;
  explanation?: string[];
};

/** One refusal, in words. */
export type ErrorMessage = {
  /** Path of the argument that was refused, such as "input.email"; null when the operation was. */
  field: string | null;
  text: string;
  /** The server's own sentence, in English, where it says more than `text`. */
  status: string | null;
  /** Rules that denied the operation, which a server in development lists. */
  explanation: string[];
};

/** Reasons whose sentence in `words` says everything that the server's does. */
const complete = new Set([
  "EMAIL_TAKEN", "PASSWORD_TOO_COMMON", "PASSWORD_IS_PERSONAL", "LAST_ADMINISTRATOR", "CURSOR_INVALID",
  "TOKEN_MISSING", "TOKEN_INVALID", "TOKEN_EXPIRED", "SESSION_ENDED", "ONE_TIME_TOKEN_INVALID",
]);
/** Codes of many meanings: the server's sentence names the one. */
const general = new Set(["BAD_USER_INPUT", "CONFLICT", "LIMIT_EXCEEDED", "BAD_REQUEST"]);
/** Of these the server's sentence replaces ours on a page in its language. */
const replaced = new Set(["BAD_USER_INPUT", "CONFLICT"]);

/** Puts an error into words: its reason's, or else its code's, and the server's own where they say more. */
export function messagesOf(error: unknown, t: TFunction): ErrorMessage[] {
  if (!error) {
    return [];
  }
  if (!CombinedGraphQLErrors.is(error)) {
    return [{ field: null, text: error instanceof SignInOver ? t("anew") : t("lost"), status: null, explanation: [] }];
  }
  const messages = error.errors.map(({ message, extensions }): ErrorMessage => {
    const { code = "", reason = "", field = null, retryAfter, requestId, explanation = [] } = (extensions ?? {}) as Extensions;
    const known = textOf("reason", reason) ?? textOf("code", code);
    const precise = message && !complete.has(reason) && (general.has(code) || !textOf("code", code)) ? ended(message) : null;
    const alone = precise !== null && i18next.language === "en" && replaced.has(code);
    const text = [
      alone ? precise : (known ?? t("code.INTERNAL")),
      typeof retryAfter === "number" ? t("retryIn", { duration: durationOf(retryAfter, i18next.language) }) : "",
      (!known || code === "INTERNAL") && requestId ? t("request", { id: requestId }) : "",
    ].filter(Boolean).join(" ");
    return { field, text, status: alone ? null : precise, explanation };
  });
  return messages.filter(({ field, text }, i) => messages.findIndex((each) => each.field === field && each.text === text) === i);
}

export function codeOf(error: unknown): string | undefined {
  return CombinedGraphQLErrors.is(error) ? (error.errors[0]?.extensions as Extensions | undefined)?.code : undefined;
}

/** Reports whether a problem is about this argument, or a part of it. */
export function isAbout({ field }: ErrorMessage, argument: string): boolean {
  return field === argument || Boolean(field?.startsWith(`${argument}.`));
}

/** Problems that no field of the form shows. Always there, so that a screen reader reads out what comes into it. */
export function ErrorMessages({ error, fields = [] }: { error: unknown; fields?: readonly string[] }) {
  const { t } = useTranslation();
  const messages = messagesOf(error, t).filter((message) => !fields.some((field) => isAbout(message, field)));
  return <div role="alert" className="faults">{messages.map((message) => <MessageText key={`${message.field} ${message.text}`} message={message} />)}</div>;
}

/** Problems of one argument, next to its field. */
export function FieldErrors({ id, error, field }: { id: string; error: unknown; field: string }) {
  const { t } = useTranslation();
  const messages = messagesOf(error, t).filter((message) => isAbout(message, field));
  return <div id={id} role="alert" className="faults">{messages.map((message) => <MessageText key={message.text} message={message} />)}</div>;
}

function MessageText({ message: { text, status, explanation } }: { message: ErrorMessage }) {
  return (
    <p>
      {text}
      {status && <> <q lang="en">{status}</q></>}
      {explanation.map((line) => <code className="explanation" lang="en" key={line}>{line}</code>)}
    </p>
  );
}

function ended(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
