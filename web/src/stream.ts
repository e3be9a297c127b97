import { createClient } from "graphql-sse";
import { type Answer, endpoint, fault, type Operation, read } from "./graphql";

export type Stream = (operation: Operation, headers: Headers, signal?: AbortSignal) => AsyncIterable<Answer>;

/**
 * Returns the events of a subscription (GraphQL over Server-Sent Events). An error of the connection is the last event. An aborted
 * signal ends them.
 */
export const stream: Stream = async function* (operation, headers, signal) {
  const client = createClient({ url: endpoint, headers: Object.fromEntries(headers), retryAttempts: 0 });
  signal?.addEventListener("abort", () => client.dispose());
  try {
    yield* client.iterate({
      query: operation.query,
      operationName: operation.operationName ?? undefined,
      variables: operation.variables as Record<string, unknown> | undefined,
    }) as AsyncIterable<Answer>;
  } catch (error) {
    const { response } = error as { response?: Response };
    yield response ? await read(response) : fault("The connection was lost.");
  } finally {
    client.dispose();
  }
};
