import { useApolloClient, useQuery } from "@apollo/client/react";
import { useState } from "react";
import { AuditDocument, AuditEventsDocument } from "../generated/operation";
import { ActionPicker } from "../part/actionpicker";
import { useAlive } from "../part/alive";
import { auditFilterOf, isOpen } from "../part/auditfilter";
import { withEvent } from "../part/auditlist";
import { EventList } from "../part/eventlist";
import { Faults } from "../part/fault";
import { useFeed } from "../part/feed";
import { LiveAdvice, LiveBadge } from "../part/live";
import { useMay } from "../part/may";
import { Page } from "../part/page";
import { Pager, placeOf } from "../part/pager";
import { PersonPicker } from "../part/personpicker";
import { Loading } from "../part/reachbanner";
import { changeFilter, to, useFilter } from "../router";
import { useWords } from "../words/language";

/** Events of one page. */
const SIZE = 40;
/** Milliseconds between two readings of the list while it is not live. */
const POLL = 10_000;

/** Another filter begins with the newest events: a cursor belongs to one. */
const first = { after: null, before: null };

export function Audit() {
  const words = useWords();
  const alive = useAlive();
  const may = useMay();
  const client = useApolloClient();
  const params = useFilter();
  const [paused, setPaused] = useState(false);
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const filter = auditFilterOf(params);
  const place = placeOf(params, SIZE);
  const variables = { filter, addresses: may["Query.users"], ...place };
  // Older pages and closed periods do not change.
  const past = Boolean(place.after || place.before) || !isOpen(filter);
  const feed = useFeed(AuditEventsDocument, {
    variables: { filter: { ...filter, since: null, until: null }, addresses: variables.addresses },
    skip: paused || past || !alive,
    onEvent: ({ auditEvents: event }) => {
      setFresh((known) => new Set(known).add(event.id));
      client.cache.updateQuery({ query: AuditDocument, variables }, (known) => withEvent(known, event));
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
      <span className="live off" role="status">{words.audit.past}</span>
      {(place.after || place.before) && <button onClick={() => changeFilter(first, true)}>{words.audit.newest}</button>}
    </>
  ) : (
    <>
      <LiveBadge state={feed.state} paused={words.audit.paused} />
      <button onClick={pause}>{paused ? words.audit.resume : words.audit.pause}</button>
    </>
  );
  return (
    <Page title={words.audit.title} intro={words.audit.intro} actions={actions} ready={Boolean(events)}>
      <LiveAdvice state={feed.state} onReload={() => void refetch()} />
      <section className="card">
        <form className="filters" role="search" onSubmit={(event) => event.preventDefault()}>
          <ActionPicker chosen={filter.actions ?? []} onChoose={(chosen) => changeFilter({ ...first, actions: chosen.join(",") })} />
          {may["Query.users"] && <PersonPicker id={filter.accountId ?? null} onPick={(person) => changeFilter({ ...first, person })} />}
          <label>
            {words.audit.outcome}
            <select value={filter.outcome ?? ""} onChange={(event) => changeFilter({ ...first, outcome: event.target.value })}>
              <option value="">{words.audit.any}</option>
              <option value="SUCCESS">{words.audit.success}</option>
              <option value="FAILURE">{words.audit.failure}</option>
            </select>
          </label>
          <div className="pair">
            <label>
              {words.audit.from}
              <input type="date" value={params.get("from") ?? ""} onChange={(event) => changeFilter({ ...first, from: event.target.value })} />
            </label>
            <label>
              {words.audit.until}
              <input type="date" value={params.get("until") ?? ""} onChange={(event) => changeFilter({ ...first, until: event.target.value })} />
            </label>
          </div>
          {filtered && <a className="reset" href={to("audit")}>{words.audit.reset}</a>}
        </form>
        <Faults error={error ?? feed.error} />
        {events && <EventList events={events.edges.flatMap(({ node }) => node ?? [])} fresh={fresh} busy={loading} />}
        {events?.edges.length === 0 && <p className="dim">{words.nothing}</p>}
        {!events && loading && <Loading />}
        {events && <Pager info={events.pageInfo} busy={loading} />}
      </section>
    </Page>
  );
}
