import { useQuery } from "@apollo/client/react";
import { AUDIT } from "../operation/audit";
import { toFiltered } from "../router";
import { useWords } from "../words/language";
import { EventList } from "./eventlist";
import { Faults } from "./fault";
import { useMay } from "./may";
import { Loading } from "./reachbanner";

/** The newest events that an account did, or that were done to it. */
export function History({ id }: { id: string }) {
  const words = useWords();
  const addresses = useMay()["Query.users"];
  const { data, error } = useQuery(AUDIT, {
    variables: { filter: { accountId: id }, addresses, first: 10, after: null, last: null, before: null },
    fetchPolicy: "cache-and-network",
  });
  const events = data?.auditEvents?.edges.flatMap(({ node }) => node ?? []);
  return (
    <section className="card">
      <h2>{words.accounts.history}</h2>
      <Faults error={error} />
      {!events && !error && <Loading />}
      {events && <EventList events={events} busy={false} />}
      {events?.length === 0
        ? <p className="dim">{words.accounts.historyNone}</p>
        : <p><a href={toFiltered("audit", { person: id })}>{words.accounts.historyAll}</a></p>}
    </section>
  );
}
