import { useEffect, useState } from "react";

/** What is being typed, once it has stayed as it is for a moment: the server is asked for that. */
export function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text.trim()), 250);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
