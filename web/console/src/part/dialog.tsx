import { useId, useLayoutEffect, useRef, type ReactNode } from "react";
import { useAlive } from "./alive";

/**
 * A modal dialog. Escape closes it, and the focus goes back to where it was. When the session ends under it, it makes way for
 * the sign-in form, and comes back afterwards with what was typed.
 */
export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const alive = useAlive();
  const ref = useRef<HTMLDialogElement>(null);
  const label = useId();
  useLayoutEffect(() => {
    if (!alive) {
      return;
    }
    const dialog = ref.current!;
    dialog.showModal();
    return () => dialog.close();
  }, [alive]);
  return (
    <dialog ref={ref} aria-labelledby={label} onClose={() => alive && !ref.current?.open && onClose()}>
      <h2 id={label}>{title}</h2>
      {children}
    </dialog>
  );
}
