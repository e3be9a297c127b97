package docs

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"authgraph/test/harness"
)

const architecture = "docs/architecture.md"

var (
	namedFile  = regexp.MustCompile("`([\\w.-]+(?:/[\\w.-]+)+|[\\w-]+\\.(?:go|graphqls|lock|md|yml))`")
	namedThing = regexp.MustCompile("`(\\w+)` in `([\\w./-]+\\.go)`|`([\\w./-]+\\.go)` \\(`(\\w+)`")
	mermaidBox = regexp.MustCompile(`(\w+)\["([^"]+)"\]`)
	arrow      = regexp.MustCompile(`(?m)^ *(\w+)(?:\["[^"]+"\])? --> (\w+)`)
)

func TestArchitecture_Files(t *testing.T) {
	t.Chdir(harness.Root(t))
	text := harness.ReadFile(t, architecture)
	files := namedFile.FindAllStringSubmatch(text, -1)
	for _, file := range files {
		if _, err := os.Stat(file[1]); err != nil {
			t.Errorf("%s names %s: %v", architecture, file[1], err)
		}
	}
	if len(files) < 80 {
		t.Errorf("%s names %d files and folders, want at least 80", architecture, len(files))
	}
}

// TestArchitecture_Names requires that a file has the function or name that the page says it has.
func TestArchitecture_Names(t *testing.T) {
	t.Chdir(harness.Root(t))
	found := namedThing.FindAllStringSubmatch(harness.ReadFile(t, architecture), -1)
	for _, m := range found {
		name, file := m[1]+m[4], m[2]+m[3]
		if text, err := os.ReadFile(file); err != nil || !regexp.MustCompile(`\b`+name+`\b`).Match(text) {
			t.Errorf("%s says that %s has %s (%v)", architecture, file, name, err)
		}
	}
	if len(found) < 10 {
		t.Errorf("%s says where %d names are, want at least 10", architecture, len(found))
	}
}

func TestArchitecture_Rows(t *testing.T) {
	_, table, found := strings.Cut(harness.ReadFile(t, architecture), "| to change | go to |\n|---|---|\n")
	if rows := strings.Count(table, "\n| "); !found || rows < 20 {
		t.Errorf("the table of changes has %d rows, want at least 20", rows)
	}
}

// TestArchitecture_Arrows requires each arrow of the picture to be a permitted import of the table of rooms.
func TestArchitecture_Arrows(t *testing.T) {
	_, picture, _ := strings.Cut(harness.ReadFile(t, architecture), "```mermaid\n")
	picture, _, _ = strings.Cut(picture, "```")
	boxes := map[string]string{}
	for _, box := range mermaidBox.FindAllStringSubmatch(picture, -1) {
		boxes[box[1]] = box[2]
	}
	arrows := arrow.FindAllStringSubmatch(picture, -1)
	for _, a := range arrows {
		from, to := boxes[a[1]], boxes[a[2]]
		if allowed, ok := rowOf(from); !ok || to == "" || !matches(allowed, to) {
			t.Errorf("%s draws an arrow from %q to %q, which is not permitted", architecture, from, to)
		}
	}
	if len(arrows) < 15 {
		t.Errorf("the picture has %d arrows, want at least 15", len(arrows))
	}
}
