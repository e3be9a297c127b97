// Replaces Monaco's copy of DOMPurify (see vite.config.ts), so that `npm audit` checks the bundled version.
import DOMPurify from "dompurify";

export const { addHook, removeHook, sanitize } = DOMPurify;
