package harness

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Root returns the repository's folder: the next folder above the test's that has a go.mod.
func Root(t testing.TB) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		above := filepath.Dir(folder)
		if above == folder {
			t.Fatal("no folder above the test's has a go.mod")
		}
		folder = above
	}
}

// Path returns the path of a file of the repository. An absolute name is returned as it is.
func Path(t testing.TB, name string) string {
	t.Helper()
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(Root(t), filepath.FromSlash(name))
}

// ReadFile returns the text of a file of the repository.
func ReadFile(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// WriteJSON writes a value as JSON to path.
func WriteJSON(t testing.TB, path string, value any) {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
