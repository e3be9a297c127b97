import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { useSignedIn } from "./signedin";

/**
 * A modal dialog. Escape closes it, and the focus returns to its last place. After the end of the session the dialog gives way to the
 * sign-in form, and returns after the sign-in with its text.
 */
export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const signedIn = useSignedIn();
  const ref = useRef<HTMLDialogElement>(null);
  const label = useId();
  useLayoutEffect(() => {
    if (!signedIn) {
      return;
    }
    const dialog = ref.current!;
    dialog.showModal();
    return () => dialog.close();
  }, [signedIn]);
  return (
    <dialog ref={ref} aria-labelledby={label} onClose={() => signedIn && !ref.current?.open && onClose()}>
      <h2 id={label}>{title}</h2>
      {children}
    </dialog>
  );
}
