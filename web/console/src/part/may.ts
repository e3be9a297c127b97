import { createContext, useContext } from "react";
import { asked, type Asked } from "../operation/me";

/** Codes of a step that would help: what needs one is shown, and asks for it when it is used. */
const steps = new Set(["REAUTHENTICATION_REQUIRED", "SECOND_FACTOR_REQUIRED", "EMAIL_UNCONFIRMED"]);

export type May = Record<Asked, boolean>;

export function mayOf(can: readonly { field: string; allowed: boolean; code: string | null }[] | undefined): May {
  const open = new Set(can?.filter(({ allowed, code }) => allowed || steps.has(code ?? "")).map(({ field }) => field));
  return Object.fromEntries(asked.map((field) => [field, open.has(field)])) as May;
}

export const MayContext = createContext<May>(mayOf([]));
export const useMay = () => useContext(MayContext);
