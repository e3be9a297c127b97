package policy

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/auth"
	"authgraph/auth/policydoc"
	"authgraph/config"
	"authgraph/graph/generated"
	"authgraph/internal/prove"
	"authgraph/test/harness"
)

// mutant is the schema with one rule removed or weakened, or, since the matrix sees that too, made stricter.
type mutant struct {
	kind, at string
	// directives are where the rule stands: what is in them while the mutant lives.
	directives *ast.DirectiveList
	changed    ast.DirectiveList
}

// mutantServer is a fixture that restarts for each mutant, with the same callers.
type mutantServer struct {
	*fixture
	callers []*caller
}

// caught is by what a mutant was.
type caught struct{ start, lock, behaviour bool }

// directive makes one out of the arguments of another, changed.
func directive(d *ast.Directive, change func(ast.ArgumentList) ast.ArgumentList) *ast.Directive {
	c := *d
	c.Arguments = change(slices.Clone(d.Arguments))
	return &c
}

func without(name string) func(ast.ArgumentList) ast.ArgumentList {
	return func(all ast.ArgumentList) ast.ArgumentList {
		return slices.DeleteFunc(all, func(a *ast.Argument) bool { return a.Name == name })
	}
}

func with(name, raw string, kind ast.ValueKind) func(ast.ArgumentList) ast.ArgumentList {
	return func(all ast.ArgumentList) ast.ArgumentList {
		value := &ast.Value{Raw: raw, Kind: kind}
		return append(without(name)(all), &ast.Argument{Name: name, Value: value})
	}
}

func permissions(names ...*ast.ChildValue) func(ast.ArgumentList) ast.ArgumentList {
	return func(all ast.ArgumentList) ast.ArgumentList {
		value := &ast.Value{Kind: ast.ListValue, Children: names}
		return append(without("permissions")(all), &ast.Argument{Name: "permissions", Value: value})
	}
}

// mutants are all of a schema, those of one kind after the other.
func mutants(schema *ast.Schema) (all []mutant) {
	public := &ast.Directive{Name: "public", Definition: schema.Directives["public"]}
	for _, name := range slices.Sorted(maps.Keys(schema.Types)) {
		definition := schema.Types[name]
		if definition.Kind != ast.Object || definition.BuiltIn {
			continue
		}
		all = append(all, mutantsAt(schema, name, &definition.Directives, nil)...)
		for _, field := range definition.Fields {
			if !strings.HasPrefix(field.Name, "__") {
				all = append(all, mutantsAt(schema, name+"."+field.Name, &field.Directives, public)...)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b mutant) int { return strings.Compare(a.kind, b.kind) })
	return all
}

func mutantsAt(schema *ast.Schema, at string, directives *ast.DirectiveList, public *ast.Directive) (all []mutant) {
	as := func(kind string, changed ast.DirectiveList) {
		all = append(all, mutant{kind, at, directives, changed})
	}
	own := *directives
	if i := slices.IndexFunc(own, func(d *ast.Directive) bool { return d.Name == "public" }); i >= 0 {
		as("drop @public", slices.Delete(slices.Clone(own), i, i+1))
	}
	if len(own.ForNames("auth")) == 0 {
		return all
	}
	bare := slices.DeleteFunc(slices.Clone(own), func(d *ast.Directive) bool { return d.Name == "auth" })
	as("drop every @auth", bare)
	if public != nil {
		as("@public for @auth", append(slices.Clone(bare), public))
		as("add @public", append(slices.Clone(own), public))
	}
	for i, d := range own {
		if d.Name != "auth" {
			continue
		}
		change := func(kind string, to func(ast.ArgumentList) ast.ArgumentList) {
			changed := slices.Clone(own)
			changed[i] = directive(d, to)
			as(kind, changed)
		}
		if len(own.ForNames("auth")) > 1 {
			as("drop one @auth", slices.Delete(slices.Clone(own), i, i+1))
		}
		if len(d.Arguments) > 0 {
			change("anybody signed in", func(ast.ArgumentList) ast.ArgumentList { return nil })
		}
		if held := d.Arguments.ForName("permissions"); held != nil {
			change("drop permissions", without("permissions"))
			for j := range held.Value.Children {
				if remaining := slices.Delete(slices.Clone(held.Value.Children), j, j+1); len(remaining) > 0 {
					change("drop one permission", permissions(remaining...))
				}
			}
			for _, value := range schema.Types["Permission"].EnumValues {
				if value.Name != held.Value.Children[0].Value.Raw {
					other := &ast.ChildValue{Value: &ast.Value{Kind: ast.EnumValue, Raw: value.Name}}
					change("another permission", permissions(other))
					break
				}
			}
		}
		owner := d.Arguments.ForName("owner")
		if owner != nil && owner.Value.Raw == "true" {
			change("flip owner", with("owner", "false", ast.BooleanValue))
		} else {
			change("flip owner", with("owner", "true", ast.BooleanValue))
		}
		if d.Arguments.ForName("maxAge") != nil {
			change("drop maxAge", without("maxAge"))
			change("lengthen maxAge", with("maxAge", "9000h", ast.StringValue))
		}
		if asked := d.Arguments.ForName("assurance"); asked == nil || asked.Value.Raw != string(auth.SingleFactor) {
			change("lower assurance", with("assurance", string(auth.SingleFactor), ast.EnumValue))
		}
		if d.Arguments.ForName("pending") != nil {
			change("drop pending", without("pending"))
		}
	}
	return all
}

// servedSchema is the one that every server of this process executes and guards.
func servedSchema() *ast.Schema { return generated.NewExecutableSchema(generated.Config{}).Schema() }

// reopen starts the fixture's server with the present schema. The error is the refusal of the start.
func (h *mutantServer) reopen(t *testing.T) error {
	t.Helper()
	c, err := config.Load([]string{"AUTHGRAPH_STREAMS_PER_SESSION=1000"})
	if err != nil {
		t.Fatal(err)
	}
	handler, err := h.App.Handler(c, slog.New(slog.DiscardHandler), t.Context())
	if err != nil {
		return err
	}
	server := httptest.NewServer(handler)
	h.Server.Server.Close()
	h.Server.Server, h.API = server, harness.API{BaseURL: server.URL, HTTP: server.Client()}
	t.Cleanup(server.Close)
	return nil
}

// try lets a mutant live for as long as it takes to see whether it is caught.
func (h *mutantServer) try(t *testing.T, m mutant, schema *ast.Schema, tb table, reviewed matrix, lock string) (by caught) {
	t.Helper()
	was := *m.directives
	*m.directives = m.changed
	defer func() { *m.directives = was }()
	policy, err := auth.NewPolicy(servedSchema())
	if err != nil || h.reopen(t) != nil {
		return caught{start: true}
	}
	changes, err := policydoc.Compare(policy, strings.NewReader(lock))
	if err != nil {
		t.Fatal(err)
	}
	by.lock = len(changes) > 0
	by.behaviour = h.otherwise(t, m.at, schema, tb, reviewed)
	return by
}

// otherwise reports whether the result of a field, or of an object's fields, differs from the reviewed matrix for some caller.
func (h *mutantServer) otherwise(t *testing.T, at string, schema *ast.Schema, tb table, reviewed matrix) bool {
	t.Helper()
	object, field, isField := strings.Cut(at, ".")
	ways := routesTo(schema, object, field)
	for _, v := range h.callers {
		for _, w := range ways {
			seen, _ := h.read(t, schema, tb, w, v, plainStyle)
			for _, one := range seen {
				on, _, _ := strings.Cut(one.field, ".")
				if one.got != one.want && (one.field == at || on == object && !isField) {
					return true
				}
				if cell := reviewed[one.field][v.name]; one.field == at && one.owns == v.owns && !one.foreign && cell != words[one.got] && !strings.HasPrefix(cell, "(") {
					return true
				}
			}
		}
	}
	return false
}

// routesTo are the shortest routes to a field of an object: for a root type its own, otherwise some of those to the object.
func routesTo(schema *ast.Schema, object, field string) (to []route) {
	root := schema.Types[object] == schema.Query || schema.Types[object] == schema.Mutation || schema.Types[object] == schema.Subscription
	for _, w := range routes(schema) {
		if root && len(w) == 1 && w[0].coordinate() == object+"."+field || !root && w[len(w)-1].on == object {
			to = append(to, w)
		}
	}
	slices.SortStableFunc(to, func(a, b route) int { return len(a) - len(b) })
	return to[:min(len(to), 6)]
}

// Each rule of the schema, removed or weakened by itself, is noticed: by the start, by `policy check`, and, where it makes
// a difference to anybody, by what the server answers.
func TestMutants(t *testing.T) {
	shown, schema := shownTable(t), harness.Schema(t)
	reviewed, lock := readMatrix(t), harness.ReadFile(t, "policy.lock")
	all := mutants(servedSchema())
	h := &mutantServer{openFixture(t), callers()}
	for _, m := range all[:3] { // a mutant that changes nothing is not caught
		if by := h.try(t, mutant{"none", m.at, m.directives, *m.directives}, schema, shown, reviewed, lock); by != (caught{}) {
			t.Errorf("%s as it is: %+v", m.at, by)
		}
	}
	every := prove.Size(3, 1)
	type count struct{ made, start, lock, behaviour, escaped int }
	counts := map[string]*count{}
	var unseen []string
	began := time.Now()
	for i, m := range all {
		if i%every != 0 {
			continue
		}
		by := h.try(t, m, schema, shown, reviewed, lock)
		c := counts[m.kind]
		if c == nil {
			c = &count{}
			counts[m.kind] = c
		}
		c.made++
		switch {
		case by.start:
			c.start++
		case by.lock:
			c.lock++
		default:
			c.escaped++
			t.Errorf("%s at %s: nothing has noticed", m.kind, m.at)
		}
		if by.behaviour {
			c.behaviour++
		} else if !by.start {
			unseen = append(unseen, m.kind+" at "+m.at)
		}
	}
	if err := h.reopen(t); err != nil {
		t.Fatal(err)
	}
	var total count
	var b strings.Builder
	fmt.Fprintf(&b, "%-20s %8s %8s %8s %10s %8s\n", "mutation", "mutants", "start", "lock", "behaviour", "escaped")
	line := func(name string, c count) {
		fmt.Fprintf(&b, "%-20s %8d %8d %8d %10d %8d\n", name, c.made, c.start, c.lock, c.behaviour, c.escaped)
	}
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		c := *counts[kind]
		line(kind, c)
		total.made, total.start, total.lock = total.made+c.made, total.start+c.start, total.lock+c.lock
		total.behaviour, total.escaped = total.behaviour+c.behaviour, total.escaped+c.escaped
	}
	line("all", total)
	caught := total.made - total.escaped
	t.Logf("%d of %d rules changed, %d caught (%.1f %%), in %v\n%s\nWithout the lock %d of %d; seen by the lock alone, since something behind it refuses too:\n%s",
		total.made, len(all), caught, 100*float64(caught)/float64(total.made), time.Since(began).Round(time.Second), b.String(),
		total.start+total.behaviour, total.made, strings.Join(unseen, "\n"))
}

// readMatrix reads what was reviewed.
func readMatrix(t *testing.T) matrix {
	t.Helper()
	m := matrix{}
	var names []string
	for line := range strings.Lines(harness.ReadFile(t, matrixFile)) {
		cells := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "#"):
		case names == nil:
			names = cells[1:]
		default:
			for i, cell := range cells[1:] {
				m.set(cells[0], names[i], cell)
			}
		}
	}
	return m
}
