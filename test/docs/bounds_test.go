// Package docs holds the tests that compare documentation with code.
package docs

import (
	"go/ast"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"authgraph/config"
)

// bound is one row of the table in docs/security.md, section "Bounds".
type bound struct {
	grows    string   // the growing thing
	holders  []string // fields and tables
	limits   []string // constants and settings
	tests    []string
	original string
}

// transient stands in place of the fields if what grows ends with a request or a connection.
const transient = "| (transient) |"

var codeSpan = regexp.MustCompile("`([^`]+)`")

func spans(cell string) (names []string) {
	for _, match := range codeSpan.FindAllStringSubmatch(cell, -1) {
		names = append(names, match[1])
	}
	return names
}

// readBounds returns the rows of the table.
func readBounds(t *testing.T) (rows []bound) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docs/security.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "\n# Bounds\n")
	if !found {
		t.Fatal(`docs/security.md has no section "# Bounds"`)
	}
	section, _, _ = strings.Cut(section, "\n# ")
	for line := range strings.SplitSeq(section, "\n") {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| what grows") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		if len(cells) != 6 {
			t.Errorf("got %d cells, want 6: %s", len(cells), line)
			continue
		}
		rows = append(rows, bound{
			grows: strings.TrimSpace(cells[0]), holders: spans(cells[1]), limits: spans(cells[4]), tests: spans(cells[5]), original: line,
		})
	}
	return rows
}

func TestBounds_Named(t *testing.T) {
	settings, constants, tests := settingNames(), constantNames(t), testNames(t)
	for _, row := range readBounds(t) {
		if len(row.holders) == 0 && !strings.Contains(row.original, transient) || len(row.limits) == 0 {
			t.Errorf("got an empty cell, want a holder, a constant or setting, and a test: %s", row.original)
		} else if len(row.tests) == 0 {
			t.Errorf("got an empty cell, want a holder, a constant or setting, and a test: %s", row.original)
		}
		for _, name := range row.limits {
			if !settings[name] && !constants[name] {
				t.Errorf("%s: got the bound %s, want a setting or a constant folder.name", row.grows, name)
			}
		}
		for _, name := range row.tests {
			if !tests[name] {
				t.Errorf("%s: got the test %s, which does not exist", row.grows, name)
			}
		}
	}
}

func TestBounds_Complete(t *testing.T) {
	found, tables := growingFields(t, boundedRooms...), tableNames(t)
	listed := map[string]bool{}
	for _, row := range readBounds(t) {
		for _, name := range row.holders {
			listed[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(listed)) {
		if _, field := found[name]; !field && !tables[name] {
			t.Errorf("docs/security.md, Bounds: %s is neither a field that grows nor a table", name)
		}
		if _, exempt := boundless[name]; exempt {
			t.Errorf("%s: got a row and an exemption, want one of them", name)
		}
	}
	for name := range boundless {
		if _, field := found[name]; !field && !tables[name] {
			t.Errorf("boundless: %s is neither a field that grows nor a table; delete the line", name)
		}
	}
	for name, position := range found {
		if _, exempt := boundless[name]; !listed[name] && !exempt {
			t.Errorf("%v: %s can grow; add a row to docs/security.md, Bounds, or a reason to boundless", position, name)
		}
	}
	for name := range tables {
		if _, exempt := boundless[name]; !listed[name] && !exempt {
			t.Errorf("table %s can grow; add a row to docs/security.md, Bounds, or a reason to boundless", name)
		}
	}
}

func settingNames() map[string]bool {
	names := map[string]bool{}
	for _, name := range spans(config.Table()) {
		names[name] = true
	}
	return names
}

// constantNames returns all constants of the repository's packages, in the form folder.name.
func constantNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	eachFolder(t, func(folder string, files []*ast.File) {
		for _, file := range files {
			for _, d := range file.Decls {
				declared, ok := d.(*ast.GenDecl)
				if !ok || declared.Tok != token.CONST {
					continue
				}
				for _, spec := range declared.Specs {
					for _, name := range spec.(*ast.ValueSpec).Names {
						names[strings.Replace(folder+"."+name.Name, "..", ".", 1)] = true
					}
				}
			}
		}
	})
	return names
}

var (
	testFunction = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	createTable  = regexp.MustCompile(`(?m)^CREATE TABLE (\w+)`)
	dropTable    = regexp.MustCompile(`(?m)^DROP TABLE (\w+)`)
)

func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	eachFile(t, "_test.go", func(text string) {
		for _, match := range testFunction.FindAllStringSubmatch(text, -1) {
			names[match[1]] = true
		}
	})
	return names
}

// tableNames returns the tables of both engines' migrations.
func tableNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	eachFile(t, ".sql", func(text string) {
		for _, match := range createTable.FindAllStringSubmatch(text, -1) {
			names[match[1]] = true
		}
		for _, match := range dropTable.FindAllStringSubmatch(text, -1) {
			delete(names, match[1])
		}
	})
	return names
}
