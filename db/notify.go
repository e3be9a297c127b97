package db

import (
	"context"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"authgraph/account"
)

// channel is the channel of the notifications. A channel belongs to one database.
const channel = "authgraph"

// maxNamed is the maximum number of ids in one notification, because PostgreSQL's payloads have less than 8000 bytes.
const maxNamed = 100

// announce notifies the other instances when tx commits. NOTIFY takes a lock of the whole cluster at the commit, so only
// changes that revoke or rename are announced.
func (s *Store) announce(ctx context.Context, tx *sqlx.Tx, c account.Change) error {
	if s.dialect != onPostgres {
		return nil
	}
	for _, payload := range payloads(c) {
		if _, err := tx.ExecContext(ctx, `SELECT pg_notify($1, $2)`, channel, payload); err != nil {
			return err
		}
	}
	return nil
}

// The kinds of notifications: the first letter of the payload. Words follow.
const (
	kindSessions = "s"
	kindReplaced = "p"
	kindUsers    = "u"
	kindRights   = "r"
	kindKeys     = "k"
	kindBeat     = "b"
)

func payloads(c account.Change) (all []string) {
	named := func(kind string, ids []string) {
		for chunk := range slices.Chunk(ids, maxNamed) {
			all = append(all, kind+" "+strings.Join(chunk, " "))
		}
	}
	named(kindSessions, slices.DeleteFunc(slices.Clone(c.Sessions), func(id string) bool { return slices.Contains(c.Replaced, id) }))
	named(kindReplaced, c.Replaced)
	named(kindUsers, c.Users)
	if c.Rights {
		all = append(all, kindRights)
	}
	if c.Keys {
		all = append(all, kindKeys)
	}
	return all
}

// changeOf parses a notification. An unknown one, for example of a newer instance, means that anything may have changed.
func changeOf(payload string) account.Change {
	words := strings.Fields(payload)
	switch {
	case len(words) > 1 && words[0] == kindSessions:
		return account.Change{Sessions: words[1:]}
	case len(words) > 1 && words[0] == kindReplaced:
		return account.Change{Sessions: words[1:], Replaced: words[1:]}
	case len(words) > 1 && words[0] == kindUsers:
		return account.Change{Users: words[1:]}
	case len(words) == 1 && words[0] == kindRights:
		return account.Change{Rights: true}
	case len(words) == 1 && words[0] == kindKeys:
		return account.Change{Keys: true}
	default:
		return account.Change{All: true}
	}
}
