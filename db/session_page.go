package db

import (
	"context"
	"slices"
	"time"

	"authgraph/account"
)

// Sessions implements account.Reader. Ids sort by the time of their creation.
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
			WHERE s.user_id IN (?) AND s.ended_at IS NULL AND s.expires_at > {now} AND s.pending = ''
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

// sessionPageOf returns the page of rows. They hold one row more than the page if a next page exists.
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

// countSessions sets the number of live sessions of each account in pages.
func (s *Store) countSessions(ctx context.Context, userIDs []string, pages map[string]account.SessionPage) error {
	query, args, err := in(s.dialect.sql(`
		SELECT user_id, count(*) AS total FROM sessions
		WHERE user_id IN (?) AND ended_at IS NULL AND expires_at > {now} AND pending = '' GROUP BY user_id`), userIDs)
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

// changeOverlap is the overlap of two polls, because a transaction writes its time before it commits.
const changeOverlap = 5 * time.Second

// sessionsChanged returns live sessions and new ended ones, by one index each (migration 8).
const sessionsChanged = `SELECT ` + sessionColumns + ` FROM (
	SELECT * FROM sessions WHERE user_id IN (?) AND ended_at IS NULL AND pending = ''
		AND (changed_at >= ? OR expires_at >= ? AND expires_at <= {now})
	UNION ALL
	SELECT * FROM sessions WHERE user_id IN (?) AND ended_at >= ? AND pending = ''
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

// purgeBatch is the maximum number of sessions per step, which bounds the time of its locks.
const purgeBatch = 500

// PurgeSessions implements account.Store. Concurrent steps of several instances skip each other's rows.
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
