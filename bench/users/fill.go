package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/gofrs/uuid/v5"
	"go.jetify.com/typeid/v2"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"authgraph/account"
)

// names are the beginnings of addresses: none begins another but a's, which a filter asks for.
var names = []string{"anna", "bert", "clara", "dora", "emil", "frida", "georg", "hanna", "ida", "john", "karl", "lena"}

// domains are those of addresses: four of five accounts have one of com.
var domains = []string{"example.com", "example.com", "mail.example.com", "firma.com", "example.org"}

// fill makes accounts, a second apart from the oldest on, and gives the one that exists already the role admin.
func fill(ctx context.Context, driver, database string, accounts int) (err error) {
	db, err := sql.Open(driver, database)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // without effect after the commit
	users, err := tx.PrepareContext(ctx, copyOf(driver, "users", "id", "email", "email_key", "display_name", "name_key",
		"created_at", "suspended_at", "last_sign_in_at", "words"))
	if err != nil {
		return err
	}
	var words [][2]string
	for n := range accounts {
		u, list, err := userOf(n, accounts)
		if err != nil {
			return err
		}
		if _, err := users.ExecContext(ctx, u...); err != nil {
			return err
		}
		for _, word := range list {
			words = append(words, [2]string{word, u[0].(string)})
		}
	}
	if err := finish(ctx, driver, users); err != nil {
		return err
	}
	rows, err := tx.PrepareContext(ctx, copyOf(driver, "user_words", "word", "user_id"))
	if err != nil {
		return err
	}
	for _, pair := range words {
		if _, err := rows.ExecContext(ctx, pair[0], pair[1]); err != nil {
			return err
		}
	}
	if err := finish(ctx, driver, rows); err != nil {
		return err
	}
	for _, statement := range []string{
		`INSERT INTO user_roles (user_id, role_id) SELECT u.id, r.id FROM users u, roles r
			WHERE r.name = 'admin' AND u.email_key = 'root@example.com'`,
		`INSERT INTO roles (id, name) VALUES ('role_staff', 'staff'), ('role_few', 'few')`,
		`INSERT INTO user_roles (user_id, role_id) SELECT u.id, r.id FROM users u, roles r
			WHERE r.name = 'user' ON CONFLICT DO NOTHING`,
		`INSERT INTO user_roles (user_id, role_id) SELECT id, 'role_staff' FROM users WHERE created_at / 1000000 % 100 = 3`,
		`INSERT INTO user_roles (user_id, role_id) SELECT id, 'role_few' FROM users WHERE created_at / 1000000 % 100 = 4 LIMIT 20`,
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil || driver == "sqlite" {
		return err
	}
	_, err = db.ExecContext(ctx, `VACUUM ANALYZE`) // as autovacuum does by itself
	return err
}

// indexed waits until the server has built the search index of all accounts.
func indexed(ctx context.Context, driver, database string) (err error) {
	db, err := sql.Open(driver, database)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	for began := time.Now(); time.Since(began) < 15*time.Minute; time.Sleep(time.Second) {
		var changed int
		if err := db.QueryRowContext(ctx, `SELECT count(*) FROM user_changes`).Scan(&changed); err != nil || changed == 0 {
			return err
		}
	}
	return errors.New("the search index was not built within 15 minutes")
}

// copyOf returns the statement that adds rows one by one: COPY on PostgreSQL.
func copyOf(driver, table string, columns ...string) string {
	list := table + ` (` + strings.Join(columns, ", ") + `)`
	if driver == "postgres" {
		return `COPY ` + list + ` FROM STDIN`
	}
	return `INSERT INTO ` + list + ` VALUES (?` + strings.Repeat(", ?", len(columns)-1) + `)`
}

// finish ends a COPY.
func finish(ctx context.Context, driver string, s *sql.Stmt) (err error) {
	if driver == "postgres" {
		_, err = s.ExecContext(ctx)
	}
	return errors.Join(err, s.Close())
}

// userOf returns the row and the words of the nth of the accounts.
func userOf(n, accounts int) (row []any, words []string, err error) {
	random := rand.New(rand.NewPCG(1, uint64(n)))
	at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Second)
	id, err := uuid.NewV7AtTime(at)
	if err != nil {
		return nil, nil, err
	}
	typed, err := typeid.FromUUID("user", id.String())
	if err != nil {
		return nil, nil, err
	}
	email := address(random, n, accounts)
	var name *string
	if n%2 == 0 {
		shown := fmt.Sprintf("quill %d", random.IntN(accounts))
		if n%4 == 0 {
			shown = given[random.IntN(len(given))] + " " + family[random.IntN(len(family))]
		}
		name = &shown
	}
	var key any
	if name != nil {
		key = account.Fold(*name)
	}
	var suspended any
	if random.IntN(50) == 7 {
		suspended = at.UnixMicro()
	}
	signedIn := int64(0)
	if n < accounts-accounts/20 && random.IntN(10) > 0 {
		signedIn = at.Add(time.Duration(random.IntN(accounts)) * time.Second).UnixMicro()
	}
	words = account.Words(account.Email{Typed: email, Key: email}, name)
	return []any{
		typed.String(), email, email, name, key, at.UnixMicro(), suspended, signedIn, " " + strings.Join(words, " "),
	}, words, nil
}

// given and family are names of people, so that searches such as "an ma" have accounts in common.
var (
	given = strings.Fields("Anna Anton Andrea Angela Maria Max Martin Mario Peter Paul Petra Julia Jan Jonas Lea Lukas " +
		"Sophie Simon Tim Tina Nora Nils Oskar Olga Eva Erik Felix Frieda Greta Hugo Ida Ivan")
	family = strings.Fields("Maier Mann Marx Markovic Angerer Andersen Schmidt Schneider Fischer Weber Wagner Becker Hoffmann " +
		"Koch Bauer Richter Klein Wolf Neumann Schwarz Zimmermann Braun Krause Hofmann Hartmann Lange Werner Krüger Lehmann Yilmaz")
)

// address returns the address of the nth of the accounts.
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
	return fmt.Sprintf("%s%d@%s", begins, n, domains[random.IntN(len(domains))])
}
