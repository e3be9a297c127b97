import { createContext, useContext, useEffect, useRef, useState, type ReactNode } from "react";
import { Password } from "./password";

const Prove = createContext<() => Promise<boolean>>(async () => false);

/** Asks the person for their password. False when they would rather not, or when there is no address to sign in with. */
export const useProve = () => useContext(Prove);

export function ProveProvider({ email, children }: { email: string | null; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  /** All who ask while the dialog is there. */
  const waiting = useRef<((proved: boolean) => void)[]>([]);

  const prove = async () => {
    if (email === null) {
      return false;
    }
    setOpen(true);
    return new Promise<boolean>((resolve) => waiting.current.push(resolve));
  };
  const done = (proved: boolean) => {
    setOpen(false);
    waiting.current.splice(0).forEach((resolve) => resolve(proved));
  };
  const shown = open && email !== null;
  // Nobody is left waiting when the page of this account goes.
  useEffect(() => (shown ? () => done(false) : undefined), [shown]);

  return (
    <Prove value={prove}>
      {children}
      {shown && <Password email={email} done={done} />}
    </Prove>
  );
}
