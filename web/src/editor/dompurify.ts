// Stands in for the DOMPurify that Monaco carries along (see vite.config.ts), so that `npm audit` sees the one that is bundled.
import DOMPurify from "dompurify";

export const { addHook, removeHook, sanitize } = DOMPurify;
