// The rules of clients/js as a network layer of Relay.

import { Observable, type FetchFunction, type GraphQLResponse } from "relay-runtime";
import { judge, judgeText, type Verdict } from "../../../clients/js/answer";
import { send } from "../../../clients/js/send";
import type { Session } from "../../../clients/js/session";

/** To be given as `cacheConfig` to what goes without a token: signing in, registering. */
export const anonymous = { metadata: { anonymous: true } };

/** An answer without data, or none at all. `answer` says what the server said. */
export class Refused extends Error {
  readonly answer: { errors?: readonly { message: string }[] };
  constructor(answer: Refused["answer"], options?: ErrorOptions) {
    super(answer.errors?.[0]?.message ?? "The server can’t be reached", options);
    this.answer = answer;
  }
}

type Attempt = { result: { answer: GraphQLResponse } | { failure: Refused }; verdict: Verdict };

export function fetchWith(session: Session, url: string): FetchFunction {
  return ({ text, name, operationKind }, variables, cacheConfig) =>
    Observable.create((sink) => {
      const given = new AbortController();
      const operation = {
        anonymous: cacheConfig.metadata?.["anonymous"] === true,
        repeatable: operationKind === "query",
        signal: given.signal,
      };
      const body = JSON.stringify({ query: text, operationName: name, variables });
      send(session, operation, (token) => attempt(url, body, token, given.signal)).then(
        (result) => {
          if ("answer" in result) {
            sink.next(result.answer);
            sink.complete();
          } else {
            sink.error(result.failure);
          }
        },
        (fault: Error) => sink.error(fault),
      );
      return () => given.abort();
    });
}

async function attempt(url: string, body: string, token: string | null, signal: AbortSignal): Promise<Attempt> {
  let text: string, status: number;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/graphql-response+json",
        ...(token && { Authorization: `Bearer ${token}` }),
      },
      credentials: "same-origin",
      body,
      signal,
    });
    [text, status] = [await response.text(), response.status];
  } catch (cause) {
    return { result: { failure: new Refused({}, { cause }) }, verdict: { kind: "unknown" } };
  }
  try {
    const answer = JSON.parse(text);
    // Relay takes an answer with data for one, whatever is null in it: fragments say what they make of that.
    return { result: answer.data ? { answer } : { failure: new Refused(answer) }, verdict: judge(answer) };
  } catch (cause) {
    return { result: { failure: new Refused({}, { cause }) }, verdict: judgeText(text, status) };
  }
}
