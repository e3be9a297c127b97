package account

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strconv"
	"time"

	"authgraph/auth"
)

// Limit is a maximum number of calls of a field per account and window.
type Limit struct {
	Field      string // schema coordinate such as "Mutation.login"
	Max        int64
	Window     time.Duration // counted from the first time; when it has passed, the count restarts
	Pool       string        // limits of one pool share their counts; "" for a count of the field's own
	PerNetwork bool          // counted for each network of a client separately, see network.Path.Subscriber
}

// Counts keeps counts that hold over all instances. db.Store implements it.
type Counts interface {
	// Count adds one to a count, unless it is at limit already, in one statement. A count restarts once its window has
	// passed. Above the limit, ok is false, nothing is added, and remaining is the time until the window has passed.
	Count(ctx context.Context, key string, limit int64, window time.Duration) (remaining time.Duration, ok bool, err error)
	// Uncount subtracts one from a count whose window has not passed.
	Uncount(ctx context.Context, key string) error
}

// RateLimited returns the error of an exhausted limit.
func RateLimited(remaining time.Duration) *auth.Error {
	return &auth.Error{
		Code: auth.RateLimited, Message: "Too many attempts; try again later", RetryAfter: max(remaining, time.Second),
	}
}

// withoutCancelTimeout bounds the work that continues after a request has ended. A login holds its place in the hashing
// queue during this work, so a database that does not respond would block one place after the other.
const withoutCancelTimeout = 5 * time.Second

// withoutCancel returns a context for work that continues after the request has ended.
func withoutCancel(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), withoutCancelTimeout)
}

// key returns the key of a count: a keyed hash, so the database reveals no address.
func (l Limit) key(secret []byte, target subject) string {
	parts := []string{"limit", l.Field, strconv.FormatInt(l.Max, 10), l.Window.String()}
	if l.Pool != "" {
		parts = []string{"pool", l.Pool, l.Window.String()}
	}
	switch {
	case target.device != "":
		parts = append(parts, target.device)
	case l.PerNetwork:
		parts = append(parts, target.account, "network", target.network)
	default:
		parts = append(parts, target.account)
	}
	mac := hmac.New(sha256.New, secret)
	for _, part := range parts {
		_, _ = mac.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// narrowFirst returns limits with the limits per network in front, so that a network above its own limit does not use up
// the limit of the account.
func narrowFirst(limits []Limit) []Limit {
	narrow, wide := splitByNetwork(limits)
	return slices.Concat(narrow, wide)
}

// deviceLimits returns the limits that a device cookie counts against: the limits per network, with the device in place of
// account and network, or all limits without limits per network.
func deviceLimits(limits []Limit) []Limit {
	if narrow, _ := splitByNetwork(limits); len(narrow) > 0 {
		return narrow
	}
	return limits
}

func splitByNetwork(limits []Limit) (narrow, wide []Limit) {
	for _, l := range limits {
		if l.PerNetwork {
			narrow = append(narrow, l)
		} else {
			wide = append(wide, l)
		}
	}
	return narrow, wide
}

// EmailSubject returns the subject of limits of an address; "" for an invalid address.
func EmailSubject(typed string) string {
	email, refused := parseEmail("", typed)
	if refused != nil {
		return ""
	}
	return emailSubject(email)
}

func emailSubject(e Email) string { return "email:" + e.Key }

// UserSubject returns the subject of limits of an account.
func UserSubject(id string) string { return "user:" + id }
