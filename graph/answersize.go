package graph

import (
	"context"
	"reflect"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"

	"authgraph/auth"
	"authgraph/graph/reqctx"
)

const (
	// maxAnswer bounds one answer, in bytes. A full page of every list that the API has takes a tenth of it.
	maxAnswer = 1 << 20
	// largeAnswer is what an answer may hold in memory that is refused for want of a place and should be asked for again.
	largeAnswer = 2 << 20
	// objectBytes and fieldBytes are the bytes of an object and a field in a response besides names and values.
	objectBytes = 128
	fieldBytes  = 8
	// errorBytes are the bytes of an error besides its message and path.
	errorBytes = 256
	// fieldMemory and elementMemory are what a field and an element of a list take in memory until the answer is written:
	// contexts, closures and sets of fields of gqlgen.
	fieldMemory   = 256
	elementMemory = 384
)

var errAnswerTooLarge = &auth.Error{
	Code: auth.LimitExceeded, Message: "The answer is too large; select fewer fields or smaller pages",
	Exceeded: &auth.Exceeded{Limit: "answer", Figure: maxAnswer + 1, Bound: maxAnswer},
}

// answerSize counts the bytes of one answer while its fields are resolved. Each event of a subscription is an answer.
type answerSize struct {
	size   atomic.Int64  // bytes of the answer
	memory atomic.Int64  // bytes that the server holds for it
	place  *reqctx.Place // takes the bytes; nil for none
}

// answerOf returns the answer that a field is resolved for; nil outside of one.
func answerOf(ctx context.Context) *answerSize {
	if l, ok := ctx.Value(loadersKey{}).(*loaders); ok {
		return &l.answer
	}
	return nil
}

// add counts n bytes of the answer, and memory that is held besides them.
func (a *answerSize) add(n, memory int64) {
	a.size.Add(n)
	memory += reqctx.AnswerFactor * n
	held := a.memory.Add(memory)
	if a.place != nil && held/reqctx.AnswerStep != (held-memory)/reqctx.AnswerStep {
		a.place.GrowAnswer(held)
	}
}

// addField counts a field that has been resolved.
func (a *answerSize) addField(name string, result any) {
	size, elements := resultSize(result)
	a.add(fieldBytes+int64(len(name))+size, fieldMemory+elementMemory*elements)
}

// refusal returns why no more fields are resolved; nil if the answer is within its bounds.
func (a *answerSize) refusal() error {
	if a.size.Load() > maxAnswer {
		return errAnswerTooLarge
	}
	switch {
	case a.place == nil || !a.place.Full():
		return nil
	case a.memory.Load() > largeAnswer:
		return errAnswerTooLarge // a later request would be refused again
	default:
		return reqctx.ErrNoPlace
	}
}

// resultSize estimates the bytes that the result of a field takes in an answer, without its fields, and returns the number
// of elements if it is a list.
func resultSize(result any) (size, elements int64) {
	switch v := result.(type) {
	case nil, bool, *bool, int, *int:
		return 0, 0
	case string:
		return int64(len(v)), 0
	case *string:
		if v == nil {
			return 0, 0
		}
		return int64(len(*v)), 0
	}
	v := reflect.ValueOf(result)
	if v.Kind() == reflect.Slice {
		elements = int64(v.Len())
	}
	return valueSize(v, 4), elements
}

// valueSize is resultSize for what is in lists and JSON values, down to a depth.
func valueSize(v reflect.Value, depth int) (size int64) {
	if depth == 0 {
		return objectBytes
	}
	switch v.Kind() {
	case reflect.String:
		return int64(v.Len())
	case reflect.Slice:
		for i := range v.Len() {
			size += fieldBytes + valueSize(v.Index(i), depth-1)
		}
	case reflect.Map:
		for entries := v.MapRange(); entries.Next(); {
			size += fieldBytes + valueSize(entries.Key(), depth-1) + valueSize(entries.Value(), depth-1)
		}
	case reflect.Interface:
		return valueSize(v.Elem(), depth-1)
	case reflect.Pointer, reflect.Struct:
		return objectBytes
	}
	return size
}

// bounded returns the response, or in its place the refusal of one that is too large.
func (a *answerSize) bounded(ctx context.Context, response *graphql.Response, p *presenter) *graphql.Response {
	if response == nil {
		return nil
	}
	refused := a.refusal()
	if refused == nil && len(response.Data) > maxAnswer {
		refused = errAnswerTooLarge
	}
	if refused == nil {
		return response
	}
	return refusedResponse(ctx, p, refused)
}
