package db

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"

	"authgraph/account"
)

// userColumns are the columns of a user row: one row for each permission of each role.
const userColumns = `u.id, u.email, u.email_key, u.email_confirmed_at, u.pending_email, u.display_name, coalesce(u.name_key, '') AS name_key,
	u.locale, u.password_hash IS NOT NULL AS has_password, u.created_at, u.last_sign_in_at, u.suspended_at, u.erase_at, r.name AS role, rp.permission`

const userJoins = `
	LEFT JOIN user_roles ur ON ur.user_id = u.id
	LEFT JOIN roles r ON r.id = ur.role_id
	LEFT JOIN role_permissions rp ON rp.role_id = r.id`

type userRow struct {
	ID               string  `db:"id"`
	Email            string  `db:"email"`
	EmailKey         string  `db:"email_key"`
	EmailConfirmedAt *int64  `db:"email_confirmed_at"`
	PendingEmail     *string `db:"pending_email"`
	DisplayName      *string `db:"display_name"`
	NameKey          string  `db:"name_key"`
	Locale           *string `db:"locale"`
	HasPassword      bool    `db:"has_password"`
	CreatedAt        int64   `db:"created_at"`
	LastSignInAt     int64   `db:"last_sign_in_at"`
	SuspendedAt      *int64  `db:"suspended_at"`
	EraseAt          *int64  `db:"erase_at"`
	Role             *string `db:"role"`
	Permission       *string `db:"permission"`
}

func (r *userRow) user() *account.User {
	u := &account.User{
		ID: r.ID, Email: r.Email, EmailKey: r.EmailKey, EmailConfirmedAt: fromNullMicros(r.EmailConfirmedAt), PendingEmail: r.PendingEmail,
		DisplayName: r.DisplayName, NameKey: r.NameKey, Locale: r.Locale, HasPassword: r.HasPassword, CreatedAt: fromMicros(r.CreatedAt),
		SuspendedAt: fromNullMicros(r.SuspendedAt), EraseAt: fromNullMicros(r.EraseAt), Roles: []string{}, Permissions: []account.Permission{},
	}
	if r.LastSignInAt != 0 {
		at := fromMicros(r.LastSignInAt)
		u.LastSignInAt = &at
	}
	return u
}

// grant adds role and permission of one row.
func (r *userRow) grant(u *account.User) {
	if r.Role != nil && !slices.Contains(u.Roles, *r.Role) {
		u.Roles = append(u.Roles, *r.Role)
	}
	if r.Permission != nil && !slices.Contains(u.Permissions, account.Permission(*r.Permission)) {
		u.Permissions = append(u.Permissions, account.Permission(*r.Permission))
	}
}

// order sorts roles by name, and permissions in the order of the schema.
func order(u *account.User) {
	slices.Sort(u.Roles)
	inOrder(u.Permissions)
}

// inOrder sorts permissions in the order of the schema.
func inOrder(permissions []account.Permission) {
	all := account.Permissions()
	slices.SortFunc(permissions, func(a, b account.Permission) int {
		return slices.Index(all, a) - slices.Index(all, b)
	})
}

// fold returns the users of rows, in the order of their first rows.
func fold(rows []userRow) []*account.User {
	var users []*account.User
	byID := map[string]*account.User{}
	for i := range rows {
		u := byID[rows[i].ID]
		if u == nil {
			u = rows[i].user()
			byID[u.ID] = u
			users = append(users, u)
		}
		rows[i].grant(u)
	}
	for _, u := range users {
		order(u)
	}
	return users
}

// UsersByID implements account.Reader.
func (s *Store) UsersByID(ctx context.Context, ids []string) ([]*account.User, error) {
	if len(ids) == 1 {
		return usersOf(ctx, s.preparedRead, `SELECT `+userColumns+` FROM users u`+userJoins+` WHERE u.id = $1`, ids[0])
	}
	return usersByID(ctx, s.read, ids)
}

func usersByID(ctx context.Context, q sqlx.QueryerContext, ids []string) ([]*account.User, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	query, args, err := in(`SELECT `+userColumns+` FROM users u`+userJoins+` WHERE u.id IN (?)`, ids)
	if err != nil {
		return nil, err
	}
	return usersOf(ctx, q, query, args...)
}

func usersOf(ctx context.Context, q sqlx.QueryerContext, query string, args ...any) ([]*account.User, error) {
	var rows []userRow
	if err := sqlx.SelectContext(ctx, q, &rows, query, args...); err != nil {
		return nil, storeError(err)
	}
	return fold(rows), nil
}

// in expands lists to placeholders of the query.
func in(query string, list ...any) (string, []any, error) {
	query, args, err := sqlx.In(query, list...)
	return sqlx.Rebind(sqlx.DOLLAR, query), args, err
}

// AddUser implements account.Store.
func (s *Store) AddUser(ctx context.Context, u account.NewUser) (added *account.User, err error) {
	err = s.inChangeTx(ctx, func(tx *changeTx) error {
		if added, err = s.insertUser(ctx, tx.Tx, u); err != nil {
			return err
		}
		return tx.audit(ctx, event{action: account.ActionUserCreate, subject: u.ID, details: map[string]any{"roles": added.Roles}})
	})
	return added, err
}

// AddUserWithSession implements account.Store.
func (s *Store) AddUserWithSession(
	ctx context.Context, u account.NewUser, n account.NewSession,
) (added *account.User, session *account.Session, err error) {
	err = s.inChangeTx(ctx, func(tx *changeTx) error {
		if added, err = s.insertUser(ctx, tx.Tx, u); err != nil {
			return err
		}
		if err := tx.audit(ctx, event{
			action: account.ActionRegister, actor: u.ID, subject: u.ID, session: n.ID, client: n.Client,
		}); err != nil {
			return err
		}
		if session, err = s.insertSession(ctx, tx, n, account.FirstVersion); err == nil {
			added.LastSignInAt = &session.CreatedAt
		}
		return err
	})
	return added, session, err
}

func (s *Store) insertUser(ctx context.Context, tx *sqlx.Tx, u account.NewUser) (*account.User, error) {
	words := account.Words(u.Email, u.DisplayName)
	err := requireOneRow(tx.ExecContext(ctx, s.dialect.sql(`
		INSERT INTO users (id, email, email_key, display_name, name_key, words, password_hash, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, {now}) ON CONFLICT (email_key) DO NOTHING`),
		u.ID, u.Email.Typed, u.Email.Key, u.DisplayName, nameKey(u.DisplayName), wordsText(words), u.PasswordHash))
	if errors.Is(err, errNoEffect) {
		return nil, account.ErrEmailTaken
	}
	if err != nil {
		return nil, err
	}
	if err := insertWords(ctx, tx, userWords{u.ID, words}.rows(nil)); err != nil {
		return nil, err
	}
	for _, role := range slices.Compact(slices.Sorted(slices.Values(u.Roles))) {
		err := requireOneRow(tx.ExecContext(ctx,
			`INSERT INTO user_roles (user_id, role_id) SELECT $1, id FROM roles WHERE name = $2`, u.ID, role))
		if errors.Is(err, errNoEffect) {
			return nil, fmt.Errorf("%w: %s", account.ErrUnknownRole, role)
		}
		if err != nil {
			return nil, err
		}
	}
	users, err := usersByID(ctx, tx, []string{u.ID})
	if err != nil {
		return nil, err
	}
	return users[0], nil
}

// nameKey returns the sort key of a display name.
func nameKey(name *string) *string {
	if name == nil {
		return nil
	}
	key := account.Fold(*name)
	return &key
}

// Users implements account.Store. It reads in pages, so that f holds no connection.
func (s *Store) Users(ctx context.Context, f func(*account.User) error) error {
	const page = 500
	for after := ""; ; {
		var ids []string
		if err := s.read.SelectContext(ctx, &ids,
			`SELECT id FROM users WHERE id > $1 ORDER BY id LIMIT $2`, after, page); err != nil {
			return storeError(err)
		}
		users, err := s.UsersByID(ctx, ids)
		if err != nil {
			return err
		}
		slices.SortFunc(users, func(a, b *account.User) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
		for _, u := range users {
			if err := f(u); err != nil {
				return err
			}
		}
		if len(ids) < page {
			return nil
		}
		after = ids[len(ids)-1]
	}
}
