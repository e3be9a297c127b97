package db

import (
	"context"
	"strings"

	"github.com/jmoiron/sqlx"

	"authgraph/account"
	"authgraph/auth"
)

// sessionColumns are the columns of a session row named s.
const sessionColumns = `s.id AS session_id, s.user_id, s.created_at AS session_created_at, s.last_used_at,
	s.expires_at, s.absolute_expires_at, s.ended_at, s.end_reason, s.auth_time, s.assurance, s.methods, s.delivery,
	s.key_version, s.counter, s.rotated_at, s.foreign_answers,
	CASE WHEN s.late_to = s.counter THEN s.late_from END AS late_from, s.user_agent, s.ip_address, s.actor_id, s.actor_session_id, s.pending, s.replaced_by, {asOf} AS read_at`

type sessionRow struct {
	ID         string  `db:"session_id"`
	UserID     string  `db:"user_id"`
	CreatedAt  int64   `db:"session_created_at"`
	LastUsedAt int64   `db:"last_used_at"`
	ExpiresAt  int64   `db:"expires_at"`
	Absolute   int64   `db:"absolute_expires_at"`
	EndedAt    *int64  `db:"ended_at"`
	EndReason  *string `db:"end_reason"`
	AuthTime   int64   `db:"auth_time"`
	Assurance  string  `db:"assurance"`
	Methods    string  `db:"methods"`
	Delivery   string  `db:"delivery"`
	KeyVersion int64   `db:"key_version"`
	Counter    int64   `db:"counter"`
	RotatedAt  int64   `db:"rotated_at"`
	Foreign    int64   `db:"foreign_answers"`
	LateFrom   *int64  `db:"late_from"`
	UserAgent  *string `db:"user_agent"`
	IPAddress  *string `db:"ip_address"`
	ActorID    *string `db:"actor_id"`
	ActorFrom  *string `db:"actor_session_id"`
	Pending    string  `db:"pending"`
	ReplacedBy *string `db:"replaced_by"`
	ReadAt     int64   `db:"read_at"`
}

// session returns the session. An expired session has ended, although no row records it.
func (r *sessionRow) session() *account.Session {
	s := &account.Session{
		ID: r.ID, UserID: r.UserID, CreatedAt: fromMicros(r.CreatedAt), LastUsedAt: fromMicros(r.LastUsedAt),
		ExpiresAt: fromMicros(r.ExpiresAt), AbsoluteExpiresAt: fromMicros(r.Absolute),
		EndedAt: fromNullMicros(r.EndedAt), AuthTime: fromMicros(r.AuthTime),
		Assurance: auth.Assurance(r.Assurance), Delivery: account.Delivery(r.Delivery),
		KeyVersion: r.KeyVersion, Counter: r.Counter, RotatedAt: fromMicros(r.RotatedAt), ReadAt: fromMicros(r.ReadAt),
		UserAgent: r.UserAgent, IPAddress: r.IPAddress, LateFrom: r.LateFrom, ForeignAnswers: r.Foreign, ReplacedBy: r.ReplacedBy,
	}
	if r.ActorID != nil && r.ActorFrom != nil {
		s.Actor = &account.Actor{UserID: *r.ActorID, SessionID: *r.ActorFrom}
	}
	if r.EndReason != nil {
		reason := account.SessionEndReason(*r.EndReason)
		s.EndReason = &reason
	}
	if s.EndedAt == nil && r.ExpiresAt <= r.ReadAt {
		ended, reason := s.ExpiresAt, account.Expired
		s.EndedAt, s.EndReason = &ended, &reason
	}
	for method := range strings.FieldsSeq(r.Methods) {
		s.Methods = append(s.Methods, account.SignInMethod(method))
	}
	for step := range strings.FieldsSeq(r.Pending) {
		s.Pending = append(s.Pending, account.PendingStep(step))
	}
	return s
}

// SessionsByID implements account.Store.
func (s *Store) SessionsByID(ctx context.Context, ids []string) ([]*account.Session, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	if len(ids) == 1 {
		return sessionsOf(ctx, s.preparedRead, s.dialect.sql(`SELECT `+sessionColumns+` FROM sessions s WHERE s.id = $1`), ids[0])
	}
	query, args, err := in(s.dialect.sql(`SELECT `+sessionColumns+` FROM sessions s WHERE s.id IN (?)`), ids)
	if err != nil {
		return nil, err
	}
	return sessionsOf(ctx, s.read, query, args...)
}

func sessionsOf(ctx context.Context, q sqlx.QueryerContext, query string, args ...any) ([]*account.Session, error) {
	var rows []sessionRow
	if err := sqlx.SelectContext(ctx, q, &rows, query, args...); err != nil {
		return nil, storeError(err)
	}
	sessions := make([]*account.Session, len(rows))
	for i := range rows {
		sessions[i] = rows[i].session()
	}
	return sessions, nil
}

// sessionByID returns a session; nil if it does not exist.
func (s *Store) sessionByID(ctx context.Context, q sqlx.QueryerContext, id, lock string) (*account.Session, error) {
	found, err := sessionsOf(ctx, q, s.dialect.sql(
		`SELECT `+sessionColumns+` FROM sessions s WHERE s.id = $1`+s.dialect.locking(lock)), id)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}
