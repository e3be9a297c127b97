import { CombinedGraphQLErrors } from "@apollo/client/errors";
import { SignInOver } from "#client/send";
import type { Words } from "../words/en";
import { useWords } from "../words/language";

type Extensions = {
  code?: string;
  reason?: string;
  field?: string;
  retryAfter?: number;
  requestId?: string;
  explanation?: string[];
};

/** One refusal, in words. */
export type Problem = {
  /** Path of the argument that was refused, such as "input.email"; null when the operation was. */
  field: string | null;
  text: string;
  /** The server's own sentence, in English, where it says more than `text`. */
  said: string | null;
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
export function problemsOf(error: unknown, words: Words): Problem[] {
  if (!error) {
    return [];
  }
  if (!CombinedGraphQLErrors.is(error)) {
    return [{ field: null, text: error instanceof SignInOver ? words.anew : words.lost, said: null, explanation: [] }];
  }
  const problems = error.errors.map(({ message, extensions }): Problem => {
    const { code = "", reason = "", field = null, retryAfter, requestId, explanation = [] } = (extensions ?? {}) as Extensions;
    const known = named(words.reason, reason) ?? named(words.code, code);
    const precise = message && !complete.has(reason) && (general.has(code) || !named(words.code, code)) ? ended(message) : null;
    const alone = precise !== null && words.language === "en" && replaced.has(code);
    const text = [
      alone ? precise : (known ?? words.code.INTERNAL),
      typeof retryAfter === "number" ? words.retryIn(retryAfter) : "",
      (!known || code === "INTERNAL") && requestId ? words.request(requestId) : "",
    ].filter(Boolean).join(" ");
    return { field, text, said: alone ? null : precise, explanation };
  });
  return problems.filter(({ field, text }, i) => problems.findIndex((each) => each.field === field && each.text === text) === i);
}

export function codeOf(error: unknown): string | undefined {
  return CombinedGraphQLErrors.is(error) ? (error.errors[0]?.extensions as Extensions | undefined)?.code : undefined;
}

/** Reports whether a problem is about this argument, or a part of it. */
export function isAbout({ field }: Problem, argument: string): boolean {
  return field === argument || Boolean(field?.startsWith(`${argument}.`));
}

/** Problems that no field of the form shows. Always there, so that a screen reader reads out what comes into it. */
export function Faults({ error, fields = [] }: { error: unknown; fields?: readonly string[] }) {
  const words = useWords();
  const problems = problemsOf(error, words).filter((problem) => !fields.some((field) => isAbout(problem, field)));
  return <div role="alert" className="faults">{problems.map((problem) => <Sentence key={`${problem.field} ${problem.text}`} problem={problem} />)}</div>;
}

/** Problems of one argument, next to its field. */
export function FieldFaults({ id, error, field }: { id: string; error: unknown; field: string }) {
  const words = useWords();
  const problems = problemsOf(error, words).filter((problem) => isAbout(problem, field));
  return <div id={id} role="alert" className="faults">{problems.map((problem) => <Sentence key={problem.text} problem={problem} />)}</div>;
}

function Sentence({ problem: { text, said, explanation } }: { problem: Problem }) {
  return (
    <p>
      {text}
      {said && <> <q lang="en">{said}</q></>}
      {explanation.map((line) => <code className="explanation" lang="en" key={line}>{line}</code>)}
    </p>
  );
}

function ended(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

function named(table: Record<string, string>, name: string): string | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
