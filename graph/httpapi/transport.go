package httpapi

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"authgraph/auth"
	"authgraph/graph/reqctx"
	"authgraph/graph/stream"
)

// Transport serves GET and POST by the GraphQL over HTTP draft and DESIGN 5. It is ours because gqlgen's own answers
// and logs the text of malformed bodies, and can't refuse a request before it is executed.
type Transport struct {
	Policy  *auth.Policy
	Present reqctx.Present
	Refused func(auth.Code) // called for each request that is refused before its execution
	Cookies *Cookies
	Streams *stream.Registry

	InFlight  *reqctx.InFlight
	MaxValues int // JSON values in variables and extensions
}

var _ graphql.Transport = (*Transport)(nil)

// Supports implements graphql.Transport: what no other transport took is answered here.
func (t *Transport) Supports(*http.Request) bool { return true }

// Do implements graphql.Transport.
func (t *Transport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, POST")
		t.refuse(w, r, mediaJSON, http.StatusMethodNotAllowed, bad(0, "Only GET and POST are served").refusal())
		return
	}
	media, events := negotiate(r.Header.Values("Accept"))
	onlyEvents := media == "" && events
	if onlyEvents {
		media = mediaJSON // for what is refused before there is a stream
	}
	if media == "" {
		t.refuse(w, r, mediaJSON, http.StatusNotAcceptable,
			bad(0, "Accept must allow "+mediaGraphQL+", "+mediaJSON+" or "+stream.MediaEvents).refusal())
		return
	}
	place, err := enterRequest(t.InFlight, r)
	if err != nil {
		t.refuse(w, r, media, http.StatusServiceUnavailable, reqctx.ErrNoPlace)
		return
	}
	defer place.Leave()
	params, wrong := readRequest(r, &valueLimit{max: t.MaxValues, place: place})
	if wrong != nil {
		t.refuse(w, r, media, wrong.status, wrong.refusal())
		return
	}
	params.Headers = r.Header
	x := t.exchange(r)
	if x != nil && x.Foreign && x.RefreshToken != "" {
		t.refuse(w, r, media, http.StatusForbidden, reqctx.ErrForeignOrigin)
		return
	}
	ctx := reqctx.WithPlace(r.Context(), place)
	op, errs := exec.CreateOperationContext(ctx, params)
	if len(errs) > 0 && onlyEvents && laterStatus(errs) == 0 {
		stream.RefuseEvents(w, exec.DispatchError(graphql.WithOperationContext(ctx, op), errs).Errors)
		return
	}
	if len(errs) > 0 {
		status := laterStatus(errs)
		switch {
		case status != 0:
		case media == mediaGraphQL:
			status = http.StatusBadRequest
		default:
			status = http.StatusOK
		}
		writeErrors(w, media, status, exec.DispatchError(graphql.WithOperationContext(ctx, op), errs).Errors)
		return
	}
	reqctx.NoteOperation(ctx, op.Operation)
	if r.Method == http.MethodGet && op.Operation.Operation != ast.Query {
		w.Header().Set("Allow", "POST")
		t.refuse(w, r, media, http.StatusMethodNotAllowed, bad(0, "GET serves queries only; send mutations and subscriptions by POST").refusal())
		return
	}
	if refused := t.admit(r, op, media == mediaGraphQL || onlyEvents || op.Operation.Operation == ast.Subscription); refused != nil {
		challenge(w, refused)
		t.refuse(w, r, media, http.StatusUnauthorized, refused)
		return
	}
	if op.Operation.Operation == ast.Subscription || onlyEvents {
		if !events {
			t.refuse(w, r, media, http.StatusNotAcceptable,
				bad(0, "Subscriptions are served over "+stream.Subprotocol+" and to Accept: "+stream.MediaEvents).refusal())
			return
		}
		t.events(w, r.WithContext(ctx), exec, op)
		return
	}
	if op.Operation.Operation == ast.Mutation { // nothing else reads or sets cookies
		ctx = reqctx.WithExchange(ctx, x)
	}
	responses, ctx := exec.DispatchOperation(ctx, op)
	response := responses(ctx)
	if response == nil { // the client was gone before the execution began
		reqctx.RecordOf(ctx).GiveUp()
		return
	}
	if x != nil {
		for _, cookie := range x.Set {
			http.SetCookie(w, cookie)
		}
	}
	answer(w, media, response)
}

// events serves one operation as events.
func (t *Transport) events(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor, op *graphql.OperationContext) {
	refused := t.Streams.ServeEvents(w, r, exec, op, t.Present)
	if refused == nil {
		return
	}
	status := http.StatusServiceUnavailable
	if refused.Code == auth.Unauthenticated {
		challenge(w, refused)
		status = http.StatusUnauthorized
	}
	t.refuse(w, r, mediaJSON, status, refused)
}

// exchange returns nil for what is no POST: cookies are neither read nor set there.
func (t *Transport) exchange(r *http.Request) *reqctx.Exchange {
	if r.Method != http.MethodPost {
		return nil
	}
	return t.Cookies.begin(r)
}

// admit decides whether anything is executed at all. A token that does not count stops every document that needs a
// caller; without a token, only one in which every root field does, and only for clients that know the status 401.
func (t *Transport) admit(r *http.Request, op *graphql.OperationContext, knows401 bool) *auth.Error {
	_, err := auth.From(r.Context())
	if err == nil {
		return nil
	}
	var refused *auth.Error
	if !errors.As(err, &refused) || refused.Code != auth.Unauthenticated {
		return nil // SERVICE_UNAVAILABLE: each guarded field says so
	}
	public, guarded := t.rootFields(op)
	switch {
	case guarded == 0:
		return nil
	case refused.Reason != auth.TokenMissing:
		return refused
	case public == 0 && knows401:
		return refused
	}
	return nil
}

// rootFields counts the root fields of the operation that would be executed.
func (t *Transport) rootFields(op *graphql.OperationContext) (public, guarded int) {
	object := map[ast.Operation]string{ast.Query: "Query", ast.Mutation: "Mutation", ast.Subscription: "Subscription"}
	name := object[op.Operation.Operation]
	for _, field := range graphql.CollectFields(op, op.Operation.SelectionSet, []string{name}) {
		if t.Policy.Public(name, field.Name) {
			public++
		} else {
			guarded++
		}
	}
	return public, guarded
}

// challenge says how to authenticate: RFC 6750, 3. A request without a token gets no error code there.
func challenge(w http.ResponseWriter, refused *auth.Error) {
	value := "Bearer"
	if refused.Reason != auth.TokenMissing {
		value = `Bearer error="invalid_token"`
	}
	w.Header().Set("WWW-Authenticate", value)
}

// laterStatus returns the HTTP status of errors that are of the server's state rather than of the request; 0 for others.
// Clients of event streams retry by the status.
func laterStatus(errs gqlerror.List) (status int) {
	for _, err := range errs {
		var refused *auth.Error
		if !errors.As(err, &refused) {
			continue
		}
		switch refused.Code {
		case auth.RateLimited:
			return http.StatusTooManyRequests
		case auth.Overloaded, auth.ServiceUnavailable:
			status = http.StatusServiceUnavailable
		}
	}
	return status
}

// refuse answers without executing anything, so without a `data` entry.
func (t *Transport) refuse(w http.ResponseWriter, r *http.Request, media string, status int, refused *auth.Error) {
	t.Refused(refused.Code)
	shown := t.Present(r.Context(), refused)
	writeErrors(w, media, status, gqlerror.List{shown})
}

func writeErrors(w http.ResponseWriter, media string, status int, errs gqlerror.List) {
	write(w, media, status, reqctx.Failure{Errors: errs}, errs)
}

func write(w http.ResponseWriter, media string, status int, response any, errs gqlerror.List) {
	header := w.Header()
	header["Content-Type"] = contentType[media]
	if seconds := retryAfter(errs); seconds > 0 {
		header.Set("Retry-After", strconv.Itoa(seconds))
	}
	body, err := json.Marshal(response)
	if err != nil {
		panic(err) // gqlgen's own JSON was not JSON: the handler's recovery answers
	}
	w.WriteHeader(status)
	send(w, body)
}

// answer writes what was executed. An answer without errors is put together rather than encoded: encoding/json would read
// through, and copy, data that gqlgen has just written as JSON.
func answer(w http.ResponseWriter, media string, response *graphql.Response) {
	if len(response.Errors) > 0 || len(response.Extensions) > 0 || len(response.Data) == 0 {
		write(w, media, http.StatusOK, response, response.Errors)
		return
	}
	body := make([]byte, 0, len(response.Data)+len(`{"data":}`))
	body = append(append(append(body, `{"data":`...), response.Data...), '}')
	w.Header()["Content-Type"] = contentType[media]
	w.WriteHeader(http.StatusOK)
	send(w, body)
}

const (
	// ShortBody is what the buffers of a connection take without waiting for the client, in bytes.
	ShortBody = 32 << 10
	// slowWrite bounds the time in which a client reads an answer: until then the answer takes memory.
	slowWrite = 10 * time.Second
)

// send writes a body. A client that does not read a long one in time loses the connection.
func send(w http.ResponseWriter, body []byte) {
	if len(body) > ShortBody {
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(slowWrite)) // where it can't be set, the server's own holds
	}
	_, _ = w.Write(body) // the client may be gone
}

func retryAfter(errs gqlerror.List) (longest int) {
	for _, e := range errs {
		if seconds, ok := e.Extensions["retryAfter"].(int); ok {
			longest = max(longest, seconds)
		}
	}
	return longest
}
