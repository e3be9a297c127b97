package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"authgraph/account"
	"authgraph/mail"
)

// addMails adds mails to the queue. Workers of this instance are woken after the commit.
func (c *changeTx) addMails(ctx context.Context, mails []account.OutgoingMail) error {
	for _, m := range mails {
		if _, err := c.ExecContext(ctx, c.dialect.sql(`
			INSERT INTO mail_queue (id, kind, sealed, user_id, token_hash, created_at, due_at, expires_at)
			VALUES ($1, $2, $3, $4, $5, {now}, {now}, {now} + CAST($6 AS BIGINT))`),
			m.ID, string(m.Kind), m.Sealed, nullable(m.UserID), m.TokenHash, m.Lifetime.Microseconds()); err != nil {
			return err
		}
		c.mailed = true
	}
	return nil
}

// dropMails deletes the mails that carry one of the tokens, because the tokens are void.
func (c *changeTx) dropMails(ctx context.Context, tokenHashes ...[]byte) error {
	if len(tokenHashes) == 0 {
		return nil
	}
	query, args, err := in(`DELETE FROM mail_queue WHERE token_hash IN (?)`, tokenHashes)
	if err == nil {
		_, err = c.ExecContext(ctx, query, args...)
	}
	return err
}

// SubscribeMails registers f, which is called after each commit of this instance that queued mails. f must not block. Call
// SubscribeMails before the store is used.
func (s *Store) SubscribeMails(f func()) { s.mailSubscribers = append(s.mailSubscribers, f) }

// AddMails implements account.MailQueue.
func (s *Store) AddMails(ctx context.Context, mails []account.OutgoingMail) error {
	return s.inChangeTx(ctx, func(tx *changeTx) error { return tx.addMails(ctx, mails) })
}

// ClaimMails implements account.MailQueue. It writes nothing if no mail is due.
func (s *Store) ClaimMails(ctx context.Context, max int, lease time.Duration) (claimed []account.ClaimedMail, err error) {
	var due bool
	if err := s.read.GetContext(ctx, &due, s.dialect.sql(
		`SELECT EXISTS (SELECT 1 FROM mail_queue WHERE due_at <= {asOf})`)); err != nil || !due {
		return nil, storeError(err)
	}
	var rows []struct {
		ID        string         `db:"id"`
		Kind      mail.Kind      `db:"kind"`
		UserID    sql.NullString `db:"user_id"`
		Sealed    []byte         `db:"sealed"`
		CreatedAt int64          `db:"created_at"`
		Attempts  int            `db:"attempts"`
		Remaining int64          `db:"remaining"`
	}
	claim := rand.Text()
	err = s.inOwnTx(ctx, func(q sqlx.ExtContext) error {
		return sqlx.SelectContext(ctx, q, &rows, s.dialect.sql(`
			UPDATE mail_queue SET claim = $1, attempts = attempts + 1, due_at = {now} + CAST($2 AS BIGINT)
			WHERE id `+s.dialect.among(`SELECT id FROM mail_queue WHERE due_at <= {asOf} ORDER BY due_at, id LIMIT $3`+
			s.dialect.locking(`FOR UPDATE SKIP LOCKED`))+`
			RETURNING id, kind, user_id, sealed, created_at, attempts, expires_at - {now} AS remaining`),
			claim, lease.Microseconds(), max)
	})
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		claimed = append(claimed, account.ClaimedMail{
			ID: r.ID, Claim: claim, Kind: r.Kind, UserID: r.UserID.String, Sealed: r.Sealed, QueuedAt: fromMicros(r.CreatedAt),
			Attempts: r.Attempts, Remaining: time.Duration(r.Remaining) * time.Microsecond,
		})
	}
	return claimed, nil
}

// MailDelivered implements account.MailQueue.
func (s *Store) MailDelivered(ctx context.Context, id string) error {
	_, err := s.exec(ctx, `DELETE FROM mail_queue WHERE id = $1`, id)
	return err
}

// RetryMail implements account.MailQueue.
func (s *Store) RetryMail(ctx context.Context, c account.ClaimedMail, after time.Duration) error {
	_, err := s.exec(ctx, s.dialect.sql(
		`UPDATE mail_queue SET due_at = {now} + CAST($3 AS BIGINT), claim = NULL WHERE id = $1 AND claim = $2`),
		c.ID, c.Claim, after.Microseconds())
	return err
}

// GiveUpMail implements account.MailQueue.
func (s *Store) GiveUpMail(ctx context.Context, c account.ClaimedMail, reason string) error {
	return s.inChangeTx(ctx, func(tx *changeTx) error {
		err := requireOneRow(tx.ExecContext(ctx, `DELETE FROM mail_queue WHERE id = $1 AND claim = $2`, c.ID, c.Claim))
		if errors.Is(err, errNoEffect) {
			return nil
		}
		if err != nil {
			return err
		}
		return tx.audit(ctx, event{
			action: account.ActionMailGiveUp, outcome: account.Failed, subject: c.UserID,
			details: map[string]any{"kind": c.Kind, "attempts": c.Attempts, "reason": reason},
		})
	})
}

// MailBacklog returns the number of waiting mails by kind, and the age of the oldest by the database's clock.
func (s *Store) MailBacklog(ctx context.Context) (waiting map[mail.Kind]int64, oldest time.Duration, err error) {
	var rows []struct {
		Kind  mail.Kind `db:"kind"`
		Count int64     `db:"count"`
		Age   int64     `db:"age"`
	}
	if err := s.read.SelectContext(ctx, &rows, s.dialect.sql(
		`SELECT kind, count(*) AS count, max({asOf} - created_at) AS age FROM mail_queue GROUP BY kind`)); err != nil {
		return nil, 0, storeError(err)
	}
	waiting = map[mail.Kind]int64{}
	for _, r := range rows {
		waiting[r.Kind] = r.Count
		oldest = max(oldest, time.Duration(r.Age)*time.Microsecond)
	}
	return waiting, oldest, nil
}

const (
	// mailRemains is the time after which an expired mail is deleted that no worker has given up: where a server that sent
	// mails sends none any more.
	mailRemains = 24 * time.Hour
	// mailsBatch is the maximum number of rows that one step deletes.
	mailsBatch = 1000
)

// PurgeMails deletes a batch of mails that expired long ago.
func (s *Store) PurgeMails(ctx context.Context) error {
	_, err := s.exec(ctx, s.dialect.sql(`
		DELETE FROM mail_queue WHERE id IN (SELECT id FROM mail_queue WHERE expires_at < {asOf} - $1 LIMIT $2)`),
		mailRemains.Microseconds(), mailsBatch)
	return err
}

// SealedMails implements account.MailSeals.
func (s *Store) SealedMails(ctx context.Context, after string, max int) (mails []account.SealedMail, err error) {
	var rows []struct {
		ID     string `db:"id"`
		Sealed []byte `db:"sealed"`
	}
	err = s.read.SelectContext(ctx, &rows, `SELECT id, sealed FROM mail_queue WHERE id > $1 ORDER BY id LIMIT $2`, after, max)
	for _, r := range rows {
		mails = append(mails, account.SealedMail{ID: r.ID, Sealed: r.Sealed})
	}
	return mails, storeError(err)
}

// ResealMail implements account.MailSeals.
func (s *Store) ResealMail(ctx context.Context, id string, old, sealed []byte) error {
	_, err := s.exec(ctx, `UPDATE mail_queue SET sealed = $3 WHERE id = $1 AND sealed = $2`, id, old, sealed)
	return err
}
