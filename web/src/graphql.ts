// One POST to /graphql, and its answer.

export type Operation = {
  query: string;
  operationName?: string | null;
  variables?: unknown;
};

export type Fault = {
  message: string;
  extensions?: { code?: string; reason?: string; retryAfter?: number };
};

export type Answer = {
  data?: Record<string, unknown> | null;
  errors?: Fault[];
};

/** Endpoint next to the page. A proxy may serve both below a path. */
export const endpoint = new URL("graphql", document.baseURI).href;

export type Send = (operation: Operation, headers: Headers) => Promise<Answer>;

/** Sends an operation. It never rejects: a failure is the single error of the answer. */
export const post: Send = async (operation, headers) => {
  headers.set("Content-Type", "application/json");
  if (!headers.has("Accept")) {
    headers.set("Accept", "application/graphql-response+json, application/json");
  }
  try {
    const response = await fetch(endpoint, { method: "POST", headers, body: JSON.stringify(operation) });
    return await read(response);
  } catch {
    return fault("The server cannot be reached.");
  }
};

// A proxy may answer with its own page.
export async function read(response: Response): Promise<Answer> {
  const type = response.headers.get("Content-Type") ?? "";
  if (!/json/.test(type)) {
    return fault(`The server answered ${response.status} without a GraphQL response.`);
  }
  return response.json();
}

export function fault(message: string): Answer {
  return { errors: [{ message }] };
}

/** Reports whether an error has a code, and a reason if given. */
export function coded(answer: Answer, code: string, reason?: string): boolean {
  return !!answer.errors?.some(
    ({ extensions }) => extensions?.code === code && (reason === undefined || extensions.reason === reason),
  );
}
