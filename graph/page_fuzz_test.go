package graph

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"authgraph/account"
)

func FuzzCursor(f *testing.F) {
	f.Fuzz(func(t *testing.T, text, place string) {
		for _, kind := range append(slices.Collect(maps.Values(userCursors)), sessionCursor, auditKind, revocationCursor) {
			if utf8.ValidString(place) {
				if got, err := openCursor("after", kind, cursor(kind, place)); err != nil || got != place {
					t.Fatalf("%s %q comes back as %q, %v", kind, place, got, err)
				}
			}
			got, err := openCursor("after", kind, text)
			if err == nil && cursor(kind, got) != text {
				t.Fatalf("%q names %s %q, whose cursor is %q", text, kind, got, cursor(kind, got))
			}
		}
		input := []string{text, cursor(sessionCursor, place), cursor(auditKind, place)}
		for _, kind := range userCursors {
			input = append(input, cursor(kind, place))
		}
		for _, c := range input {
			if id, err := openSessionCursor("after", &c); err == nil && !account.IsSessionID(id) {
				t.Fatalf("%q names the session %q", c, id)
			}
			for by := range userCursors {
				m, err := openUserCursor("after", by, &c)
				if err != nil {
					continue
				}
				again, err := openUserCursor("after", by, new(userCursor(by, *m)))
				if err != nil || *again != *m {
					t.Fatalf("%q names %+v, and its cursor %+v, %v", c, m, again, err)
				}
				if strings.ContainsRune(m.Key, 0) || (by == account.ByEmail) == (m.ID != "") {
					t.Fatalf("%q names %+v, and its cursor %+v, %v", c, m, again, err)
				}
			}
			if m, err := openAuditCursor("after", &c); err == nil {
				if again, err := openAuditCursor("after", new(auditCursor(*m))); err != nil || *again != *m {
					t.Fatalf("%q names %+v, and its cursor %+v, %v", c, m, again, err)
				}
			}
		}
	})
}
