package serverkit

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"authgraph/db"
)

func TestMigration_Log(t *testing.T) {
	for _, row := range []struct {
		name string
		done Migration
		want string // the beginning of the line; "" for none
	}{
		{"created", Migration{0, db.Schema{Version: 9, Program: 9, Oldest: 7}}, `level=INFO msg="database migrated" migrations=9 from=0 to=9`},
		{"migrated", Migration{7, db.Schema{Version: 9, Program: 9, Oldest: 7}}, `level=INFO msg="database migrated" migrations=2 from=7 to=9`},
		{"up to date", Migration{9, db.Schema{Version: 9, Program: 9, Oldest: 7}}, ""},
		{"newer", Migration{12, db.Schema{Version: 12, Program: 9, Oldest: 8}},
			`level=WARN msg="a newer release migrated the database" schema=12 program=9 oldest=8`},
	} {
		t.Run(row.name, func(t *testing.T) {
			var logs bytes.Buffer
			row.done.log(slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{
				ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
					if a.Key == slog.TimeKey {
						return slog.Attr{}
					}
					return a
				},
			})))
			if got := strings.TrimSpace(logs.String()); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}
