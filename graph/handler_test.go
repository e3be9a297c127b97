package graph

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestNew_ListedFiles proves that each file that the comment on New lists exists.
func TestNew_ListedFiles(t *testing.T) {
	source, err := os.ReadFile("handler.go")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(source), "// A request passes")
	list, _, _ = strings.Cut(list, "\nfunc New(")
	names := regexp.MustCompile(`[a-z_./]+\.go\b`).FindAllString(list, -1)
	if len(names) < 30 {
		t.Errorf("got %d files, want at least 30", len(names))
	}
	for _, name := range names {
		_, here := os.Stat(name)
		_, above := os.Stat(filepath.Join("..", name))
		if here != nil && above != nil {
			t.Errorf("%s does not exist", name)
		}
	}
}
