package docs

import (
	"os"
	"strings"
	"testing"

	"authgraph/config"
	"authgraph/test/harness"
)

func TestReadme(t *testing.T) {
	text, err := os.ReadFile(harness.Path(t, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), config.Table()) {
		t.Errorf("README.md lacks the table of settings as it is now:\n%s", config.Table())
	}
	if lines := strings.Count(string(text), "\n"); lines > 150 {
		t.Errorf("README.md has %d lines, want at most 150", lines)
	}
}
