package docs

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"authgraph/config"
	"authgraph/test/harness"
)

func TestConfiguration(t *testing.T) {
	if text := harness.ReadFile(t, "docs/configuration.md"); !strings.Contains(text, "\n"+config.Table()+"<!-- end -->\n") {
		t.Errorf("docs/configuration.md lacks the table of settings as it is now:\n%s", config.Table())
	}
}

func TestReadme_Short(t *testing.T) {
	if lines := strings.Count(harness.ReadFile(t, "README.md"), "\n"); lines > 110 {
		t.Errorf("README.md has %d lines, want at most 110", lines)
	}
}

// TestReadme_LinksEveryDocument requires a link to each page, and that every link leads to a file.
func TestReadme_LinksEveryDocument(t *testing.T) {
	t.Chdir(harness.Root(t))
	linked := map[string]bool{}
	for _, link := range regexp.MustCompile(`\]\(([^)#]+)\)`).FindAllStringSubmatch(harness.ReadFile(t, "README.md"), -1) {
		linked[path.Clean(link[1])] = true
		if _, err := os.Stat(link[1]); err != nil {
			t.Errorf("README.md links %s: %v", link[1], err)
		}
	}
	for _, shape := range []string{"*.md", "docs/*.md", "bench/*.md", "clients/*/README.md", "examples/*/README.md", "*.graphqls"} {
		names, err := filepath.Glob(shape)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: got %q, %v", shape, names, err)
		}
		for _, name := range names {
			if name = filepath.ToSlash(name); name != "README.md" && !linked[name] {
				t.Errorf("README.md does not link %s", name)
			}
		}
	}
}
