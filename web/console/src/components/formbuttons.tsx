import { useTranslation } from "react-i18next";

export function FormButtons({ busy, submit, danger, onCancel }: { busy: boolean; submit: string; danger?: boolean; onCancel: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="buttons">
      <button type="button" onClick={onCancel}>{t("cancel")}</button>
      <button type="submit" className={danger ? "danger" : "primary"} disabled={busy}>{submit}</button>
    </div>
  );
}
