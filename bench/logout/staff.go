package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	_ "github.com/lib/pq" // the driver that creates the accounts

	"authgraph/bench/target"
	"authgraph/internal/proxy"
)

const (
	setRoles = `mutation($id: ID!, $roles: [String!]!) { setUserRoles(id: $id, roles: $roles) { user { id } } }`
	list     = `{ users(first: 1) { edges { node { id } } } }`
)

// staff makes an administrator, a role that may list accounts and read the audit log, and an account for it.
func (f *fleet) staff(ctx context.Context, database string) (err error) {
	for _, who := range []string{"root@example.com", "clerk@example.com"} {
		if _, err := f.servers[0].Register(who); err != nil {
			return err
		}
	}
	db, err := sql.Open("postgres", database)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	for _, statement := range []string{
		`INSERT INTO user_roles (user_id, role_id) SELECT u.id, r.id FROM users u, roles r
			WHERE r.name = 'admin' AND u.email_key = 'root@example.com'`,
		`INSERT INTO roles (id, name) VALUES ('role_reader', 'reader')`,
		`INSERT INTO role_permissions (role_id, permission) VALUES ('role_reader', 'USERS_READ'), ('role_reader', 'AUDIT_READ')`,
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	for key, id := range map[string]*string{"clerk@example.com": &f.clerk, email: &f.ada} {
		if err := db.QueryRowContext(ctx, `SELECT id FROM users WHERE email_key = $1`, key).Scan(id); err != nil {
			return err
		}
	}
	if f.adminToken, err = f.login("root@example.com"); err != nil {
		return err
	}
	f.clerkToken, err = f.login("clerk@example.com")
	return err
}

// demoted takes a role from an account through the nth instance, in turn, and measures how soon that holds on the others.
func (f *fleet) demoted(n int, trouble func(*proxy.Proxy)) (latencies []time.Duration, late int, err error) {
	if err := f.give(f.servers[n%3], "reader"); err != nil {
		return nil, 0, err
	}
	for _, s := range f.servers {
		if err := f.allowed(s); err != nil {
			return nil, 0, err
		}
	}
	return f.measure(n, trouble, question{document: list, token: f.clerkToken, refused: "FORBIDDEN"}, func(by *target.Server) error {
		return f.give(by)
	})
}

// give sets the clerk's roles.
func (f *fleet) give(by *target.Server, roles ...string) error {
	variables := map[string]any{"id": f.clerk, "roles": append([]string{}, roles...)}
	body, err := by.Query(setRoles, f.adminToken, variables)
	if strings.Contains(string(body), "REAUTHENTICATION_REQUIRED") {
		if f.adminToken, err = f.login("root@example.com"); err != nil {
			return err
		}
		body, err = by.Query(setRoles, f.adminToken, variables)
	}
	var got struct{ Errors []any }
	if err := errors.Join(err, json.Unmarshal(body, &got)); err != nil || len(got.Errors) > 0 {
		return fmt.Errorf("setUserRoles: %s, %w", body, err)
	}
	return nil
}

// allowed waits until an instance lets the clerk list accounts.
func (f *fleet) allowed(s *target.Server) error {
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		body, err := s.Query(list, f.clerkToken, nil)
		if err != nil {
			return err
		}
		if !strings.Contains(string(body), `"errors"`) {
			return nil
		}
	}
	return errors.New("the role does not arrive")
}
