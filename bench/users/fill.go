package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/gofrs/uuid/v5"
	"go.jetify.com/typeid/v2"
)

// names are the beginnings of addresses: none that begins another but a's, which a filter asks for.
var names = []string{"anna", "bert", "clara", "dora", "emil", "frida", "georg", "hanna", "ida", "john", "karl", "lena"}

// fill makes accounts, a second apart from the oldest on, and gives the one that there is already the role admin.
func fill(ctx context.Context, database string, accounts int) (err error) {
	db, err := sql.Open("postgres", database)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // without effect after the commit
	if err := addUsers(ctx, tx, accounts); err != nil {
		return err
	}
	for _, statement := range []string{
		`INSERT INTO user_roles (user_id, role_id) SELECT u.id, r.id FROM users u, roles r
			WHERE r.name = 'admin' AND u.email_key = 'root@example.com'`,
		`INSERT INTO roles (id, name) VALUES ('role_staff', 'staff'), ('role_few', 'few')`,
		`INSERT INTO user_roles (user_id, role_id) SELECT u.id, r.id FROM users u, roles r
			WHERE r.name = 'user' ON CONFLICT DO NOTHING`,
		`INSERT INTO user_roles (user_id, role_id) SELECT id, 'role_staff' FROM users WHERE hashtext(id) % 100 = 0`,
		`INSERT INTO user_roles (user_id, role_id) SELECT id, 'role_few' FROM users ORDER BY hashtext(id) LIMIT 20`,
		`UPDATE users SET suspended_at = created_at WHERE hashtext(id) % 50 = 7`,
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `VACUUM ANALYZE`) // as autovacuum does by itself
	return err
}

func addUsers(ctx context.Context, tx *sql.Tx, accounts int) (err error) {
	statement, err := tx.PrepareContext(ctx, `COPY users (id, email, email_key, display_name, name_key, created_at) FROM STDIN`)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, statement.Close()) }()
	random := rand.New(rand.NewPCG(1, 2))
	began := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	for n := range accounts {
		at := began.Add(time.Duration(n) * time.Second)
		id, err := uuid.NewV7AtTime(at)
		if err != nil {
			return err
		}
		typed, err := typeid.FromUUID("user", id.String())
		if err != nil {
			return err
		}
		email := address(random, n, accounts)
		var name *string
		if n%2 == 0 {
			shown := fmt.Sprintf("quill %d", random.IntN(accounts))
			name = &shown
		}
		if _, err := statement.ExecContext(ctx, typed.String(), email, email, name, name, at.UnixMicro()); err != nil {
			return err
		}
	}
	_, err = statement.ExecContext(ctx) // the end
	return err
}

// address is that of the nth of so many accounts.
func address(random *rand.Rand, n, accounts int) string {
	begins := fmt.Sprintf("%s.%c%c", names[random.IntN(len(names))], 'a'+rune(random.IntN(26)), 'a'+rune(random.IntN(26)))
	switch {
	case n == accounts/2:
		begins = "middle"
	case n >= accounts-accounts/20:
		begins = "imported"
	case n%(accounts/50) == 7:
		begins = "rare"
	}
	return fmt.Sprintf("%s%d@example.com", begins, n)
}
