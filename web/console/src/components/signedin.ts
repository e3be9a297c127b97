import { createContext, useContext } from "react";

/** Context that says whether the account of the page is signed in. A hidden page of a signed-out account keeps typed text. */
export const SignedInContext = createContext(true);
export const useSignedIn = () => useContext(SignedInContext);
