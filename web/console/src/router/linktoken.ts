// Token of a mailed link, such as "#/reset-password?token=…". The token is removed from the address bar and from the history as
// soon as the page is loaded, so that neither a screenshot nor a bookmark has it. It is sent when the person acts.

import { useSyncExternalStore } from "react";
import { readLocation, subscribeLocation } from "./location";
import { RESET_PASSWORD } from "./mailpage";

let token: string | null = null;

function take() {
  const [path, query] = readLocation();
  const given = new URLSearchParams(query).get("token");
  if (given !== null) {
    history.replaceState(history.state, "", `#${path}`);
  }
  if (path !== RESET_PASSWORD) {
    token = null;
  } else if (given) {
    token = given;
  }
}

// Before any component subscribes, so that components read the new token.
take();
subscribeLocation(take);

/** Returns the token of the link that was opened last, or null. Another page and a reload forget it. */
export const useLinkToken = () => useSyncExternalStore(subscribeLocation, () => token);
