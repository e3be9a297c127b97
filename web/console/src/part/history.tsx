import { useApolloClient, useQuery } from "@apollo/client/react";
import { AuditDocument, AuditEventsDocument } from "../generated/operation";
import { toFiltered } from "../router";
import { useWords } from "../words/language";
import { useAlive } from "./alive";
import { withEvent } from "./auditlist";
import { EventList } from "./eventlist";
import { Faults } from "./fault";
import { useFeed } from "./feed";
import { useMay } from "./may";
import { Loading } from "./reachbanner";

/** Events of one history. */
const SIZE = 10;
/** Milliseconds between two readings of the history while it is not live. */
const POLL = 10_000;

/** The newest events that an account did, or that were done to it. New ones appear as they happen. */
export function History({ id }: { id: string }) {
  const words = useWords();
  const alive = useAlive();
  const client = useApolloClient();
  const addresses = useMay()["Query.users"];
  const variables = { filter: { accountId: id }, addresses, first: SIZE, after: null, last: null, before: null };
  const feed = useFeed(AuditEventsDocument, {
    variables: { filter: variables.filter, addresses },
    skip: !alive,
    onEvent: ({ auditEvents: event }) => {
      client.cache.updateQuery({ query: AuditDocument, variables }, (known) => withEvent(known, event, SIZE));
    },
    onGap: () => void refetch(),
  });
  const { data, error, refetch } = useQuery(AuditDocument, {
    variables,
    fetchPolicy: "cache-and-network",
    pollInterval: feed.state === "lost" ? POLL : 0,
  });
  const events = data?.auditEvents?.edges.flatMap(({ node }) => node ?? []);
  return (
    <section className="card">
      <h2>{words.accounts.history}</h2>
      <Faults error={error ?? feed.error} />
      {!events && !error && <Loading />}
      {events && <EventList events={events} busy={false} />}
      {events?.length === 0
        ? <p className="dim">{words.accounts.historyNone}</p>
        : <p><a href={toFiltered("audit", { person: id })}>{words.accounts.historyAll}</a></p>}
    </section>
  );
}
