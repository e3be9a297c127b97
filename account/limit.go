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

// Limit is how often something may be done to one account within a time.
type Limit struct {
	Of         string // what: a schema coordinate such as "Mutation.login"
	Most       int64
	Window     time.Duration // counted from the first time; when it has passed, the count restarts
	PerNetwork bool          // counted for each network of a client separately, see network.Path.Subscriber
}

// Counts keeps counts that hold over all instances. db.Store implements it.
type Counts interface {
	// Count adds one to a count, unless it is at limit already, in one statement. A count restarts once its window has
	// passed. Beyond the limit, ok is false, nothing is added, and left is the time until the window has passed.
	Count(ctx context.Context, key string, limit int64, window time.Duration) (left time.Duration, ok bool, err error)
	// Uncount takes one away again, of the window that has not passed.
	Uncount(ctx context.Context, key string) error
}

// RateLimited is the refusal of who has done something too often.
func RateLimited(left time.Duration) *auth.Error {
	return &auth.Error{
		Code: auth.RateLimited, Message: "Too many attempts; try again later", RetryAfter: max(left, time.Second),
	}
}

// outlivingTimeout bounds what is done for a request even after it has ended. A login holds its place in the queue of hashes
// meanwhile, so a database that never answers would otherwise take one after the other.
const outlivingTimeout = 5 * time.Second

// outliving returns the context of what is done although who asked for it may have gone.
func outliving(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), outlivingTimeout)
}

// key returns the key of a count: a keyed hash, so the database reveals no address.
func (l Limit) key(secret []byte, of subject) string {
	parts := []string{"limit", l.Of, strconv.FormatInt(l.Most, 10), l.Window.String()}
	switch {
	case of.device != "":
		parts = append(parts, of.device)
	case l.PerNetwork:
		parts = append(parts, of.account, "network", of.network)
	default:
		parts = append(parts, of.account)
	}
	mac := hmac.New(sha256.New, secret)
	for _, part := range parts {
		_, _ = mac.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// narrowFirst returns limits with the limits per network in front, so that a network beyond its own limit does not use up
// the limit of the account.
func narrowFirst(limits []Limit) []Limit {
	narrow, wide := split(limits)
	return slices.Concat(narrow, wide)
}

// ofDevices returns the limits that a device cookie counts against: the limits per network, with the device in place of
// account and network, or all if there are none.
func ofDevices(limits []Limit) []Limit {
	if narrow, _ := split(limits); len(narrow) > 0 {
		return narrow
	}
	return limits
}

func split(limits []Limit) (narrow, wide []Limit) {
	for _, l := range limits {
		if l.PerNetwork {
			narrow = append(narrow, l)
		} else {
			wide = append(wide, l)
		}
	}
	return narrow, wide
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
