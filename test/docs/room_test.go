package docs

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// rooms is the table of imports: the rooms that the code of each room, tests aside, may import. A name that ends in /*
// stands for the rooms below it.
var rooms = map[string][]string{
	"account":             {"auth", "auth/password", "auth/token", "internal/network", "mail"},
	"account/accounttest": {"account", "auth", "auth/password", "auth/token", "mail"},
	"account/feed":        {"account"},
	"app":                 {"config", "internal/serverkit"},
	"auth":                {},
	"auth/authtest":       {"auth"},
	"auth/password":       {"internal/network"},
	"auth/policydoc":      {"auth"},
	"auth/remote":         {"auth"},
	"auth/token":          {"auth"},
	"bench/*":             {"account", "auth", "auth/remote", "bench/*", "graph/generated", "internal/*"},
	"config":              {"internal/seal"},
	"db":                  {"account", "auth", "auth/token", "internal/auditchain", "mail"},
	"db/dbtest":           {"db", "internal/pgtest"},
	"graph":               {"account", "account/feed", "auth", "graph/*", "internal/manifest"},
	"graph/httpapi":       {"auth", "graph/reqctx", "graph/stream"},
	"graph/ratelimit":     {"account", "auth", "graph/document", "graph/reqctx", "internal/network"},
	"graph/reqctx":        {"account", "auth", "internal/network"},
	"graph/stream":        {"account", "auth", "graph/reqctx", "internal/network"},
	"graph/*":             {"account", "auth", "graph/*", "internal/network"},
	"internal/cli":        {"account", "account/*", "app", "auth", "auth/*", "config", "db", "graph", "graph/*", "internal/*"},
	"internal/manifest":   {"auth", "auth/policydoc", "graph/document"},
	"internal/schemadiff": {"auth", "auth/policydoc"},
	"internal/serverkit":  {"account", "account/*", "auth", "auth/*", "config", "db", "graph", "graph/*", "internal/*", "mail", "web"},
	"internal/*":          {},
	"mail":                {},
	"test/*":              {"account", "account/*", "auth", "auth/*", "config", "db", "db/dbtest", "graph", "graph/*", "internal/*", "mail"},
	"web":                 {},
}

// libraries names the rooms that may import a library, besides programs under bench and tests.
var libraries = map[string][]string{
	"database/sql":                {"db", "internal/pgtest"},
	"github.com/jmoiron/sqlx":     {"db"},
	"github.com/lib/pq":           {"db", "internal/pgtest"},
	"github.com/emersion/go-sasl": {"internal/smtptest"},
	"github.com/emersion/go-smtp": {"internal/smtptest"},
	"github.com/wneessen/go-mail": {"mail"},
	"golang.org/x/crypto/bcrypt":  {"auth/password"},
	"modernc.org/sqlite":          {"db"},
}

type listed struct {
	ImportPath string
	Imports    []string
}

func TestRooms_Imports(t *testing.T) {
	seen := 0
	module := modulePath(t)
	for _, p := range goList(t, "-json=ImportPath,Imports", "./...") {
		room, ours := strings.CutPrefix(p.ImportPath, module+"/")
		if !ours {
			continue // The root wires everything.
		}
		seen++
		t.Run(room, func(t *testing.T) {
			allowed, ok := rowOf(room)
			if !ok {
				t.Fatalf("room %s has no row in the table of rooms", room)
			}
			for _, path := range p.Imports {
				other, ours := strings.CutPrefix(path, module+"/")
				if (ours || path == module) && !matches(allowed, other) {
					t.Errorf("%s imports %s, want only %q", room, path, allowed)
				}
				if of, ok := libraries[path]; ok && !matches(append(of, "bench/*"), room) {
					t.Errorf("%s imports %s, which is for %q", room, path, of)
				}
			}
		})
	}
	if seen == 0 {
		t.Fatal("go list names no room")
	}
}

// An importing server must not link a database or a password hash to check a token.
func TestRooms_GuardNeedsNoDatabase(t *testing.T) {
	reached := goList(t, "-deps", "-json=ImportPath", "./auth")
	if len(reached) < 2 {
		t.Fatalf("go list -deps ./auth names %d packages, want auth and what it reaches", len(reached))
	}
	for _, p := range reached {
		if _, ok := libraries[p.ImportPath]; ok {
			t.Errorf("auth reaches %s", p.ImportPath)
		}
	}
}

// rowOf finds the row of a room by its name, or else by the folder it lies in.
func rowOf(room string) ([]string, bool) {
	if row, ok := rooms[room]; ok {
		return row, true
	}
	top, _, _ := strings.Cut(room, "/")
	row, ok := rooms[top+"/*"]
	return row, ok
}

func matches(allowed []string, room string) bool {
	return slices.ContainsFunc(allowed, func(name string) bool {
		folder, below := strings.CutSuffix(name, "*")
		return name == room || below && strings.HasPrefix(room, folder)
	})
}

// modulePath returns the path of this module, which `make rename` changes.
func modulePath(t *testing.T) string {
	t.Helper()
	command := exec.Command("go", "list", "-m")
	command.Dir = root
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func goList(t *testing.T, args ...string) []listed {
	t.Helper()
	command := exec.Command("go", append([]string{"list"}, args...)...)
	command.Dir = root
	out, err := command.Output()
	if err != nil {
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			t.Fatalf("go list %q: %v\n%s", args, err, exit.Stderr)
		}
		t.Fatalf("go list %q: %v", args, err)
	}
	var all []listed
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		switch err := decoder.Decode(&p); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatalf("go list %q: %v", args, err)
		}
		all = append(all, p)
	}
}
