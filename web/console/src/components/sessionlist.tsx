import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Session } from "../operation/type";
import { deviceName } from "./device";
import { Time } from "./time";

export function SessionList({ sessions, action }: { sessions: Session[]; action?: (session: Session, name: string) => ReactNode }) {
  const { t } = useTranslation();
  return (
    <ul className="rows" data-testid="sessions">
      {sessions.map((each) => (
        <li key={each.id} data-id={each.id}>
          <div>
            <strong>{deviceName(each.userAgent, t)}</strong>{" "}
            {each.current && <span className="tag good">{t("sessions.thisDevice")}</span>}
            <small>
              {each.ipAddress && <>{each.ipAddress} · </>}
              {t("sessions.since")} <Time of={each.createdAt} /> · {t("sessions.lastUsed")} <Time of={each.lastUsedAt} />
            </small>
          </div>
          {action?.(each, deviceName(each.userAgent, t))}
        </li>
      ))}
    </ul>
  );
}
