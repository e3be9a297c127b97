package auth

import (
	"math"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Error is a refusal in the words of the contract: everything in it but Err may be shown to anybody.
type Error struct {
	Code       Code
	Reason     Reason
	Message    string
	Field      string        // with BadUserInput: a dotted path such as "input.password"
	RetryAfter time.Duration // with RateLimited, Overloaded and ServiceUnavailable
	Exceeded   *Exceeded     // with LimitExceeded, where something was counted
	Pending    []string      // with StepPending: the steps, in their order
	// Explanation has the lines of Policy.Explain, from a guard WithExplanations alone: for development.
	Explanation []string
	Err         error // the cause, for the log alone
}

// Exceeded says what there was too much of: what was counted, and what is the most that is served.
type Exceeded struct {
	Limit         string // such as "depth"
	Figure, Bound int
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is a refusal of the same code and, where target states one, the same reason.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code && (t.Reason == "" || t.Reason == e.Reason)
}

// Because returns a copy of e with the cause that the log shall show.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.Err = cause
	return &c
}

// GraphQL returns e as a new GraphQL error. It is new at each call because gqlgen writes the path into the value.
func (e *Error) GraphQL() *gqlerror.Error {
	ext := map[string]any{"code": e.Code}
	if e.Reason != "" {
		ext["reason"] = e.Reason
	}
	if e.Field != "" {
		ext["field"] = e.Field
	}
	if e.RetryAfter > 0 {
		ext["retryAfter"] = e.RetryAfterSeconds()
	}
	if e.Exceeded != nil {
		ext["limit"], ext["figure"], ext["bound"] = e.Exceeded.Limit, e.Exceeded.Figure, e.Exceeded.Bound
	}
	if len(e.Pending) > 0 {
		ext["pending"] = e.Pending
	}
	if len(e.Explanation) > 0 {
		ext["explanation"] = e.Explanation
	}
	return &gqlerror.Error{Err: e, Message: e.Message, Extensions: ext}
}

// RetryAfterSeconds is RetryAfter in whole seconds, rounded up, as the Retry-After header has it (RFC 9110, 10.2.3).
func (e *Error) RetryAfterSeconds() int { return int(math.Ceil(e.RetryAfter.Seconds())) }

const couldNotValidate = "Could not validate credentials"

// The refusals of the guard. Compare with errors.Is.
var (
	ErrTokenMissing = &Error{Code: Unauthenticated, Reason: TokenMissing, Message: couldNotValidate}
	ErrTokenInvalid = &Error{Code: Unauthenticated, Reason: TokenInvalid, Message: couldNotValidate}
	ErrTokenExpired = &Error{Code: Unauthenticated, Reason: TokenExpired, Message: couldNotValidate}
	ErrSessionEnded = &Error{Code: Unauthenticated, Reason: SessionEnded, Message: couldNotValidate}

	ErrForbidden                = &Error{Code: Forbidden, Message: "You are not allowed to do this"}
	ErrSecondFactorRequired     = &Error{Code: SecondFactorRequired, Message: "Confirm your second factor first"}
	ErrReauthenticationRequired = &Error{Code: ReauthenticationRequired, Message: "Authenticate again first"}

	// ErrStepPending is the refusal of a session with a pending step. The guard adds the steps (Error.Pending).
	ErrStepPending = &Error{Code: StepPending, Message: "Complete the pending step first"}

	ErrUnavailable = &Error{
		Code: ServiceUnavailable, Message: "The service is unavailable; try again shortly", RetryAfter: time.Second,
	}
)
