package httpapi

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/go-json-experiment/json/jsontext"

	"authgraph/auth"
	"authgraph/graph/reqctx"
)

// badRequest is a request that is not read, and the HTTP status that says so.
type badRequest struct {
	status   int
	message  string
	exceeded *auth.Error // set if the request exceeds a limit
}

func (b *badRequest) refusal() *auth.Error {
	if b.exceeded != nil {
		return b.exceeded
	}
	return &auth.Error{Code: auth.BadRequest, Message: b.message}
}

func bad(status int, message string) *badRequest {
	return &badRequest{status: status, message: message}
}

// readRequest reads a GraphQL request from GET or POST. A malformed request is refused without a part of its text, because
// gqlgen would put the text into its errors and its log.
func readRequest(r *http.Request, values *valueLimit) (*graphql.RawParams, *badRequest) {
	if r.Method == http.MethodGet {
		return readGet(r.URL.RawQuery, values)
	}
	if !isJSON(r.Header.Get("Content-Type")) {
		return nil, bad(http.StatusUnsupportedMediaType, "Content-Type must be application/json in UTF-8")
	}
	body, err := readAll(r.Body)
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, bad(http.StatusRequestEntityTooLarge, "The body is too large")
	}
	if errors.Is(err, reqctx.ErrNoPlace) {
		return nil, &badRequest{status: http.StatusServiceUnavailable, exceeded: reqctx.ErrNoPlace}
	}
	if err != nil {
		reqctx.RecordOf(r.Context()).GiveUp()
		return nil, bad(http.StatusBadRequest, "The body could not be read")
	}
	return readBody(body, values)
}

// isJSON reports whether a Content-Type is JSON's, in UTF-8.
func isJSON(contentType string) bool {
	if contentType == mediaJSON {
		return true
	}
	mediaType, parameters, err := mime.ParseMediaType(contentType)
	return err == nil && mediaType == mediaJSON && isUTF8(parameters["charset"])
}

func isUTF8(charset string) bool { return charset == "" || strings.EqualFold(charset, "utf-8") }

// decoders are kept for the room that they have made for names.
var decoders = sync.Pool{New: func() any { return jsontext.NewDecoder(nothing{}) }}

type nothing struct{}

// Read implements io.Reader.
func (nothing) Read([]byte) (int, error) { return 0, io.EOF }

// readBody reads the body once. It refuses what encoding/json lets through: bytes that are not UTF-8, halves of surrogate
// pairs (which would make different passwords equal), the same name twice, anything that trails.
func readBody(body []byte, values *valueLimit) (*graphql.RawParams, *badRequest) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, bad(http.StatusBadRequest, "The body is empty")
	}
	p := &graphql.RawParams{}
	d := decoders.Get().(*jsontext.Decoder)
	d.Reset(bytes.NewBuffer(body)) // read from where it is
	id, wrong, err := readParams(d, p, values)
	if err == nil {
		_, err = d.ReadToken()
	}
	d.Reset(nothing{}) // the body may hold a password
	decoders.Put(d)
	switch {
	case !errors.Is(err, io.EOF): // told before what is of a wrong type
		return nil, bad(http.StatusBadRequest, "The body is not JSON")
	case wrong != nil:
		return nil, wrong
	}
	reqctx.NameDocument(p, id)
	return checked(p)
}

// readParams reads one JSON value, which should be an object. The error is for what is not JSON.
func readParams(d *jsontext.Decoder, p *graphql.RawParams, values *valueLimit) (id string, wrong *badRequest, err error) {
	if d.PeekKind() != jsontext.KindBeginObject {
		return "", bad(http.StatusBadRequest, "The body must be one JSON object; batches are not served"), d.SkipValue()
	}
	if _, err := d.ReadToken(); err != nil {
		return "", nil, err
	}
	for {
		t, err := d.ReadToken()
		if err != nil || t.Kind() == jsontext.KindEndObject {
			return id, wrong, err
		}
		name, right := t.String(), true
		var refused *badRequest
		switch {
		case reqctx.IsDocumentID(name) && d.PeekKind() == jsontext.KindString:
			_, err = readString(d, &id)
		case name == "query":
			right, err = readString(d, &p.Query)
		case name == "operationName":
			right, err = readString(d, &p.OperationName)
		case name == "variables":
			refused, err = readObject(d, &p.Variables, name, values)
		case name == "extensions":
			refused, err = readObject(d, &p.Extensions, name, values)
		default:
			err = d.SkipValue()
		}
		if err != nil {
			return "", nil, err
		}
		if !right {
			refused = bad(http.StatusBadRequest, "`"+name+"` is not of its type")
		}
		wrong = cmp.Or(wrong, refused)
	}
}

// readString reads a member that may be null.
func readString(d *jsontext.Decoder, into *string) (right bool, err error) {
	switch d.PeekKind() {
	case jsontext.KindNull:
		return true, d.SkipValue()
	case jsontext.KindString:
		t, err := d.ReadToken()
		if err == nil {
			*into = t.String()
		}
		return true, err
	default:
		return false, d.SkipValue()
	}
}

// readObject reads a member that may be null.
func readObject(d *jsontext.Decoder, into *map[string]any, name string, values *valueLimit) (wrong *badRequest, err error) {
	text, err := d.ReadValue()
	if err != nil {
		return nil, err
	}
	if wrong := values.count(text); wrong != nil {
		return wrong, nil
	}
	if !decodeJSON(text, into) {
		return bad(http.StatusBadRequest, "`"+name+"` is not of its type"), nil
	}
	return nil, nil
}

// decodeJSON reads an object or null. Numbers stay as they were written.
func decodeJSON(raw []byte, into *map[string]any) bool {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return d.Decode(into) == nil
}

func readGet(raw string, limit *valueLimit) (*graphql.RawParams, *badRequest) {
	values, err := url.ParseQuery(raw)
	if err != nil || !utf8.ValidString(values.Get("query")) {
		return nil, bad(http.StatusBadRequest, "The query string is malformed")
	}
	p := &graphql.RawParams{Query: values.Get("query"), OperationName: values.Get("operationName")}
	for _, member := range []struct {
		name string
		into *map[string]any
	}{{"variables", &p.Variables}, {"extensions", &p.Extensions}} {
		name, into := member.name, member.into
		text := values.Get(name)
		if text == "" {
			continue
		}
		valid := jsontext.Value(text).IsValid()
		if wrong := limit.count([]byte(text)); valid && wrong != nil {
			return nil, wrong
		}
		if !valid || !decodeJSON([]byte(text), into) {
			return nil, bad(http.StatusBadRequest, "`"+name+"` is not a JSON object")
		}
	}
	for _, name := range []string{"id", "doc_id", reqctx.DocumentID} {
		reqctx.NameDocument(p, values.Get(name))
	}
	return checked(p)
}

func checked(p *graphql.RawParams) (*graphql.RawParams, *badRequest) {
	if p.Query == "" && !reqctx.NamesDocument(p.Extensions) {
		return nil, bad(http.StatusBadRequest, "`query` is missing")
	}
	if reqctx.HasLoneSurrogate(p.Query) {
		return nil, bad(http.StatusBadRequest, "`query` has half of a surrogate pair")
	}
	return p, nil
}
