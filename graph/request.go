package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"authgraph/auth"
)

// badRequest is a request that is not GraphQL at all, and the HTTP status that says so.
type badRequest struct {
	status  int
	message string
}

func (b *badRequest) refusal() *auth.Error {
	return &auth.Error{Code: auth.BadRequest, Message: b.message}
}

func bad(status int, message string) *badRequest { return &badRequest{status, message} }

// readRequest reads a GraphQL request from GET or POST. What is malformed is answered from here, without a word of
// what was sent: gqlgen would put it into its errors and its log.
func readRequest(r *http.Request) (*graphql.RawParams, *badRequest) {
	if r.Method == http.MethodGet {
		return readGet(r.URL.RawQuery)
	}
	mediaType, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || mediaType != "application/json" || !isUTF8(parameters["charset"]) {
		return nil, bad(http.StatusUnsupportedMediaType, "Content-Type must be application/json in UTF-8")
	}
	body, err := io.ReadAll(r.Body)
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, bad(http.StatusRequestEntityTooLarge, "The body is too large")
	}
	if err != nil {
		return nil, bad(http.StatusBadRequest, "The body could not be read")
	}
	return readBody(body)
}

func isUTF8(charset string) bool { return charset == "" || strings.EqualFold(charset, "utf-8") }

func readBody(body []byte) (*graphql.RawParams, *badRequest) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, bad(http.StatusBadRequest, "The body is empty")
	}
	// It refuses what encoding/json lets through: bytes that are not UTF-8, halves of surrogate pairs (which would
	// make different passwords equal), the same name twice, anything that trails.
	if !jsontext.Value(body).IsValid() {
		return nil, bad(http.StatusBadRequest, "The body is not JSON")
	}
	if bytes.TrimSpace(body)[0] != '{' {
		return nil, bad(http.StatusBadRequest, "The body must be one JSON object; batches are not served")
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return nil, bad(http.StatusBadRequest, "The body is not JSON")
	}
	p := &graphql.RawParams{}
	for name, into := range map[string]any{
		"query": &p.Query, "operationName": &p.OperationName, "variables": &p.Variables, "extensions": &p.Extensions,
	} {
		if !decodeJSON(fields[name], into) {
			return nil, bad(http.StatusBadRequest, "`"+name+"` is not of its type")
		}
	}
	return checked(p)
}

// numbers is an extension that makes numbers of the variables' numbers. encoding/json keeps them as they were written,
// as a kind of string, which gqlparser lets pass for a String: a password of digits could be sent without its quotes.
type numbers struct{}

// ExtensionName implements graphql.HandlerExtension.
func (numbers) ExtensionName() string { return "Numbers" }

// Validate implements graphql.HandlerExtension.
func (numbers) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters implements graphql.OperationParameterMutator.
func (numbers) MutateOperationParameters(_ context.Context, p *graphql.RawParams) *gqlerror.Error {
	for name, value := range p.Variables {
		p.Variables[name] = number(value)
	}
	return nil
}

func number(value any) any {
	switch v := value.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64() // beyond what fits: an infinity, which no type takes
		return f
	case map[string]any:
		for name, member := range v {
			v[name] = number(member)
		}
	case []any:
		for i, element := range v {
			v[i] = number(element)
		}
	}
	return value
}

// decodeJSON reads a member that may be missing or null. Numbers stay as they were written.
func decodeJSON(raw json.RawMessage, into any) bool {
	if len(raw) == 0 {
		return true
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return d.Decode(into) == nil
}

func readGet(raw string) (*graphql.RawParams, *badRequest) {
	values, err := url.ParseQuery(raw)
	if err != nil || !utf8.ValidString(values.Get("query")) {
		return nil, bad(http.StatusBadRequest, "The query string is malformed")
	}
	p := &graphql.RawParams{Query: values.Get("query"), OperationName: values.Get("operationName")}
	for name, into := range map[string]*map[string]any{"variables": &p.Variables, "extensions": &p.Extensions} {
		text := values.Get(name)
		if text == "" {
			continue
		}
		if !jsontext.Value(text).IsValid() || !decodeJSON(json.RawMessage(text), into) {
			return nil, bad(http.StatusBadRequest, "`"+name+"` is not a JSON object")
		}
	}
	return checked(p)
}

func checked(p *graphql.RawParams) (*graphql.RawParams, *badRequest) {
	if p.Query == "" {
		return nil, bad(http.StatusBadRequest, "`query` is missing")
	}
	if hasLoneSurrogate(p.Query) {
		return nil, bad(http.StatusBadRequest, "`query` has half of a surrogate pair")
	}
	return p, nil
}
