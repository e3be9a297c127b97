package authtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/transport"

	"authgraph/auth"
)

// Allowed is the result of a permitted caller: no error.
const Allowed auth.Code = ""

// Want says what each caller gets, by name.
type Want map[string]auth.Code

// Row is a document that selects the fields in question, and what comes of it for each caller.
type Row struct {
	Name      string // "": the document
	Document  string
	Variables map[string]any
	Before    func() // runs before each request, for documents that change something; nil: nothing
	Want      Want   // a caller that is missing here is a fault
}

func (r Row) name() string {
	if r.Name != "" {
		return r.Name
	}
	return r.Document
}

// Handler serves schema under its guard, for the caller that Run or Context put into the request's context. It fails the test
// if the schema's rules can't be kept.
func Handler(t testing.TB, schema graphql.ExecutableSchema, options ...auth.GuardOption) http.Handler {
	t.Helper()
	guard, err := auth.NewGuard(schema.Schema(), options...)
	if err != nil {
		t.Fatalf("the schema's rules can't be kept:\n%v", err)
	}
	server := handler.New(schema)
	server.Use(guard)
	server.AddTransport(transport.POST{})
	return server
}

// Run sends the document of each row for each caller, in the order of their names, and fails the test where the answer
// is not the wanted one. A permitted caller must reach the fields: a document that finds no
// object tests no rule. The caller is in the request's context, and the caller's name is its bearer token. So h may be a server's
// inner handler, or the whole server around auth.Middleware(callers).
func Run(t *testing.T, h http.Handler, callers Callers, rows []Row) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.name(), func(t *testing.T) {
			for _, fault := range Check(h, callers, row) {
				t.Error(fault)
			}
		})
	}
}

// Check is Run for one row; it returns what is not as it should be.
func Check(h http.Handler, callers Callers, row Row) (faults []string) {
	for _, name := range slices.Sorted(maps.Keys(row.Want)) {
		if _, known := callers[name]; !known {
			faults = append(faults, fmt.Sprintf("%s: there is no such caller", name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(callers)) {
		want, stated := row.Want[name]
		if !stated {
			faults = append(faults, fmt.Sprintf("%s: the row has no expected result for this caller", name))
			continue
		}
		if row.Before != nil {
			row.Before()
		}
		got, body := ask(h, name, callers[name], row)
		if !slices.Equal(got, wanted(want)) {
			faults = append(faults, fmt.Sprintf("%s: got %s, want %s\n%s", name, words(got), words(wanted(want)), body))
		}
	}
	return faults
}

func wanted(code auth.Code) []auth.Code {
	if code == Allowed {
		return nil
	}
	return []auth.Code{code}
}

func words(codes []auth.Code) string {
	if len(codes) == 0 {
		return "no error"
	}
	texts := make([]string, len(codes))
	for i, code := range codes {
		texts[i] = string(code)
	}
	return strings.Join(texts, ", ")
}

// Placeholders for a missing code.
const (
	noAnswer   auth.Code = "no code"     // the answer is not GraphQL, or an error has none
	notReached auth.Code = "not reached" // an object that the document asks something of is not there
)

// ask returns the codes of the answer's errors, each once.
func ask(h http.Handler, name string, caller *auth.Principal, row Row) (codes []auth.Code, body string) {
	request, err := json.Marshal(map[string]any{"query": row.Document, "variables": row.Variables})
	if err != nil {
		return []auth.Code{noAnswer}, err.Error()
	}
	r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(request))
	r.Header.Set("Content-Type", "application/json")
	if caller != nil {
		r.Header.Set("Authorization", "Bearer "+name)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r.WithContext(Context(r.Context(), caller)))
	body = w.Body.String()
	var answer struct {
		Data   map[string]any
		Errors []struct {
			Extensions struct{ Code auth.Code }
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || (answer.Data == nil && len(answer.Errors) == 0) {
		return []auth.Code{noAnswer}, body
	}
	if at, err := unreached(row.Document, answer.Data); len(answer.Errors) == 0 && (at != "" || err != nil) {
		return []auth.Code{notReached}, "there is nothing at " + at + ": " + body
	}
	for _, e := range answer.Errors {
		code := e.Extensions.Code
		if code == "" {
			code = noAnswer
		}
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return slices.Compact(codes), body
}
