import { createContext, useContext } from "react";

/** Whether the account of this page is signed in. Otherwise the page is kept, unseen, for what was typed into it. */
export const SignedInContext = createContext(true);
export const useSignedIn = () => useContext(SignedInContext);
