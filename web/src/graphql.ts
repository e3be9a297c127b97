// One POST to /graphql, and what comes back.

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

/** The endpoint, next to the page: both may be below a path. */
export const endpoint = new URL("graphql", document.baseURI).href;

export type Send = (operation: Operation, headers: Headers) => Promise<Answer>;

/** Never rejects: what keeps an answer from coming is told as the answer's one error. */
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

// A proxy in between may answer with a page of its own.
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

/** Whether one of the errors has this code, and this reason if one is named. */
export function coded(answer: Answer, code: string, reason?: string): boolean {
  return !!answer.errors?.some(
    ({ extensions }) => extensions?.code === code && (reason === undefined || extensions.reason === reason),
  );
}
