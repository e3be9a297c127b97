package db

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"authgraph/internal/auditchain"
)

// auditAccount holds the reference of an account in the log, and the salt of the key of its personal values.
type auditAccount struct {
	UserID string `db:"user_id"`
	Ref    string `db:"ref"`
	Salt   []byte `db:"salt"`
}

// refPrefix is the prefix of references. No account id has it. A waiting row names an erased account by its reference.
const refPrefix = "ref_"

// accountsOf returns the accounts of the rows, by the id or reference in the row. It adds a reference and a salt to accounts
// without them. Accounts that do not exist are missing from the result.
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

// addAccount adds reference and salt of an account. It does nothing if the account does not exist or has a salt.
func addAccount(ctx context.Context, tx *sqlx.Tx, id string) error {
	salt := make([]byte, auditchain.KeySize)
	_, _ = rand.Read(salt) // it never fails: crypto/rand
	_, err := tx.ExecContext(ctx, `
		INSERT INTO audit_accounts (user_id, ref, salt) SELECT u.id, $2, $3 FROM users u WHERE u.id = $1
		ON CONFLICT (user_id) DO NOTHING`, id, refPrefix+rand.Text(), salt)
	return err
}

// erase runs remove, which deletes an account, and erases its personal values from the log. The salt is deleted with the
// account's row, so the values in the chain can't be decrypted. In waiting rows erase deletes the values, and replaces the
// account's id by its reference, so that the log still records the deletion. No record is appended during erase.
func (c *changeTx) erase(ctx context.Context, userID string, remove func() error) error {
	if c.dialect == onPostgres {
		if _, err := c.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, auditLock); err != nil {
			return err
		}
	}
	if err := addAccount(ctx, c.Tx, userID); err != nil {
		return err
	}
	var ref string
	if err := c.GetContext(ctx, &ref, `SELECT ref FROM audit_accounts WHERE user_id = $1`, userID); err != nil {
		return err
	}
	if err := remove(); err != nil {
		return err
	}
	for _, statement := range []string{
		`UPDATE audit_events SET ip_address = NULL, user_agent = NULL WHERE COALESCE(impersonator_id, actor_id, subject_id) = $1`,
		`UPDATE audit_events SET private = NULL WHERE subject_id = $1`,
	} {
		if _, err := c.ExecContext(ctx, statement, userID); err != nil {
			return err
		}
	}
	for _, column := range []string{`actor_id`, `impersonator_id`, `subject_id`} {
		if _, err := c.ExecContext(ctx,
			`UPDATE audit_events SET `+column+` = $2 WHERE `+column+` = $1`, userID, ref); err != nil {
			return err
		}
	}
	return nil
}
