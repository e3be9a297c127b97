import { createContext, type ReactNode, useContext, useEffect, useEffectEvent, useRef, useState } from "react";
import { PasswordDialog } from "./passworddialog";

const StepUpContext = createContext<() => Promise<boolean>>(async () => false);

/** Returns a function that asks for the password. It resolves to false if the person declines or has no address to sign in with. */
export const useStepUp = () => useContext(StepUpContext);

export function StepUpProvider({ email, children }: { email: string | null; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  /** Resolvers of the operations that wait for the dialog. */
  const waiting = useRef<((confirmed: boolean) => void)[]>([]);

  const stepUp = async () => {
    if (email === null) {
      return false;
    }
    setOpen(true);
    return new Promise<boolean>((resolve) => waiting.current.push(resolve));
  };
  const done = (confirmed: boolean) => {
    setOpen(false);
    for (const resolve of waiting.current.splice(0)) {
      resolve(confirmed);
    }
  };
  const shown = open && email !== null;
  // When the page of this account is removed, each waiting operation gets its answer.
  const cancel = useEffectEvent(() => done(false));
  useEffect(() => (shown ? () => cancel() : undefined), [shown]);

  return (
    <StepUpContext value={stepUp}>
      {children}
      {shown && <PasswordDialog email={email} done={done} />}
    </StepUpContext>
  );
}
