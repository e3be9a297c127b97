package policy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/auth"
	"authgraph/auth/policydoc"
	"authgraph/test/harness"
)

// hiddenCell is what stands for an object that `node` does not show: null, without an error.
const hiddenCell = "null"

// sighting is what an answer says of one field.
type sighting struct {
	field     string
	got, want string // a code; "" for a value
	owns      bool   // whether the object that the field is on is the caller's
	foreign   bool   // seen with other eyes than the caller's
}

// table is what `policy show --json` says, by field.
type table map[string]policydoc.Row

func shownTable(t *testing.T) table {
	t.Helper()
	out, err := harness.Command(t, "", nil, "policy", "show", "--json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []policydoc.Row
	if err := json.Unmarshal([]byte(out), &rows); err != nil {
		t.Fatal(err)
	}
	shown := table{}
	for _, row := range rows {
		shown[row.Field] = row
	}
	return shown
}

// verdict is what the table says of a field: the best of the columns. A column of who holds everything is also one of
// who owns the object; fields of another account's object that only its owner may use are FORBIDDEN.
func (tb table) verdict(t *testing.T, field string, columns []string, all, owns bool) string {
	t.Helper()
	row, known := tb[field]
	if !known {
		t.Fatalf("policy show says nothing of %s", field)
	}
	best := string(auth.Forbidden)
	for _, name := range columns {
		code, known := row.Access[name]
		if !known {
			t.Fatalf("policy show has no column %q", name)
		}
		if all && !owns && row.Rule != "open" && ownersAlone(row.Rule) {
			code = auth.Forbidden
		}
		if code == "" {
			return ""
		}
		if code != auth.Forbidden {
			best = string(code)
		}
	}
	return best
}

// ownersAlone reports whether each alternative of a rule asks for the owner.
func ownersAlone(rule string) bool {
	for alternative := range strings.SplitSeq(rule, " | ") {
		if !slices.Contains(strings.Split(alternative, " + "), "owner") {
			return false
		}
	}
	return true
}

// reading is an answer that is gone through along a route.
type reading struct {
	t      *testing.T
	schema *ast.Schema
	table  table
	way    route
	caller *caller
	setup  *setup
	body   string
	codes  map[string]string // error codes by path; a code without a path belongs to the first field
}

type graphQLAnswer struct {
	Data   map[string]any
	Errors []struct {
		Path       []any
		Extensions struct{ Code string }
	}
}

func newReading(t *testing.T, schema *ast.Schema, tb table, w route, v *caller, s *setup, body string) (*reading, map[string]any) {
	t.Helper()
	var a graphQLAnswer
	if err := json.Unmarshal([]byte(body), &a); err != nil {
		t.Fatalf("%s by %s: %v\n%s", w, v.name, err, body)
	}
	r := &reading{t: t, schema: schema, table: tb, way: w, caller: v, setup: s, body: body, codes: map[string]string{}}
	for _, e := range a.Errors {
		path := stepAlias(0)
		if len(e.Path) > 0 {
			path = pathOf(e.Path)
		}
		code := e.Extensions.Code
		if before := r.codes[path]; before != "" && before != code {
			t.Errorf("%s by %s: two errors at %s\n%s", w, v.name, path, body)
		}
		r.codes[path] = code
	}
	return r, a.Data
}

func pathOf(path []any) string {
	parts := make([]string, len(path))
	for i, p := range path {
		parts[i] = fmt.Sprint(p)
	}
	return strings.Join(parts, ".")
}

// verdict asks the table with the eyes that look at step i.
func (r *reading) verdict(field string, i int, owns bool) string {
	if i == 0 && r.setup.refusal != "" {
		return r.setup.refusal
	}
	if i > 0 && r.setup.eyes != nil {
		return r.table.verdict(r.t, field, r.setup.eyes(owns), false, owns)
	}
	return r.table.verdict(r.t, field, r.caller.columns(owns), r.caller.all, owns)
}

// typeVerdict is of an object's own rules, by which `node` finds it: those of any field without rules of its own.
func (r *reading) typeVerdict(name string, i int, owns bool) string {
	definition := r.schema.Types[name]
	if definition.Directives.ForName("auth") == nil {
		return ""
	}
	for _, field := range definition.Fields {
		if field.Directives.ForName("auth") == nil {
			return r.verdict(name+"."+field.Name, i, owns)
		}
	}
	r.t.Fatalf("each field of %s has rules of its own", name)
	return ""
}

// below reports whether an error stands below a path: then what is there was reached, and is null because of it.
func (r *reading) below(path string) bool {
	for at := range r.codes {
		if strings.HasPrefix(at, path+".") {
			return true
		}
	}
	return false
}

// from reads step i, which is on object; owns says whose that is. It reports whether the way's end was reached, or
// refused on the way.
func (r *reading) from(i int, object map[string]any, path string, owns bool) (seen []sighting, decided bool) {
	s := r.way[i]
	at := path + stepAlias(i)
	one := sighting{field: s.coordinate(), got: r.codes[at], want: r.verdict(s.coordinate(), i, owns), owns: owns || i == 0 && r.caller.owns,
		foreign: i > 0 && r.setup.eyes != nil}
	value := object[stepAlias(i)]
	_, isInterface := r.way.throughInterface(i)
	if i == 0 {
		owns = r.setup.owns
	}
	if one.got == "" && one.want == "" && isInterface {
		if refused := r.typeVerdict(s.on, i+1, owns); refused != "" {
			hidden := sighting{field: s.on, got: "", want: hiddenCell, owns: owns}
			if empty(value) && !r.below(at) {
				hidden.got = hiddenCell
			}
			return []sighting{one, hidden}, true
		}
	}
	if one.got != "" || one.want != "" || s.on == "" {
		return []sighting{one}, true
	}
	for _, element := range r.elements(value, at) {
		below, decided := r.object(i, element.value, element.path, owns)
		if decided {
			return append([]sighting{one}, below...), true
		}
	}
	return []sighting{one}, false
}

// throughInterface reports whether step i returns an interface.
func (w route) throughInterface(i int) (string, bool) {
	name := w[i].field.Type.Name()
	return name, w[i].on != "" && name != w[i].on
}

func empty(value any) bool {
	list, isList := value.([]any)
	return value == nil || isList && !slices.ContainsFunc(list, func(v any) bool { return v != nil })
}

type element struct {
	value map[string]any
	path  string
}

// elements are the objects at a path: one, or those of a list. An object that an error removed has no value.
func (r *reading) elements(value any, path string) (all []element) {
	switch v := value.(type) {
	case map[string]any:
		return []element{{v, path}}
	case []any:
		for i, e := range v {
			all = append(all, r.elements(e, fmt.Sprintf("%s.%d", path, i))...)
		}
		return all
	}
	if r.below(path) {
		if r.below(path + ".0") {
			path += ".0"
		}
		return []element{{nil, path}}
	}
	return nil
}

// object reads what step i returned.
func (r *reading) object(i int, value map[string]any, path string, owns bool) ([]sighting, bool) {
	subject := r.setup.subject
	if id, reported := value["whose"].(string); reported && subject != "" {
		owns = id == subject
	}
	if i+1 < len(r.way) {
		return r.from(i+1, value, path+".", owns)
	}
	var seen []sighting
	for _, field := range r.schema.Types[r.way[i].on].Fields {
		name := r.way[i].on + "." + field.Name
		seen = append(seen, sighting{
			field: name, got: r.codes[path+"."+leafAlias(field)], want: r.verdict(name, i+1, owns), owns: owns,
			foreign: r.setup.eyes != nil,
		})
	}
	return seen, true
}
