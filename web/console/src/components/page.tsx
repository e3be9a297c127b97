import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { scrollPosition } from "../router/location";

type Props = {
  title: string;
  intro?: ReactNode;
  actions?: ReactNode;
  /** Whether the page has its data. It then scrolls to the last position. */
  ready?: boolean;
  children: ReactNode;
};

/** A page with its heading. The heading takes the focus, so that a screen reader announces the page. */
export function Page({ title, intro, actions, ready = true, children }: Props) {
  const { t } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${t("product")}`;
  }, [title, t]);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    void scrollTo(0, ready ? scrollPosition() : 0);
  }, [ready]);
  return (
    <>
      <div className="title">
        <div>
          <h1 ref={heading} tabIndex={-1}>{title}</h1>
          {intro && <p className="dim">{intro}</p>}
        </div>
        {actions && <div className="buttons">{actions}</div>}
      </div>
      {children}
    </>
  );
}
