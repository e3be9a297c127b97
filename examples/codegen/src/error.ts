// Error codes and reasons with types, for clients to import. A value that the schema drops no longer compiles here.

import { ErrorCode, ErrorReason } from "./generated/graphql";

export { ErrorCode, ErrorReason };

/** One entry of an answer's `errors`, as far as it has been looked at. */
export type Fault = { readonly message: string; readonly extensions?: { readonly [name: string]: unknown } };

const codes: ReadonlySet<unknown> = new Set(Object.values(ErrorCode));
const reasons: ReadonlySet<unknown> = new Set(Object.values(ErrorReason));

/** The code of an error. More may come than this client was made with: such a one is INTERNAL. */
export function codeOf({ extensions }: Fault): ErrorCode {
  const code = extensions?.["code"];
  return codes.has(code) ? (code as ErrorCode) : ErrorCode.Internal;
}

/** The reason of an error, where it has one that this client knows. */
export function reasonOf({ extensions }: Fault): ErrorReason | null {
  const reason = extensions?.["reason"];
  return reasons.has(reason) ? (reason as ErrorReason) : null;
}

/** What a client does about an error that concerns the caller and not the request; see docs/clients.md. */
export function remedy(fault: Fault): "refresh" | "sign in" | "wait" | null {
  switch (codeOf(fault)) {
    case ErrorCode.Unauthenticated:
      return reasonOf(fault) === ErrorReason.SessionEnded ? "sign in" : "refresh";
    case ErrorCode.RefreshTokenInvalid:
    case ErrorCode.RefreshTokenReused:
      return "sign in";
    case ErrorCode.Overloaded:
    case ErrorCode.RateLimited:
    case ErrorCode.ServiceUnavailable:
      return "wait";
    default:
      return null;
  }
}
