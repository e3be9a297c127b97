package graph

import (
	"context"
	"net/http"
	"slices"
	"time"

	"authgraph/account"
	"authgraph/auth"
)

// cookies are how refresh tokens travel where scripts can't read them.
type cookies struct {
	name   string
	mark   string // the name of what marks a device
	secure bool

	origins  *origins
	protects *http.CrossOriginProtection
}

// newCookies takes the names that browsers guard: `__Host-` binds a cookie to one host over https (RFC 6265bis,
// 4.1.3.2). On a plain-http loopback in development there is no such thing. The suffix tells the servers of one host
// apart, because cookies belong to a host whatever the port.
func newCookies(secure bool, suffix string, trusted *origins) *cookies {
	c := &cookies{
		name: "authgraph-refresh" + suffix, mark: "authgraph-device" + suffix, secure: secure,
		origins: trusted, protects: http.NewCrossOriginProtection(),
	}
	if secure {
		c.name, c.mark = "__Host-"+c.name, "__Host-"+c.mark
	}
	return c
}

// exchange is a POST request as far as cookies are concerned. Sockets and streams have none.
type exchange struct {
	cookies *cookies
	foreign bool // from an origin that may not
	browser bool // it says so itself: Fetch Metadata, or an Origin
	token   string
	mark    string
	set     []*http.Cookie
}

type exchangeKey struct{}

// begin reads the request's cookie.
func (c *cookies) begin(r *http.Request) *exchange {
	x := &exchange{cookies: c, foreign: c.origins.foreign(r, c.protects)}
	x.browser = r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Origin") != ""
	if cookie, err := r.Cookie(c.name); err == nil {
		x.token = cookie.Value
	}
	if cookie, err := r.Cookie(c.mark); err == nil {
		x.mark = cookie.Value
	}
	return x
}

// exchangeOf returns nil where no cookie can be read or set.
func exchangeOf(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

var errForeignOrigin = &auth.Error{
	Code: auth.Forbidden, Message: "Cookies are for pages of this origin, and of those that the server lists",
}

// deliverable reports whether a refresh token can be delivered so, before anything is done.
func deliverable(ctx context.Context, d account.Delivery) error {
	if d != account.DeliverCookie {
		return nil
	}
	x := exchangeOf(ctx)
	if x == nil {
		return &auth.Error{
			Code: auth.BadUserInput, Reason: auth.ValueInvalid, Field: "input.delivery",
			Message: "Cookies are set in answer to a POST request only",
		}
	}
	if x.foreign {
		return errForeignOrigin
	}
	return nil
}

// keep has the browser keep a refresh token for as long as the session may last.
func (x *exchange) keep(token string, s *account.Session) {
	x.write(x.cookies.name, token, int(s.AbsoluteExpiresAt.Sub(s.ReadAt)/time.Second))
}

// clear has the browser forget it.
func (x *exchange) clear() { x.write(x.cookies.name, "", -1) }

// markLifetime is how long a browser keeps its mark: as long as any cookie may be kept (RFC 6265bis, 5.5).
const markLifetime = 400 * 24 * time.Hour

// remember has the browser keep the mark of a device that has signed in.
func (x *exchange) remember(mark string) {
	if x.browser && !x.foreign && mark != "" {
		x.write(x.cookies.mark, mark, int(markLifetime/time.Second))
	}
}

// write sets a cookie, in place of one of the same name that was set before.
func (x *exchange) write(name, value string, maxAge int) {
	x.set = slices.DeleteFunc(x.set, func(c *http.Cookie) bool { return c.Name == name })
	x.set = append(x.set, &http.Cookie{
		Name: name, Value: value, MaxAge: maxAge, Path: "/", HttpOnly: true, Secure: x.cookies.secure,
		SameSite: http.SameSiteStrictMode,
	})
}
