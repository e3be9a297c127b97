package graph

import (
	"context"
	"net/http"
	"time"

	"authgraph/account"
	"authgraph/auth"
)

// cookies are how refresh tokens travel where scripts can't read them.
type cookies struct {
	name   string
	secure bool
	origin *http.CrossOriginProtection
}

// newCookies takes the names that browsers guard: `__Host-` binds a cookie to one host over https (RFC 6265bis,
// 4.1.3.2). On a plain-http loopback in development there is no such thing.
func newCookies(secure bool, origins []string) (*cookies, error) {
	c := &cookies{name: "authgraph-refresh", secure: secure, origin: http.NewCrossOriginProtection()}
	if secure {
		c.name = "__Host-" + c.name
	}
	for _, origin := range origins {
		if err := c.origin.AddTrustedOrigin(origin); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// exchange is a POST request as far as cookies are concerned. Sockets and streams have none.
type exchange struct {
	cookies *cookies
	foreign bool // from an origin that may not
	token   string
	set     *http.Cookie
}

type exchangeKey struct{}

// begin reads the request's cookie.
func (c *cookies) begin(r *http.Request) *exchange {
	x := &exchange{cookies: c, foreign: c.origin.Check(r) != nil}
	if cookie, err := r.Cookie(c.name); err == nil {
		x.token = cookie.Value
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
	x.write(token, int(s.AbsoluteExpiresAt.Sub(s.ReadAt)/time.Second))
}

// clear has the browser forget it.
func (x *exchange) clear() { x.write("", -1) }

func (x *exchange) write(value string, maxAge int) {
	x.set = &http.Cookie{
		Name: x.cookies.name, Value: value, MaxAge: maxAge, Path: "/", HttpOnly: true, Secure: x.cookies.secure,
		SameSite: http.SameSiteStrictMode,
	}
}
