package pgtest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// fakeBinaries makes a folder that looks like PostgreSQL's.
func fakeBinaries(t *testing.T, path ...string) string {
	t.Helper()
	dir := filepath.Join(path...)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"initdb", "postgres"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestHighest(t *testing.T) {
	root := t.TempDir()
	fakeBinaries(t, root, "pg", "9.6", "bin")
	want := fakeBinaries(t, root, "pg", "16", "bin")
	fakeBinaries(t, root, "other", "pgsql-15", "bin")
	if err := os.MkdirAll(filepath.Join(root, "pg", "17", "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Chdir(root) // the folder's own path has numbers in it
	got := highest([]string{"pg/*/bin", "other/pgsql-*/bin", "none/*"})
	if filepath.Join(root, got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := highest([]string{"none/*"}); got != "" {
		t.Errorf("got %q, want nothing", got)
	}
}

func TestFindBinaries(t *testing.T) {
	named, onPath := fakeBinaries(t, t.TempDir(), "bin"), fakeBinaries(t, t.TempDir(), "real")
	links := t.TempDir()
	if err := os.Symlink(filepath.Join(onPath, "initdb"), filepath.Join(links, "initdb")); err != nil {
		t.Fatal(err)
	}
	installed := places
	places = nil
	t.Cleanup(func() { places = installed })
	tests := []struct{ name, bin, path, want string }{
		{"PGTEST_BIN", named, onPath, named},
		{"PATH", "", onPath, onPath},
		{"a link on PATH", "", links, onPath},
		{"PGTEST_BIN without binaries", links, onPath, ""},
		{"nowhere", "", t.TempDir(), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("PGTEST_BIN", tt.bin)
			t.Setenv("PATH", tt.path)
			got, err := findBinaries()
			if got != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
			if absent := tt.name == "nowhere"; errors.Is(err, errAbsent) != absent {
				t.Errorf("got %v, want that nothing is installed: %v", err, absent)
			}
		})
	}
}

// recorder is a test that notes how it ends.
type recorder struct {
	testing.TB
	ended string
}

func (r *recorder) Helper()                      {}
func (r *recorder) Skipf(text string, _ ...any)  { r.ended = "skipped" }
func (r *recorder) Fatalf(text string, _ ...any) { r.ended = "failed" }

func TestCheck(t *testing.T) {
	tests := []struct {
		name, ci string
		err      error
		want     string
	}{
		{"there is one", "true", nil, ""},
		{"none", "", errAbsent, "skipped"},
		{"none, wrapped", "false", fmt.Errorf("start: %w", errAbsent), "skipped"},
		{"none in CI", "true", errAbsent, "failed"},
		{"broken", "", errors.New("initdb: exit status 1"), "failed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("CI", tt.ci)
			r := &recorder{TB: t}
			check(r, tt.err)
			if r.ended != tt.want {
				t.Errorf("got %q, want %q", r.ended, tt.want)
			}
		})
	}
}
