// Pages that mails link to. mail/render.go names them, except for sign-in, which every unknown page is.

export const REQUEST_PASSWORD_RESET = "/request-password-reset";
export const RESET_PASSWORD = "/reset-password";

type MailPage = "request-password-reset" | "reset-password" | "unavailable";

const pages: Record<string, MailPage> = {
  [REQUEST_PASSWORD_RESET]: "request-password-reset",
  [RESET_PASSWORD]: "reset-password",
  "/confirm-email": "unavailable",
  "/accept-invitation": "unavailable",
  "/confirm-email-change": "unavailable",
  "/revert-email-change": "unavailable",
  "/sign-in-link": "unavailable",
};

/** Returns the page of a mail at a path. Null for the pages of an account and for the sign-in. */
export const mailPageOf = (path: string): MailPage | null => (Object.hasOwn(pages, path) ? pages[path]! : null);
