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

/** ErrorMessage is one error of the server as text. */
export type ErrorMessage = {
  /** Path of the refused argument, such as "input.email". Null for an error of the whole operation. */
  field: string | null;
  text: string;
  /** Sentence of the server, in English, if it is more precise than `text`. */
  status: string | null;
  /** Rules that denied the operation. Only a server in development mode lists them. */
  explanation: string[];
};

/** Reasons whose text here is as precise as the sentence of the server. */
const complete = new Set([
  "EMAIL_TAKEN", "PASSWORD_TOO_COMMON", "PASSWORD_IS_PERSONAL", "LAST_ADMINISTRATOR", "CURSOR_INVALID",
  "TOKEN_MISSING", "TOKEN_INVALID", "TOKEN_EXPIRED", "SESSION_ENDED", "ONE_TIME_TOKEN_INVALID",
]);
/** Codes with several meanings. The sentence of the server names the meaning. */
const general = new Set(["BAD_USER_INPUT", "CONFLICT", "LIMIT_EXCEEDED", "BAD_REQUEST"]);
/** Codes whose text here is replaced by the sentence of the server on an English page. */
const replaced = new Set(["BAD_USER_INPUT", "CONFLICT"]);

/** Returns the messages of an error: the text of its reason or its code, and the sentence of the server if that is more precise. */
export function messagesOf(error: unknown, t: TFunction): ErrorMessage[] {
  if (!error) {
    return [];
  }
  if (!CombinedGraphQLErrors.is(error)) {
    return [{ field: null, text: error instanceof SignInOver ? t("signedInAgain") : t("notReached"), status: null, explanation: [] }];
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

export function reasonOf(error: unknown): string | undefined {
  return CombinedGraphQLErrors.is(error) ? (error.errors[0]?.extensions as Extensions | undefined)?.reason : undefined;
}

/** Reports whether the caller's own password was refused. Its form has no address, so the field of the password shows the message. */
export const isWrongPassword = (error: unknown) => codeOf(error) === "INVALID_CREDENTIALS";

/** Reports whether a message is about an argument, or a part of the argument. */
export function isAbout({ field }: ErrorMessage, argument: string): boolean {
  return field === argument || Boolean(field?.startsWith(`${argument}.`));
}

/** Messages that no field of the form shows. The element is always present, so that a screen reader announces its content. */
export function ErrorMessages({ error, fields = [] }: { error: unknown; fields?: readonly string[] }) {
  const { t } = useTranslation();
  const messages = messagesOf(error, t).filter((message) => !fields.some((field) => isAbout(message, field)));
  return <div role="alert" className="faults">{messages.map((message) => <MessageText key={`${message.field} ${message.text}`} message={message} />)}</div>;
}

/** Messages of one argument, next to its field. `fault` is a message of the page itself. */
export function FieldErrors({ id, error, field, fault }: { id: string; error: unknown; field: string; fault?: string | null }) {
  const { t } = useTranslation();
  const messages = messagesOf(error, t).filter((message) => isAbout(message, field));
  return <div id={id} role="alert" className="faults">{fault && <p>{fault}</p>}{messages.map((message) => <MessageText key={message.text} message={message} />)}</div>;
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
