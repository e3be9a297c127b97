import { CombinedGraphQLErrors } from "@apollo/client/errors";
import { SignInOver } from "#examples/auth-client/send";
import type { Words } from "../words/en";
import { useWords } from "../words/language";

type Extensions = { code?: string; reason?: string; field?: string; retryAfter?: number; requestId?: string };

/** What to tell a person: words for the reason, or else for the code. A code that we do not know is INTERNAL. */
export function told(error: unknown, words: Words): string[] {
  if (!CombinedGraphQLErrors.is(error)) {
    return [error instanceof SignInOver ? words.anew : words.lost];
  }
  const sentences = error.errors.map(({ extensions }) => {
    const { code = "", reason = "", retryAfter, requestId } = (extensions ?? {}) as Extensions;
    const known = named(words.reason, reason) ?? named(words.code, code);
    return [
      known ?? words.code.INTERNAL,
      typeof retryAfter === "number" ? words.retryIn(retryAfter) : "",
      (!known || code === "INTERNAL") && requestId ? words.request(requestId) : "",
    ].filter(Boolean).join(" ");
  });
  return [...new Set(sentences)];
}

export function codeOf(error: unknown): string | undefined {
  return CombinedGraphQLErrors.is(error) ? (error.errors[0]?.extensions as Extensions | undefined)?.code : undefined;
}

/** Always there, so that a screen reader reads out what comes into it. */
export function Faults({ error }: { error: unknown }) {
  const words = useWords();
  return (
    <div role="alert" className="faults">
      {error ? told(error, words).map((fault) => <p key={fault}>{fault}</p>) : null}
    </div>
  );
}

function named(table: Record<string, string>, name: string): string | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
