package db

import (
	"context"
	"strconv"
	"strings"

	"github.com/jmoiron/sqlx"

	"authgraph/account"
)

// wordsText returns search words in the format of users.words: a space before each, so that one text search finds a prefix of
// any word.
func wordsText(words []string) string {
	var b strings.Builder
	for _, word := range words {
		b.WriteString(" " + word)
	}
	return b.String()
}

// userWords are the search words of one account.
type userWords struct {
	userID string
	words  []string
}

// rows appends pairs of word and account.
func (u userWords) rows(to []any) []any {
	for _, word := range u.words {
		to = append(to, word, u.userID)
	}
	return to
}

// wordRows is the maximum number of rows per INSERT.
const wordRows = 500

// replaceWords replaces the rows of the accounts' words.
func replaceWords(ctx context.Context, tx sqlx.ExecerContext, all []userWords) error {
	var ids []string
	var rows []any
	for _, u := range all {
		ids, rows = append(ids, u.userID), u.rows(rows)
	}
	if len(ids) == 0 {
		return nil
	}
	query, args, err := in(`DELETE FROM user_words WHERE user_id IN (?)`, ids)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, query, args...); err != nil {
		return err
	}
	return insertWords(ctx, tx, rows)
}

// insertWords inserts pairs of word and account.
func insertWords(ctx context.Context, tx sqlx.ExecerContext, pairs []any) error {
	for len(pairs) > 0 {
		chunk := pairs[:min(len(pairs), 2*wordRows)]
		pairs = pairs[len(chunk):]
		if err := insertRows(ctx, tx, `user_words (word, user_id)`, 2, chunk, ` ON CONFLICT DO NOTHING`); err != nil {
			return err
		}
	}
	return nil
}

// insertRows inserts rows with one statement, which ends with text. args are the values, row by row.
func insertRows(ctx context.Context, tx sqlx.ExecerContext, table string, columns int, args []any, text string) error {
	var values strings.Builder
	for i := range args {
		switch {
		case i == 0:
			values.WriteString("(")
		case i%columns == 0:
			values.WriteString("), (")
		default:
			values.WriteString(", ")
		}
		values.WriteString("$" + strconv.Itoa(i+1))
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO `+table+` VALUES `+values.String()+`)`+text, args...)
	return err
}

// fillBatch is the maximum number of accounts per step of FillUsers, which bounds the time of its locks.
const fillBatch = 200

// FillUsers completes up to fillBatch accounts that a program from before migration 11 wrote or changed: their search words
// and the time of their last sign-in. It returns their number; 0 at the end. Steps of several instances skip each
// other's accounts.
func (s *Store) FillUsers(ctx context.Context) (filled int, err error) {
	err = s.inTx(ctx, func(tx *sqlx.Tx) error {
		var found []struct {
			ID       string  `db:"id"`
			Email    string  `db:"email"`
			EmailKey string  `db:"email_key"`
			Name     *string `db:"display_name"`
		}
		if err := tx.SelectContext(ctx, &found, `SELECT id, email, email_key, display_name FROM users
			WHERE words IS NULL ORDER BY id LIMIT $1`+s.dialect.locking("FOR NO KEY UPDATE SKIP LOCKED"), fillBatch); err != nil {
			return err
		}
		all := make([]userWords, len(found))
		for i, u := range found {
			all[i] = userWords{u.ID, account.Words(account.Email{Typed: u.Email, Key: u.EmailKey}, u.Name)}
			if _, err := tx.ExecContext(ctx, `UPDATE users SET words = $2, last_sign_in_at = (SELECT max(x.at) FROM (
					SELECT users.last_sign_in_at AS at UNION ALL
					SELECT s.created_at FROM sessions s WHERE s.user_id = users.id AND s.actor_id IS NULL
				) AS x) WHERE id = $1`, u.ID, wordsText(all[i].words)); err != nil {
				return err
			}
		}
		filled = len(found)
		return replaceWords(ctx, tx, all)
	})
	return filled, err
}
