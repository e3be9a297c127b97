package db

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"authgraph/account"
)

// blocks returns the blocks of the order that hold the list's part, from its beginning to its end in ascending order.
func (x *userIndex) blocks(ctx context.Context, l *userList) (first, last int64, err error) {
	low, high := l.bounds()
	if err := x.tx.GetContext(ctx, &last, `SELECT coalesce(max(block), -1) FROM user_index_orders
		WHERE generation = $1 AND part = $2`, x.order.Generation, x.order.Name); err != nil {
		return 0, 0, err
	}
	find := func(m *account.UserCursor, block *int64) error {
		if m == nil {
			return nil
		}
		value, id := orderKey(x.by, *m)
		return x.tx.GetContext(ctx, block, `SELECT coalesce((
				SELECT block FROM user_index_orders WHERE generation = $1 AND part = $2 AND (value, user_id) <= ($3, $4)
				ORDER BY value DESC, user_id DESC, block DESC LIMIT 1
			), 0)`, x.order.Generation, x.order.Name, value, id)
	}
	if err := find(low, &first); err != nil {
		return 0, 0, err
	}
	return first, last, find(high, &last)
}

// bounds returns the places that the list lies between, the lower one first; nil for none.
func (l *userList) bounds() (low, high *account.UserCursor) {
	if l.q.Descending {
		return l.q.Before, l.q.After
	}
	return l.q.After, l.q.Before
}

// orderKey returns the sort key of an account as user_index_orders stores it. Times become texts in the same order.
func orderKey(by account.UserOrderField, m account.UserCursor) (value, id string) {
	switch by {
	case account.ByEmail:
		return m.Key, ""
	case account.ByName:
		return m.Key, m.ID
	default:
		return fmt.Sprintf("%020d", uint64(m.At.UnixMicro())^1<<63), m.ID
	}
}

// walk calls f with the matches in blocks of the list, in the list's order, until f returns false. edge says that the block
// may hold accounts from outside of the list.
func (x *userIndex) walk(
	ctx context.Context, l *userList, matches *roaring.Bitmap, f func(numbers []int64, edge bool) (more bool, err error),
) error {
	first, last, err := x.blocks(ctx, l)
	if err != nil {
		return err
	}
	low, high, set := first, last, matches.ToDense()
	begin, end := l.bounds()
	for batch := int64(2); low <= high; batch = min(4*batch, 1024) {
		from, to, direction := low, min(low+batch-1, high), ` ASC`
		if l.descending {
			from, to, direction = max(high-batch+1, low), high, ` DESC`
		}
		var rows []struct {
			Block   int64  `db:"block"`
			Numbers []byte `db:"numbers"`
		}
		if err := x.tx.SelectContext(ctx, &rows, `SELECT block, numbers FROM user_index_orders
			WHERE generation = $1 AND part = $2 AND block BETWEEN $3 AND $4 ORDER BY block`+direction,
			x.order.Generation, x.order.Name, from, to); err != nil {
			return err
		}
		for _, r := range rows {
			numbers := intersection(r.Numbers, set)
			if l.descending {
				slices.Reverse(numbers)
			}
			if more, err := f(numbers, begin != nil && r.Block == first || end != nil && r.Block == last); err != nil || !more {
				return err
			}
		}
		if l.descending {
			high = from - 1
		} else {
			low = to + 1
		}
	}
	return nil
}

// intersection returns the numbers of a block that are in a set, which has a bit for each number.
func intersection(block []byte, set []uint64) (numbers []int64) {
	for ; len(block) >= 4; block = block[4:] {
		if n := binary.LittleEndian.Uint32(block); int(n/64) < len(set) && set[n/64]>>(n%64)&1 != 0 {
			numbers = append(numbers, int64(n))
		}
	}
	return numbers
}
