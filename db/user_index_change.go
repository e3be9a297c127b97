package db

import (
	"context"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"
)

// note marks the changes that the build includes. A change that commits later has a row of its own.
func (b *indexBuild) note(ctx context.Context) error {
	for {
		var marked int64
		if err := b.hold(ctx, func(tx *sqlx.Tx) error {
			result, err := tx.ExecContext(ctx, `UPDATE user_changes SET generation = $1 WHERE id IN (
				SELECT id FROM user_changes WHERE generation > $1 LIMIT $2)`, b.generation, indexBatch)
			if err == nil {
				marked, err = result.RowsAffected()
			}
			return err
		}); err != nil || marked < indexBatch {
			return err
		}
	}
}

// number gives numbers to accounts without one, in the order of their ids. After the first build such accounts are among the
// changed ones.
func (b *indexBuild) number(ctx context.Context) error {
	candidates := `SELECT id FROM users WHERE id > $1 ORDER BY id LIMIT $2`
	if b.published > 0 {
		candidates = `SELECT u.id FROM users u JOIN (SELECT DISTINCT user_id FROM user_changes) AS c ON c.user_id = u.id
			WHERE u.id > $1 ORDER BY u.id LIMIT $2`
	}
	var last int64
	if err := b.read.GetContext(ctx, &last, `SELECT coalesce(max(number), 0) FROM user_numbers`); err != nil {
		return err
	}
	for after := ""; ; {
		var ids, without []string
		if err := b.read.SelectContext(ctx, &ids, candidates, after, indexBatch); err != nil || len(ids) == 0 {
			return err
		}
		after = ids[len(ids)-1]
		w := &whereClause{}
		if err := b.read.SelectContext(ctx, &without, `SELECT x.id FROM (`+b.dialect.valuesSelect(w, ids, `TEXT`, `id`)+`) AS x
			WHERE NOT EXISTS (SELECT 1 FROM user_numbers n WHERE n.user_id = x.id) ORDER BY x.id`, w.args...); err != nil {
			return err
		}
		if err := b.hold(ctx, func(tx *sqlx.Tx) error {
			for chunk := range slices.Chunk(without, wordRows) {
				var rows []any
				for _, id := range chunk {
					last++
					rows = append(rows, last, id)
				}
				if err := insertRows(ctx, tx, `user_numbers (number, user_id)`, 2, rows, ``); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
}

// clean deletes rows that no published part refers to, and changes that the sets include.
func (b *indexBuild) clean(ctx context.Context) error {
	const unused = `NOT EXISTS (SELECT 1 FROM user_index i WHERE i.generation = r.generation AND i.part = `
	if err := b.delete(ctx, `user_index_words`, `generation, word`, unused+`'`+wordsPart+`')`); err != nil {
		return err
	}
	if err := b.delete(ctx, `user_index_orders`, `generation, part, block`, unused+`r.part)`); err != nil {
		return err
	}
	return b.deleteChanges(ctx)
}

// deleteChanges deletes the changes that the sets include. The number of a deleted account is deleted with the account's
// last change, because no set in use has it then.
func (b *indexBuild) deleteChanges(ctx context.Context) error {
	for {
		var changes []struct {
			ID     int64  `db:"id"`
			UserID string `db:"user_id"`
		}
		const published = `(SELECT generation FROM user_index WHERE part = '` + wordsPart + `')`
		if err := b.read.SelectContext(ctx, &changes, `SELECT id, user_id FROM user_changes
			WHERE generation <= `+published+` LIMIT $1`, indexBatch); err != nil || len(changes) == 0 {
			return err
		}
		var ids []int64
		var users []string
		for _, c := range changes {
			ids, users = append(ids, c.ID), append(users, c.UserID)
		}
		if err := b.hold(ctx, func(tx *sqlx.Tx) error {
			w := &whereClause{}
			if _, err := tx.ExecContext(ctx, `DELETE FROM user_numbers WHERE user_id IN (`+b.dialect.valuesSelect(w, users, `TEXT`, `id`)+`)
				AND NOT EXISTS (SELECT 1 FROM users u WHERE u.id = user_numbers.user_id)
				AND NOT EXISTS (
					SELECT 1 FROM user_changes c WHERE c.user_id = user_numbers.user_id AND c.generation > `+published+`
				)`, w.args...); err != nil {
				return err
			}
			w = &whereClause{}
			_, err := tx.ExecContext(ctx, `DELETE FROM user_changes WHERE id IN (`+b.dialect.valuesSelect(w, ids, `BIGINT`, `id`)+`)`, w.args...)
			return err
		}); err != nil {
			return err
		}
	}
}

// delete deletes the rows r of a table that meet a condition, some in each transaction.
func (b *indexBuild) delete(ctx context.Context, table, key, condition string) error {
	for {
		var deleted int64
		if err := b.hold(ctx, func(tx *sqlx.Tx) error {
			result, err := tx.ExecContext(ctx, fmt.Sprintf(
				`DELETE FROM %[1]s WHERE (%[2]s) IN (SELECT %[2]s FROM %[1]s r WHERE %[3]s LIMIT %[4]d)`,
				table, key, condition, indexRows))
			if err == nil {
				deleted, err = result.RowsAffected()
			}
			return err
		}); err != nil || deleted < indexRows {
			return err
		}
	}
}
