package e2e

import (
	"strings"
	"testing"
	"time"

	"authgraph/db"
	"authgraph/db/dbtest"
	"authgraph/test/harness"
)

// The database's clock is 20 minutes behind the server's, or ahead of it: rules with a maxAge hold right after the
// sign-in, and the times of the token are the server's.
func TestMaxAge_DatabaseClock(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) *db.Store{
		"SQLite":     harness.OpenSQLite,
		"PostgreSQL": func(t *testing.T) *db.Store { return dbtest.OpenPostgres(t, dbtest.Postgres(t)) },
	} {
		for _, ahead := range []time.Duration{20 * time.Minute, -20 * time.Minute} { // the server's clock
			t.Run(name+" "+ahead.String(), func(t *testing.T) {
				w := harness.StartAt(t, func() time.Time { return time.Now().Add(ahead) }, open(t))
				root := w.Administrator(t, "root@example.com")
				got := w.Query(t, root, `mutation { createRole(input: {name: "first", permissions: []}) { role { name } } }`, nil).Body
				if !strings.Contains(got, `"name":"first"`) {
					t.Errorf("right after the sign-in: %s", got)
				}
				c := harness.Claims(t, root)
				if iat, proved := c["iat"].(float64), c["auth_time"].(float64); proved > iat || proved < iat-60 {
					t.Errorf("auth_time is %v and iat is %v, want the same clock", proved, iat)
				}
				if read := time.UnixMicro(int64(c["read_at_us"].(float64))); time.Since(read).Abs() > time.Minute {
					t.Errorf("read_at_us is %v, want the database's clock", read)
				}
			})
		}
	}
}
