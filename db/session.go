package db

import (
	"context"
	"errors"
	"strings"

	"github.com/jmoiron/sqlx"

	"authgraph/account"
	"authgraph/auth"
)

const sessionColumns = `s.id AS session_id, s.user_id, s.created_at AS session_created_at, s.last_used_at, s.expires_at,
	s.ended_at, s.end_reason, s.auth_time, s.assurance, s.methods, s.user_agent, s.ip_address`

type sessionRow struct {
	ID         string  `db:"session_id"`
	UserID     string  `db:"user_id"`
	CreatedAt  int64   `db:"session_created_at"`
	LastUsedAt int64   `db:"last_used_at"`
	ExpiresAt  int64   `db:"expires_at"`
	EndedAt    *int64  `db:"ended_at"`
	EndReason  *string `db:"end_reason"`
	AuthTime   int64   `db:"auth_time"`
	Assurance  string  `db:"assurance"`
	Methods    string  `db:"methods"`
	UserAgent  *string `db:"user_agent"`
	IPAddress  *string `db:"ip_address"`
}

func (r *sessionRow) session() *account.Session {
	s := &account.Session{
		ID: r.ID, UserID: r.UserID, CreatedAt: fromMicros(r.CreatedAt), LastUsedAt: fromMicros(r.LastUsedAt),
		ExpiresAt: fromMicros(r.ExpiresAt), EndedAt: fromNullMicros(r.EndedAt), AuthTime: fromMicros(r.AuthTime),
		Assurance: auth.Assurance(r.Assurance), UserAgent: r.UserAgent, IPAddress: r.IPAddress,
	}
	if r.EndReason != nil {
		reason := account.SessionEndReason(*r.EndReason)
		s.EndReason = &reason
	}
	for method := range strings.FieldsSeq(r.Methods) {
		s.Methods = append(s.Methods, account.SignInMethod(method))
	}
	return s
}

// SessionsByID implements account.Store.
func (s *Store) SessionsByID(ctx context.Context, ids []string) ([]*account.Session, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	query, args, err := in(`SELECT `+sessionColumns+` FROM sessions s WHERE s.id IN (?)`, ids)
	if err != nil {
		return nil, err
	}
	var rows []sessionRow
	if err := s.read.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, fault(err)
	}
	sessions := make([]*account.Session, len(rows))
	for i := range rows {
		sessions[i] = rows[i].session()
	}
	return sessions, nil
}

// AddSession implements account.Store.
func (s *Store) AddSession(
	ctx context.Context, n account.NewSession, credentialVersion int64,
) (user *account.User, session *account.Session, err error) {
	err = s.inTx(ctx, func(tx *sqlx.Tx) error {
		if session, err = s.insertSession(ctx, tx, n, credentialVersion); err != nil {
			return err
		}
		users, err := usersByID(ctx, tx, []string{n.UserID})
		if err != nil {
			return err
		}
		user = users[0]
		return nil
	})
	return user, session, err
}

// insertSession begins a session in one statement with the conditions that it stands under. On PostgreSQL the row of
// the account is locked against a suspension that commits meanwhile; SQLite has one writer.
func (s *Store) insertSession(
	ctx context.Context, tx *sqlx.Tx, n account.NewSession, credentialVersion int64,
) (*account.Session, error) {
	methods := make([]string, len(n.Methods))
	for i, method := range n.Methods {
		methods[i] = string(method)
	}
	lock := ""
	if s.dialect == onPostgres {
		lock = " FOR SHARE OF u"
	}
	var row sessionRow
	err := tx.GetContext(ctx, &row, s.dialect.sql(`
		INSERT INTO sessions AS s (id, user_id, created_at, last_used_at, expires_at, auth_time,
			assurance, methods, user_agent, ip_address)
		SELECT $1, allowed.id, allowed.now, allowed.now, allowed.now + $4, allowed.now, $5, $6, $7, $8
		FROM (SELECT u.id, {now} AS now FROM users u
			WHERE u.id = $2 AND u.credential_version = $3 AND u.suspended_at IS NULL`+lock+`) AS allowed
		RETURNING id AS session_id, user_id, created_at AS session_created_at, last_used_at, expires_at,
			ended_at, end_reason, auth_time, assurance, methods, user_agent, ip_address`),
		n.ID, n.UserID, credentialVersion, n.Lifetime.Microseconds(), n.Assurance, strings.Join(methods, " "),
		nullable(n.Client.UserAgent), nullable(n.Client.IPAddress))
	if err = fault(err); errors.Is(err, account.ErrNotFound) {
		return nil, account.ErrChanged
	}
	if err != nil {
		return nil, err
	}
	return row.session(), nil
}

// Standing implements account.Store.
func (s *Store) Standing(ctx context.Context, sessionID string) (account.Standing, error) {
	var rows []struct {
		sessionRow
		userRow
		Expired bool `db:"expired"`
	}
	err := s.read.SelectContext(ctx, &rows, s.dialect.sql(`
		SELECT `+sessionColumns+`, s.expires_at <= {now} AS expired, `+userColumns+`
		FROM sessions s JOIN users u ON u.id = s.user_id`+userJoins+` WHERE s.id = $1`), sessionID)
	if err != nil {
		return account.Standing{}, fault(err)
	}
	if len(rows) == 0 {
		return account.Standing{}, account.ErrNotFound
	}
	user := rows[0].user()
	for i := range rows {
		rows[i].grant(user)
	}
	order(user)
	return account.Standing{Session: *rows[0].session(), User: *user, Expired: rows[0].Expired}, nil
}

func nullable(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
