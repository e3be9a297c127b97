import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Door, ProductName } from "./door";

/** Page of a mailed link. The heading takes the focus, so that a screen reader announces each `title`. */
export function MailCard({ title, onSubmit, children }: { title: string; onSubmit?: (form: FormData) => void; children: ReactNode }) {
  const { t } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${t("product")}`;
  }, [title, t]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another title is another step
  useEffect(() => heading.current?.focus(), [title]);
  const content = (
    <>
      <ProductName />
      <h1 ref={heading} tabIndex={-1}>{title}</h1>
      {children}
    </>
  );
  return (
    <Door>
      {onSubmit ? (
        <form className="card" onSubmit={(event) => { event.preventDefault(); onSubmit(new FormData(event.currentTarget)); }}>{content}</form>
      ) : (
        <section className="card">{content}</section>
      )}
    </Door>
  );
}
