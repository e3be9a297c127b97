import type { ReactNode } from "react";
import type { Session } from "../operation/type";
import { useWords } from "../words/language";
import { device } from "./device";
import { Time } from "./time";

export function SessionList({ sessions, action }: { sessions: Session[]; action?: (session: Session, name: string) => ReactNode }) {
  const words = useWords();
  return (
    <ul className="rows" data-testid="sessions">
      {sessions.map((each) => (
        <li key={each.id} data-id={each.id}>
          <div>
            <strong>{device(each.userAgent, words)}</strong>{" "}
            {each.current && <span className="tag good">{words.sessions.thisDevice}</span>}
            <small>
              {each.ipAddress && <>{each.ipAddress} · </>}
              {words.sessions.since} <Time of={each.createdAt} /> · {words.sessions.lastUsed} <Time of={each.lastUsedAt} />
            </small>
          </div>
          {action?.(each, device(each.userAgent, words))}
        </li>
      ))}
    </ul>
  );
}
