package account

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"time"

	"authgraph/auth"
)

// Limit is how often something may be done to one account within a time.
type Limit struct {
	Of     string // what: a schema coordinate such as "Mutation.login"
	Most   int64
	Window time.Duration // counted from the first time; when it has passed, the count begins anew
}

// LimitKeys returns the key that counts are kept under, the same on every instance.
type LimitKeys func(context.Context) ([]byte, error)

// Counts keeps counts that hold over all instances. db.Store implements it.
type Counts interface {
	// Count adds one to a count, which begins anew once its window has passed, in one statement, and returns what it
	// is then and how long its window still lasts.
	Count(ctx context.Context, key string, window time.Duration) (count int64, left time.Duration, err error)
	// Uncount takes one away again, of the window that goes on.
	Uncount(ctx context.Context, key string) error
}

// RateLimited is the refusal of who has done something too often.
func RateLimited(left time.Duration) *auth.Error {
	return &auth.Error{
		Code: auth.RateLimited, Message: "Too many attempts; try again later", RetryAfter: max(left, time.Second),
	}
}

type limitsKey struct{}

// WithLimits has the limits of an account kept by what is done in the returned context, which knows the account and when
// to count: after the admission to the queue of hashes, since who is turned away there has tried nothing.
func WithLimits(ctx context.Context, limits []Limit) context.Context {
	return context.WithValue(ctx, limitsKey{}, limits)
}

// attempt counts one against each limit of ctx, for subject, before it is known whether there is such an account.
// An error is RATE_LIMITED, or says that it could not be counted. What was counted goes back with undo.
func (s *Service) attempt(ctx context.Context, subject string) (undo func(), err error) {
	limits, _ := ctx.Value(limitsKey{}).([]Limit)
	return s.CountAttempt(ctx, limits, subject)
}

// CountAttempt is attempt for the given limits.
func (s *Service) CountAttempt(ctx context.Context, limits []Limit, subject string) (undo func(), err error) {
	if len(limits) == 0 {
		return func() {}, nil
	}
	key, err := s.settings.LimitKey(ctx)
	if err != nil {
		return nil, err
	}
	var counted []string
	undo = func() {
		ctx, done := outliving(ctx)
		defer done()
		for _, k := range counted {
			_ = s.store.Uncount(ctx, k) // it may fail: a count too many ends by itself
		}
	}
	var left time.Duration
	for _, limit := range limits {
		k := limit.key(key, subject)
		n, rest, err := s.store.Count(ctx, k, limit.Window)
		if err != nil {
			return nil, err
		}
		counted = append(counted, k)
		if n > limit.Most {
			left = max(left, rest)
		}
	}
	if left > 0 {
		return nil, RateLimited(left)
	}
	return undo, nil
}

// outlivingTimeout bounds what is done for a request even after it has ended. A login holds its place in the queue of hashes
// meanwhile, so a database that never answers would otherwise take one after the other.
const outlivingTimeout = 5 * time.Second

// outliving returns the context of what is done although who asked for it may have gone.
func outliving(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), outlivingTimeout)
}

// key is what a count is kept under: whoever reads the database learns no address from it.
func (l Limit) key(secret []byte, subject string) string {
	mac := hmac.New(sha256.New, secret)
	for _, part := range []string{"limit", l.Of, strconv.FormatInt(l.Most, 10), l.Window.String(), subject} {
		_, _ = mac.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// EmailSubject is whom a limit is about that goes by an address: "" for what is none, which is nobody's.
func EmailSubject(typed string) string {
	email, refused := parseEmail("", typed)
	if refused != nil {
		return ""
	}
	return emailSubject(email)
}

func emailSubject(e Email) string { return "email:" + e.Key }

// UserSubject is whom a limit is about that goes by the caller's account.
func UserSubject(id string) string { return "user:" + id }

// undoIfShed takes back what was counted where err says that there was no time for what it was counted for.
func undoIfShed(undo func(), err error) {
	if errors.Is(err, &auth.Error{Code: auth.Overloaded}) {
		undo()
	}
}
