package db

import (
	"context"
	"slices"
	"time"

	"authgraph/account"
)

// Sessions implements account.Store. Identifiers sort by the time at which they were made.
func (s *Store) Sessions(
	ctx context.Context, userIDs []string, p account.Page,
) (map[string]account.SessionPage, error) {
	order := "DESC"
	if p.Backward {
		order = "ASC"
	}
	query, args, err := in(s.dialect.sql(`
		SELECT `+sessionColumns+` FROM (
			SELECT s.*, row_number() OVER (PARTITION BY s.user_id ORDER BY s.id `+order+`) AS place FROM sessions s
			WHERE s.user_id IN (?) AND s.ended_at IS NULL AND s.expires_at > {now}
				AND (? = '' OR s.id < ?) AND (? = '' OR s.id > ?)
		) s WHERE s.place <= ? ORDER BY s.user_id, s.place`),
		userIDs, p.After, p.After, p.Before, p.Before, p.Limit+1)
	if err != nil {
		return nil, err
	}
	rows, err := sessionsOf(ctx, s.read, query, args...)
	if err != nil {
		return nil, err
	}
	found := map[string][]*account.Session{}
	for _, session := range rows {
		found[session.UserID] = append(found[session.UserID], session)
	}
	pages := map[string]account.SessionPage{}
	for _, id := range userIDs {
		pages[id] = sessionPageOf(found[id], p)
	}
	if p.Counted {
		err = s.countSessions(ctx, userIDs, pages)
	}
	return pages, err
}

// sessionPageOf makes a page of rows, of which there is one more than the page holds where there are more.
func sessionPageOf(rows []*account.Session, p account.Page) account.SessionPage {
	more := len(rows) > p.Limit
	rows = rows[:min(len(rows), p.Limit)]
	page := account.SessionPage{Sessions: rows, HasNext: more, HasPrev: p.After != ""}
	if p.Backward {
		slices.Reverse(rows)
		page.HasNext, page.HasPrev = p.Before != "", more
	}
	return page
}

// countSessions writes into pages how many sessions each account has that go on.
func (s *Store) countSessions(ctx context.Context, userIDs []string, pages map[string]account.SessionPage) error {
	query, args, err := in(s.dialect.sql(`
		SELECT user_id, count(*) AS total FROM sessions
		WHERE user_id IN (?) AND ended_at IS NULL AND expires_at > {now} GROUP BY user_id`), userIDs)
	if err != nil {
		return err
	}
	var counts []struct {
		UserID string `db:"user_id"`
		Total  int    `db:"total"`
	}
	if err := s.read.SelectContext(ctx, &counts, query, args...); err != nil {
		return storeError(err)
	}
	for _, c := range counts {
		page := pages[c.UserID]
		page.Total = c.Total
		pages[c.UserID] = page
	}
	return nil
}

// changeOverlap is by how much a poll looks back behind its last one: a transaction writes down its time before it
// commits.
const changeOverlap = 5 * time.Second

// sessionsChanged reads live sessions and new ended ones, by an index each (migration 8).
const sessionsChanged = `SELECT ` + sessionColumns + ` FROM (
	SELECT * FROM sessions WHERE user_id IN (?) AND ended_at IS NULL
		AND (changed_at >= ? OR expires_at >= ? AND expires_at <= {now})
	UNION ALL
	SELECT * FROM sessions WHERE user_id IN (?) AND ended_at >= ?
) s ORDER BY s.changed_at, s.id`

// SessionsChanged implements account.Store.
func (s *Store) SessionsChanged(
	ctx context.Context, userIDs []string, since time.Time,
) ([]*account.Session, time.Time, error) {
	var now int64
	if err := s.read.GetContext(ctx, &now, s.dialect.sql(`SELECT {now}`)); err != nil {
		return nil, time.Time{}, storeError(err)
	}
	if len(userIDs) == 0 {
		return nil, fromMicros(now), nil
	}
	from := since.Add(-changeOverlap).UnixMicro()
	query, args, err := in(s.dialect.sql(sessionsChanged), userIDs, from, from, userIDs, from)
	if err != nil {
		return nil, time.Time{}, err
	}
	found, err := sessionsOf(ctx, s.read, query, args...)
	return found, fromMicros(now), err
}

// purgeBatch bounds what one step of the housekeeping looks at, and so how long it holds locks.
const purgeBatch = 500

// PurgeSessions implements account.Store. Steps of several instances may meet: what one deletes the other skips.
func (s *Store) PurgeSessions(
	ctx context.Context, after string, retention time.Duration,
) (next string, deleted int64, err error) {
	var ids []string
	if err := s.read.SelectContext(ctx, &ids,
		`SELECT id FROM sessions WHERE id > $1 ORDER BY id LIMIT $2`, after, purgeBatch); err != nil {
		return after, 0, storeError(err)
	}
	if len(ids) == 0 {
		return "", 0, nil
	}
	query, args, err := in(s.dialect.sql(`DELETE FROM sessions WHERE id IN (
		SELECT id FROM sessions WHERE id IN (?) AND (ended_at < {now} - ? OR expires_at < {now} - ?)`+
		s.dialect.locking("FOR UPDATE SKIP LOCKED")+`)`),
		ids, retention.Microseconds(), retention.Microseconds())
	if err != nil {
		return after, 0, err
	}
	result, err := s.exec(ctx, query, args...)
	if err != nil {
		return after, 0, err
	}
	if deleted, err = result.RowsAffected(); err != nil {
		return after, 0, err
	}
	if len(ids) < purgeBatch {
		return "", deleted, nil
	}
	return ids[len(ids)-1], deleted, nil
}
