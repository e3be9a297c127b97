import { useApolloClient, useQuery } from "@apollo/client/react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { ActionPicker } from "../components/actionpicker";
import { auditFilterOf, isOpen } from "../components/auditfilter";
import { withEvent } from "../components/auditlist";
import { ErrorMessages } from "../components/errormessage";
import { EventList } from "../components/eventlist";
import { useFeed } from "../components/feed";
import { LiveAdvice, LiveBadge } from "../components/livebadge";
import { Page } from "../components/page";
import { Pager, pageArguments } from "../components/pager";
import { usePermissions } from "../components/permissions";
import { PersonPicker } from "../components/personpicker";
import { Loading } from "../components/reachabilitybanner";
import { useSignedIn } from "../components/signedin";
import { AuditDocument, AuditEventsDocument } from "../generated/operation";
import { firstPage, useFilter } from "../router/filter";

/** Number of events on a page. */
const SIZE = 40;
/** Milliseconds between two requests for a list that is not live. */
const POLL = 10_000;

export function Audit() {
  const { t } = useTranslation();
  const signedIn = useSignedIn();
  const allowed = usePermissions();
  const client = useApolloClient();
  const [params, changeFilter] = useFilter();
  const [paused, setPaused] = useState(false);
  const [newIds, setNewIds] = useState<ReadonlySet<string>>(new Set());
  const filter = auditFilterOf(params);
  const pageArgs = pageArguments(params, SIZE);
  const variables = { filter, addresses: allowed["Query.users"], ...pageArgs };
  // Older pages and closed periods do not change.
  const past = Boolean(pageArgs.after || pageArgs.before) || !isOpen(filter);
  const feed = useFeed(AuditEventsDocument, {
    variables: { filter: { ...filter, since: null, until: null }, addresses: variables.addresses },
    skip: paused || past || !signedIn,
    onEvent: ({ auditEvents: event }) => {
      setNewIds((ids) => new Set(ids).add(event.id));
      client.cache.updateQuery({ query: AuditDocument, variables }, (list) => withEvent(list, event));
    },
    onGap: () => void refetch(),
  });
  const { data, previousData, error, loading, refetch } = useQuery(AuditDocument, {
    variables,
    fetchPolicy: "cache-and-network",
    pollInterval: feed.state === "lost" ? POLL : 0,
  });
  const events = (data ?? previousData)?.auditEvents;
  const filtered = [...params.keys()].length > 0;

  function pause() {
    setPaused(!paused);
    if (paused) {
      void refetch();
    }
  }

  const actions = past ? (
    <>
      <span className="live off" role="status">{t("audit.past")}</span>
      {(pageArgs.after || pageArgs.before) && <button type="button" onClick={() => changeFilter(firstPage, true)}>{t("audit.newest")}</button>}
    </>
  ) : (
    <>
      <LiveBadge state={feed.state} paused={t("audit.paused")} />
      <button type="button" onClick={pause}>{paused ? t("audit.resume") : t("audit.pause")}</button>
    </>
  );
  return (
    <Page title={t("audit.title")} intro={t("audit.intro")} actions={actions} ready={Boolean(events)}>
      <LiveAdvice state={feed.state} onReload={() => void refetch()} />
      <section className="card">
        <form className="filters" role="search" onSubmit={(event) => event.preventDefault()}>
          <ActionPicker chosen={filter.actions ?? []} onChoose={(chosen) => changeFilter({ ...firstPage, actions: chosen.join(",") })} />
          {allowed["Query.users"] && <PersonPicker id={filter.accountId ?? null} onPick={(person) => changeFilter({ ...firstPage, person })} />}
          <label>
            {t("audit.outcome")}
            <select value={filter.outcome ?? ""} onChange={(event) => changeFilter({ ...firstPage, outcome: event.target.value })}>
              <option value="">{t("audit.any")}</option>
              <option value="SUCCESS">{t("audit.success")}</option>
              <option value="FAILURE">{t("audit.failure")}</option>
            </select>
          </label>
          <div className="pair">
            <label>
              {t("audit.from")}
              <input type="date" value={params.get("from") ?? ""} onChange={(event) => changeFilter({ ...firstPage, from: event.target.value })} />
            </label>
            <label>
              {t("audit.until")}
              <input type="date" value={params.get("until") ?? ""} onChange={(event) => changeFilter({ ...firstPage, until: event.target.value })} />
            </label>
          </div>
          {filtered && <Link className="reset" href="/audit">{t("audit.reset")}</Link>}
        </form>
        <ErrorMessages error={error ?? feed.error} />
        {events && <EventList events={events.edges.flatMap(({ node }) => node ?? [])} newIds={newIds} busy={loading} />}
        {events?.edges.length === 0 && <p className="dim">{t("nothing")}</p>}
        {!events && loading && <Loading />}
        {events && <Pager info={events.pageInfo} busy={loading} />}
      </section>
    </Page>
  );
}
