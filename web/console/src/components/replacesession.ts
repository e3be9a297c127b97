import type { OperationVariables, TypedDocumentNode } from "@apollo/client";
import { CombinedGraphQLErrors } from "@apollo/client/errors";
import { judge } from "#client/answer";
import type { PartialTokens } from "#client/exchange";
import { client, session } from "../client";
import { MeDocument, SessionsDocument } from "../generated/operation";

type Payload = PartialTokens & { pending: readonly string[] };

/**
 * Runs a mutation that continues the session under a new id. The request is never aborted by the page: without its answer the
 * browser would keep the tokens of a session that was replaced.
 */
export async function replaceSession<T, V extends OperationVariables>(
  mutation: TypedDocumentNode<T, V>,
  variables: V,
  payloadOf: (data: T) => Payload | null,
): Promise<{ replaced: boolean; pending: readonly string[]; error: unknown }> {
  let pending: readonly string[] = [];
  let failure: unknown = null;
  const replaced = await session
    .replace(async (token, signal) => {
      const { data, error } = await client.mutate({ mutation, variables, context: { token, fetchOptions: { signal } } } as never);
      const payload = data ? payloadOf(data as T) : null;
      pending = payload?.pending ?? [];
      failure = payload ? null : error;
      return { tokens: payload, verdict: CombinedGraphQLErrors.is(error) ? judge(error) : { kind: "final" } };
    })
    .catch((error: unknown) => {
      failure = error;
      return false;
    });
  if (replaced) {
    await client.refetchQueries({ include: [MeDocument, SessionsDocument] });
  }
  return { replaced, pending, error: failure };
}
