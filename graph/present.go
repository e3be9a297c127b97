package graph

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"authgraph/auth"
	"authgraph/graph/reqctx"
)

var (
	errInternal   = &auth.Error{Code: auth.Internal, Message: "Internal server error; the requestId names it in the log"}
	errUnreadable = &auth.Error{
		Code: auth.BadUserInput, Reason: auth.ValueInvalid, Message: "The value is not of the kind that is asked for",
	}
)

// presenter turns every error into the one that a client may read. It is the only place that does.
type presenter struct {
	log     *slog.Logger
	denials *denials // nil: nothing is executed yet
}

func (p *presenter) present(ctx context.Context, err error) *gqlerror.Error {
	var original *gqlerror.Error
	_ = errors.As(err, &original)
	shown := p.refusal(ctx, original, err).GraphQL()
	if original != nil {
		shown.Path, shown.Locations = original.Path, original.Locations
	} else {
		shown.Path = graphql.GetPath(ctx)
	}
	if field := inputPath(ctx, shown.Path); field != "" && shown.Extensions["code"] == auth.BadUserInput {
		if shown.Extensions["field"] == nil {
			shown.Extensions["field"] = field
		}
		shown.Path = graphql.GetFieldContext(ctx).Path() // a response has no arguments in it
	}
	shown.Path = fromRoot(ctx, shown.Path)
	clip(shown)
	if a := answerOf(ctx); a != nil {
		a.add(errorSize(shown), fieldMemory)
	}
	shown.Extensions["requestId"] = reqctx.RequestID(ctx)
	if abandoned(ctx, err) {
		reqctx.RecordOf(ctx).GiveUp()
		return shown
	}
	reqctx.NoteError(ctx, shown)
	if p.denials != nil {
		p.denials.note(ctx, shown)
	}
	return shown
}

// refusal returns err with a code of the schema. An unknown error becomes INTERNAL, and its text is only logged.
func (p *presenter) refusal(ctx context.Context, original *gqlerror.Error, err error) *auth.Error {
	if abandoned(ctx, err) {
		p.log.DebugContext(ctx, "client disconnected before the response", "error", err.Error())
		return auth.ErrUnavailable
	}
	var refused *auth.Error
	if errors.As(err, &refused) {
		if refused.Code == auth.ServiceUnavailable || refused.Code == auth.Internal {
			p.log.Log(ctx, failureLevel(err), "request failed", "code", refused.Code, "error", errorText(refused.Err))
		}
		return refused
	}
	if original != nil && original.Err == nil {
		switch code, _ := original.Extensions["code"].(string); auth.Code(code) {
		case auth.ParseFailed:
			return parseRefusal(original)
		case auth.ValidationFailed:
			return validationRefusal(original)
		}
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return auth.ErrUnavailable
	}
	if original != nil && inputPath(ctx, original.Path) != "" {
		return errUnreadable // a value that gqlgen could not read, such as an enum's value in another case
	}
	p.log.ErrorContext(ctx, "request failed", "code", auth.Internal, "error", err.Error())
	return errInternal
}

// failureLevel is low for a failure after the client has gone or completed its operation on a socket. Otherwise anonymous clients
// could fill the log. Apart from that, only the end of the server cancels operations.
func failureLevel(err error) slog.Level {
	if errors.Is(err, context.Canceled) {
		return slog.LevelDebug
	}
	return slog.LevelError
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// parseRefusal leaves out the text that the parser found, because it may be a password whose quote is missing.
func parseRefusal(original *gqlerror.Error) *auth.Error {
	message := "The document is not GraphQL"
	if len(original.Locations) > 0 {
		message = fmt.Sprintf("The document is not GraphQL from line %d, column %d on",
			original.Locations[0].Line, original.Locations[0].Column)
	}
	return &auth.Error{Code: auth.ParseFailed, Message: message}
}

// validationRefusal keeps the validator's words, save for the values that they quote.
func validationRefusal(original *gqlerror.Error) *auth.Error {
	message := original.Message
	if original.Rule == "ValuesOfCorrectType" {
		if _, enum, found := strings.Cut(message, `" does not exist in `); found {
			message = "The value does not exist in " + enum
		}
		message, _, _ = strings.Cut(message, ": ")
		message, _, _ = strings.Cut(message, ", found")
	}
	const not = " is not a valid " // the value of a variable, and then the enum's name
	if i := strings.LastIndex(message, not); i >= 0 && original.Rule == "" {
		message = "The value" + message[i:]
	}
	return &auth.Error{Code: auth.ValidationFailed, Message: message}
}

// inputPath is the part of an error's path that lies inside the field's arguments: "input.email".
func inputPath(ctx context.Context, path ast.Path) string {
	fc := graphql.GetFieldContext(ctx)
	if fc == nil {
		return ""
	}
	own := len(fc.Path())
	if own >= len(path) {
		return ""
	}
	return path[own:].String()
}

// addAllButLast adds all but the last of joined errors to the response and returns the last, because a resolver returns one.
func addAllButLast(ctx context.Context, err error) error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return err
	}
	all := joined.Unwrap()
	for _, e := range all[:len(all)-1] {
		graphql.AddError(ctx, graphql.AddFieldLocationToError(ctx, e))
	}
	return all[len(all)-1]
}

// belowArgument returns err with the path of each refused value below an argument. account names the field alone.
func belowArgument(argument string, err error) error {
	if argument == "" {
		return err
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, e := range joined.Unwrap() {
			all = append(all, belowArgument(argument, e))
		}
		return errors.Join(all...)
	}
	var refused *auth.Error
	if !errors.As(err, &refused) || refused.Field == "" {
		return err
	}
	copied := *refused
	copied.Field = argument + "." + refused.Field
	return &copied
}

// recovered turns a panic into an error, and the process stays up. The log has the stack, and not the panic's value where
// that is no error, since it may hold anything.
func (p *presenter) recovered(ctx context.Context, value any) error {
	cause := fmt.Sprintf("%T", value)
	if err, ok := value.(error); ok {
		cause = err.Error()
	}
	p.log.ErrorContext(ctx, "panic", "cause", cause, "stack", string(debug.Stack()))
	return errInternal
}
