package policy

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/test/harness"
)

var renew = flag.Bool("renew", false, "write policy.matrix anew")

const matrixFile = "policy.matrix"

const matrixHead = `# What the running server answers to each kind of caller who asks for a field: yes, or the error. Measured by a test that
# fails when it is otherwise than "policy show --json" says, or than here; written by: go test -run TestMatrix ./test/policy -renew
# One rule is stricter than the policy: createRole takes every permission, since a role's name may mean more elsewhere.
#   who    UNAUTHENTICATED            no     FORBIDDEN
#   2nd    SECOND_FACTOR_REQUIRED     again  REAUTHENTICATION_REQUIRED
#   step   STEP_PENDING               none   CONFLICT: no deletion was requested
#   null   by an id: as if there were no such object
#   (...)  the way to the field was refused so, or led to nothing: (-)
# Callers: owner asks for what is theirs, as do those after it; everybody before, and those with one permission, for what is
# somebody else's. half: proved one factor of two; late: a day ago; key: an API key; acting: another acts as the account;
# restoring: the step RESTORE_ACCOUNT is pending.
`

var words = map[string]string{
	"": "yes", "UNAUTHENTICATED": "who", "FORBIDDEN": "no", "SECOND_FACTOR_REQUIRED": "2nd",
	"REAUTHENTICATION_REQUIRED": "again", "STEP_PENDING": "step", "CONFLICT": "none", hiddenCell: hiddenCell,
}

// matrix is what each caller gets of each field: by field, then by the caller's name.
type matrix map[string]map[string]string

func (m matrix) set(field, caller, cell string) {
	if m[field] == nil {
		m[field] = map[string]string{}
	}
	m[field][caller] = cell
}

func (m matrix) String() string {
	names := []string{}
	for _, v := range callers() {
		names = append(names, v.name)
	}
	lines := [][]string{append([]string{"field"}, names...)}
	for _, field := range slices.Sorted(maps.Keys(m)) {
		line := []string{field}
		for _, name := range names {
			line = append(line, m[field][name])
		}
		lines = append(lines, line)
	}
	widths := make([]int, len(names)+1)
	for _, line := range lines {
		for i, text := range line {
			widths[i] = max(widths[i], len(text))
		}
	}
	var b strings.Builder
	b.WriteString(matrixHead)
	for _, line := range lines {
		var row strings.Builder
		for i, text := range line {
			fmt.Fprintf(&row, "%-*s  ", widths[i], text)
		}
		b.WriteString(strings.TrimRight(row.String(), " ") + "\n")
	}
	return b.String()
}

// nowhere are types of which a server has no object: this one signs in with no other service.
var nowhere = []string{"Provider"}

// measure asks the server for everything by every route, as every caller, and fails where an answer is not what the table
// says.
func measure(t *testing.T) matrix {
	t.Helper()
	h, schema, tb := openFixture(t), harness.Schema(t), shownTable(t)
	all := routes(schema)
	m, reached := matrix{}, map[string]bool{}
	for _, v := range callers() {
		for _, w := range all {
			for _, one := range h.look(t, schema, tb, w, v, plainStyle) {
				m.note(t, tb, v, one)
				reached[one.field] = true
			}
		}
	}
	for field := range tb {
		object, _, _ := strings.Cut(field, ".")
		if reached[field] == slices.Contains(nowhere, object) {
			t.Errorf("%s: reached %v; what nobody reaches needs preparations, or is on one of %v", field, reached[field], nowhere)
		}
	}
	m.fill(t, tb, all)
	return m
}

// look asks for what a route leads to and returns what is seen of it. A refusal on the route counts for the field that
// refuses, and of what is behind it nothing.
func (h *fixture) look(t *testing.T, schema *ast.Schema, tb table, w route, v *caller, s style) []sighting {
	t.Helper()
	seen, exchange := h.read(t, schema, tb, w, v, s)
	for _, one := range seen {
		if one.got != one.want {
			t.Errorf("%s as %s, %s: %s: got %q, the policy says %q\n%.3000s", w, v.name, s.name, one.field, one.got, one.want, exchange)
		}
	}
	return seen
}

// read is look without a judgement; exchange is what was asked and answered.
func (h *fixture) read(t *testing.T, schema *ast.Schema, tb table, w route, v *caller, s style) (seen []sighting, exchange string) {
	t.Helper()
	admitted := tb.verdict(t, w[0].coordinate(), v.columns(v.owns), v.all, v.owns) == ""
	sc := h.set(t, w, v, admitted)
	document, variables := w.document(t, schema, s, sc.arguments)
	body := h.ask(t, w, sc, document, variables, admitted)
	r, data := newReading(t, schema, tb, w, v, sc, body)
	seen, _ = r.from(0, data, "", v.owns)
	return seen, document + "\n" + body
}

// note writes down what is seen of a field on an object of whom the caller asks for; a field that is open to every caller who reaches it
// with any eyes.
func (m matrix) note(t *testing.T, tb table, v *caller, one sighting) {
	t.Helper()
	row, isField := tb[one.field]
	if !isField || one.owns != v.owns && strings.Contains(row.Rule, "owner") || one.foreign && row.Rule != "open" {
		return
	}
	word, known := words[one.got]
	if !known {
		t.Errorf("%s by %s: %s", one.field, v.name, one.got)
	}
	if before := m[one.field][v.name]; before != "" && before != word {
		t.Errorf("%s by %s: %s by one way, %s by another", one.field, v.name, before, word)
	}
	m.set(one.field, v.name, word)
}

// fill says of the fields that a caller did not get to how the shortest route was refused.
func (m matrix) fill(t *testing.T, tb table, all []route) {
	t.Helper()
	for field := range tb {
		object, _, _ := strings.Cut(field, ".")
		for _, v := range callers() {
			if m[field][v.name] != "" {
				continue
			}
			cell := "-"
			for _, w := range all {
				if w[len(w)-1].on != object {
					continue
				}
				for _, s := range w {
					if word := m[s.coordinate()][v.name]; word != "yes" && word != "" && !strings.HasPrefix(word, "(") && cell == "-" {
						cell = word
					}
				}
			}
			m.set(field, v.name, "("+cell+")")
		}
	}
}

// The running server answers as the policy says, to everybody and of every field, by whatever way it is asked; and what
// it answers is what was reviewed.
func TestMatrix(t *testing.T) {
	got := measure(t).String()
	if *renew {
		if err := os.WriteFile(harness.Path(t, matrixFile), []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(harness.Path(t, matrixFile))
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is otherwise; when that is meant: go test -run TestMatrix ./test/policy -renew\n%s", matrixFile, differences(string(want), got))
	}
}

func differences(want, got string) string {
	var b strings.Builder
	had, has := strings.Split(want, "\n"), strings.Split(got, "\n")
	for _, line := range had {
		if !slices.Contains(has, line) {
			b.WriteString("- " + line + "\n")
		}
	}
	for _, line := range has {
		if !slices.Contains(had, line) {
			b.WriteString("+ " + line + "\n")
		}
	}
	return b.String()
}
