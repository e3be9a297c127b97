import { useWords } from "../words/language";

export function FormButtons({ busy, submit, danger, onCancel }: { busy: boolean; submit: string; danger?: boolean; onCancel: () => void }) {
  const words = useWords();
  return (
    <div className="buttons">
      <button type="button" onClick={onCancel}>{words.cancel}</button>
      <button className={danger ? "danger" : "primary"} disabled={busy}>{submit}</button>
    </div>
  );
}
