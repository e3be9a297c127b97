package db

import (
	"context"
	"errors"

	"github.com/jmoiron/sqlx"

	"authgraph/account"
	"authgraph/auth"
)

// advance increments a session's counter and extends the session. Arguments: $4 idle lifetime, $5 and $6 client.
const advance = `
	UPDATE sessions AS s SET counter = counter + 1, rotated_at = {now}, last_used_at = {now}, changed_at = {now},
		expires_at = CASE WHEN {now} + CAST($4 AS BIGINT) < absolute_expires_at
			THEN {now} + CAST($4 AS BIGINT) ELSE absolute_expires_at END,
		user_agent = $5, ip_address = $6`

// rotate rotates the present token in one statement, so that of many requests with the same token exactly one
// succeeds. Its WHERE clause is the condition of RefreshRotated in account.Session.EvaluateRefresh (TestRotate_Evaluate).
const rotate = advance + `, late_from = NULL, late_to = NULL
	WHERE id = $1 AND key_version = $2 AND counter = $3 AND ended_at IS NULL AND expires_at > {now}
		AND EXISTS (SELECT 1 FROM users u WHERE u.id = s.user_id AND u.suspended_at IS NULL AND u.erase_at IS NULL)`

// withUser selects session s, from a table or a RETURNING clause, with its account.
const withUser = `SELECT ` + sessionColumns + `, ` + userColumns + ` FROM s JOIN users u ON u.id = s.user_id` + userJoins

// sessionByIDWithUser selects the session with an id, with its account.
const sessionByIDWithUser = `WITH s AS (SELECT * FROM sessions WHERE id = $1) ` + withUser

// sessionUserRow is a row of withUser.
type sessionUserRow struct {
	sessionRow
	userRow
}

// Rotate implements account.Store.
func (s *Store) Rotate(ctx context.Context, r account.Rotation) (*account.User, *account.Session, error) {
	args := []any{
		r.Token.Session, r.Token.KeyVersion, r.Token.Counter, r.Idle.Microseconds(),
		nullable(r.Client.UserAgent), nullable(r.Client.IPAddress),
	}
	if s.dialect == onPostgres { // a single statement commits without BEGIN, which takes a third of the time
		return sessionWithUser(ctx, s.preparedWrite, s.dialect.sql(`WITH s AS (`+rotate+` RETURNING s.*) `+withUser), args...)
	}
	// The statements are prepared before the transaction takes the only connection that writes.
	move, err := s.preparedWrite.statement(ctx, s.dialect.sql(rotate)) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return nil, nil, storeError(err)
	}
	read, err := s.preparedWrite.statement(ctx, s.dialect.sql(sessionByIDWithUser)) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return nil, nil, storeError(err)
	}
	var found []sessionUserRow
	err = s.inTx(ctx, func(tx *sqlx.Tx) error {
		err := requireOneRow(tx.StmtxContext(ctx, move).ExecContext(ctx, args...))
		if errors.Is(err, errNoEffect) {
			return account.ErrNotRotated
		}
		if err != nil {
			return err
		}
		return tx.StmtxContext(ctx, read).SelectContext(ctx, &found, r.Token.Session) //nolint:sqlclosecheck // it ends with the transaction
	})
	if err != nil {
		return nil, nil, err
	}
	return sessionUser(found)
}

// FinishRefresh implements account.Store.
func (s *Store) FinishRefresh(
	ctx context.Context, r account.Rotation,
) (outcome account.RefreshOutcome, user *account.User, session *account.Session, err error) {
	err = s.inChangeTx(ctx, func(tx *changeTx) error {
		found, err := s.sessionByID(ctx, tx, r.Token.Session, "FOR UPDATE")
		if err != nil {
			return err
		}
		outcome = account.RefreshInvalid
		if found == nil {
			return nil
		}
		var suspended bool
		if err := tx.GetContext(ctx, &suspended,
			`SELECT suspended_at IS NOT NULL OR erase_at IS NOT NULL FROM users WHERE id = $1`, found.UserID); err != nil {
			return err
		}
		outcome = found.EvaluateRefresh(r, suspended)
		switch outcome {
		case account.RefreshReused:
			ended, err := s.endSessions(ctx, tx, account.SessionEnd{
				UserID: found.UserID, Reason: account.TokenReused, Client: r.Client,
			}, `id = $3`, found.ID)
			if err != nil || len(ended) == 0 {
				return err // logged once, when the session ended, so that a holder of the token can't fill the log
			}
			return tx.audit(ctx, event{
				action: account.ActionRefresh, outcome: account.Failed, subject: found.UserID, session: found.ID, client: r.Client,
				details: map[string]any{"code": auth.RefreshTokenReused, "counter": r.Token.Counter, "current": found.Counter},
			})
		case account.RefreshRepeated, account.RefreshLate:
			if err := s.noteForeign(ctx, tx, found, r.Client); err != nil {
				return err
			}
			if outcome == account.RefreshLate {
				if err := s.rotateLate(ctx, tx, found, r); err != nil {
					return err
				}
			}
			user, session, err = sessionWithUser(ctx, tx, s.dialect.sql(sessionByIDWithUser), found.ID)
			return err
		case account.RefreshRotated: // Rotate refused it because the account was suspended; it was reinstated since
			outcome = account.RefreshEnded
		}
		return nil
	})
	if outcome == account.RefreshEnded || outcome == account.RefreshReused {
		// It may have ended elsewhere a moment ago: what this instance has just said it must not take back.
		s.notifySubscribers(account.Change{Sessions: []string{r.Token.Session}})
	}
	return outcome, user, session, err
}

// noteForeign counts consecutive answers to foreign clients and records each in the audit log. For any other client it
// resets the count.
func (s *Store) noteForeign(ctx context.Context, tx *changeTx, found *account.Session, c account.Client) error {
	if !found.Foreign(c) {
		_, err := tx.ExecContext(ctx,
			`UPDATE sessions SET foreign_answers = 0 WHERE id = $1 AND foreign_answers > 0`, found.ID)
		return err
	}
	if _, err := tx.ExecContext(ctx,
		`UPDATE sessions SET foreign_answers = foreign_answers + 1 WHERE id = $1`, found.ID); err != nil {
		return err
	}
	return tx.audit(ctx, event{
		action: account.ActionForeignRefresh, actor: found.UserID, subject: found.UserID, session: found.ID,
		client: c, details: map[string]any{"inARow": found.ForeignAnswers + 1},
	})
}

// rotateLate rotates a token again, because its successor is unused. The caller has locked the session's row, so the counter
// is still found.Counter.
func (s *Store) rotateLate(ctx context.Context, tx *changeTx, found *account.Session, r account.Rotation) error {
	if err := requireOneRow(tx.ExecContext(ctx, s.dialect.sql(advance+`, late_from = $3, late_to = counter + 1
		WHERE id = $1 AND counter = $2`), found.ID, found.Counter, r.Token.Counter, r.Idle.Microseconds(),
		nullable(r.Client.UserAgent), nullable(r.Client.IPAddress))); err != nil {
		return err
	}
	return tx.audit(ctx, event{
		action: account.ActionLateRefresh, actor: found.UserID, subject: found.UserID, session: found.ID, client: r.Client,
		details: map[string]any{"counter": r.Token.Counter, "current": found.Counter},
	})
}

// sessionWithUser runs a query of the columns of withUser. It fails with ErrNotRotated if the result is empty.
func sessionWithUser(
	ctx context.Context, q sqlx.QueryerContext, query string, args ...any,
) (*account.User, *account.Session, error) {
	var rows []sessionUserRow
	if err := sqlx.SelectContext(ctx, q, &rows, query, args...); err != nil {
		return nil, nil, storeError(err)
	}
	return sessionUser(rows)
}

func sessionUser(rows []sessionUserRow) (*account.User, *account.Session, error) {
	if len(rows) == 0 {
		return nil, nil, account.ErrNotRotated
	}
	user := rows[0].user()
	for i := range rows {
		rows[i].grant(user)
	}
	order(user)
	return user, rows[0].session(), nil
}
