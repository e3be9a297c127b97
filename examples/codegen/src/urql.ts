// The same documents with urql, which takes their types as they are.

import { Client, fetchExchange, type CombinedError } from "@urql/core";
import { codeOf, type ErrorCode } from "./error";
import { LoginDocument, MeDocument, type MeQuery } from "./generated/graphql";

export type SignedIn = { me: NonNullable<MeQuery["me"]> } | { code: ErrorCode | null };

/** Signs in and asks who that is. Without a code nobody answered. */
export async function signIn(url: string, email: string, password: string): Promise<SignedIn> {
  let token: string | null = null;
  const client = new Client({
    url,
    exchanges: [fetchExchange],
    preferGetMethod: false,
    fetchOptions: () => (token ? { headers: { Authorization: `Bearer ${token}` } } : {}),
  });
  const login = await client.mutation(LoginDocument, { email, password });
  token = login.data?.login?.accessToken ?? null;
  if (!token) {
    return { code: why(login.error) };
  }
  const { data, error } = await client.query(MeDocument, {});
  return data?.me ? { me: data.me } : { code: why(error) };
}

function why(error: CombinedError | undefined): ErrorCode | null {
  const [fault] = error?.graphQLErrors ?? [];
  return fault ? codeOf(fault) : null;
}
