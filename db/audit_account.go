package db

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"authgraph/internal/auditchain"
)

// auditAccount is what the log knows an account by, and the salt of the key of its personal values.
type auditAccount struct {
	UserID string `db:"user_id"`
	Ref    string `db:"ref"`
	Salt   []byte `db:"salt"`
}

// refPrefix begins references, which no identifier of an account does. A row that waits names by its reference an account
// that has been erased since.
const refPrefix = "ref_"

// accountsOf returns the accounts that the rows name, by what they name them, and gives a reference and a salt to those
// that have none. An account that there is not is missing.
func accountsOf(ctx context.Context, tx *sqlx.Tx, rows []waitingEvent) (map[string]auditAccount, error) {
	known := map[string]auditAccount{}
	var ids []string
	for _, row := range rows {
		for _, id := range []*string{row.Actor, row.Impersonator, row.Subject} {
			switch {
			case id == nil:
			case strings.HasPrefix(*id, refPrefix):
				known[*id] = auditAccount{Ref: *id}
			default:
				ids = append(ids, *id)
			}
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if err := readAccounts(ctx, tx, ids, known); err != nil {
		return nil, err
	}
	var added []string
	for _, id := range ids {
		if _, ok := known[id]; !ok {
			if err := addAccount(ctx, tx, id); err != nil {
				return nil, err
			}
			added = append(added, id)
		}
	}
	return known, readAccounts(ctx, tx, added, known)
}

func readAccounts(ctx context.Context, tx *sqlx.Tx, ids []string, into map[string]auditAccount) error {
	if len(ids) == 0 {
		return nil
	}
	query, args, err := in(`SELECT user_id, ref, salt FROM audit_accounts WHERE user_id IN (?)`, ids)
	if err != nil {
		return err
	}
	var found []auditAccount
	if err := tx.SelectContext(ctx, &found, query, args...); err != nil {
		return err
	}
	for _, a := range found {
		into[a.UserID] = a
	}
	return nil
}

// addAccount does nothing for an account that there is not, or that has a salt.
func addAccount(ctx context.Context, tx *sqlx.Tx, id string) error {
	salt := make([]byte, auditchain.KeySize)
	_, _ = rand.Read(salt) // it never fails: crypto/rand
	_, err := tx.ExecContext(ctx, `
		INSERT INTO audit_accounts (user_id, ref, salt) SELECT u.id, $2, $3 FROM users u WHERE u.id = $1
		ON CONFLICT (user_id) DO NOTHING`, id, refPrefix+rand.Text(), salt)
	return err
}

// erase runs remove, which deletes an account, and has the log forget it: the salt goes with its row, and so do the
// personal values in what is sealed; what waits is freed of them here, and names the account by its reference, so that the
// log still says that the account was deleted. Nothing is sealed meanwhile.
func (a *administration) erase(ctx context.Context, userID string, remove func() error) error {
	if a.dialect == onPostgres {
		if _, err := a.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, auditLock); err != nil {
			return err
		}
	}
	if err := addAccount(ctx, a.Tx, userID); err != nil {
		return err
	}
	var ref string
	if err := a.GetContext(ctx, &ref, `SELECT ref FROM audit_accounts WHERE user_id = $1`, userID); err != nil {
		return err
	}
	if err := remove(); err != nil {
		return err
	}
	for _, statement := range []string{
		`UPDATE audit_events SET ip_address = NULL, user_agent = NULL WHERE COALESCE(impersonator_id, actor_id, subject_id) = $1`,
		`UPDATE audit_events SET private = NULL WHERE subject_id = $1`,
	} {
		if _, err := a.ExecContext(ctx, statement, userID); err != nil {
			return err
		}
	}
	for _, column := range []string{`actor_id`, `impersonator_id`, `subject_id`} {
		if _, err := a.ExecContext(ctx,
			`UPDATE audit_events SET `+column+` = $2 WHERE `+column+` = $1`, userID, ref); err != nil {
			return err
		}
	}
	return nil
}
