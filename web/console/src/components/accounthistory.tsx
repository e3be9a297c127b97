import { useApolloClient, useQuery } from "@apollo/client/react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { AuditDocument, AuditEventsDocument } from "../generated/operation";
import { withEvent } from "./auditlist";
import { ErrorMessages } from "./errormessage";
import { EventList } from "./eventlist";
import { useFeed } from "./feed";
import { usePermissions } from "./permissions";
import { Loading } from "./reachabilitybanner";
import { useSignedIn } from "./signedin";

/** Number of events in the history. */
const SIZE = 10;
/** Milliseconds between two requests for a history that is not live. */
const POLL = 10_000;

/** Newest events with an account as actor or subject. New events appear live. */
export function AccountHistory({ id }: { id: string }) {
  const { t } = useTranslation();
  const signedIn = useSignedIn();
  const client = useApolloClient();
  const addresses = usePermissions()["Query.users"];
  const variables = { filter: { accountId: id }, addresses, first: SIZE, after: null, last: null, before: null };
  const feed = useFeed(AuditEventsDocument, {
    variables: { filter: variables.filter, addresses },
    skip: !signedIn,
    onEvent: ({ auditEvents: event }) => {
      client.cache.updateQuery({ query: AuditDocument, variables }, (list) => withEvent(list, event, SIZE));
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
      <h2>{t("accounts.history")}</h2>
      <ErrorMessages error={error ?? feed.error} />
      {!events && !error && <Loading />}
      {events && <EventList events={events} busy={false} />}
      {events?.length === 0
        ? <p className="dim">{t("accounts.historyNone")}</p>
        : <p><Link href={`/audit?person=${encodeURIComponent(id)}`}>{t("accounts.historyAll")}</Link></p>}
    </section>
  );
}
