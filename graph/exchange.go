package graph

import (
	"context"
	"net/http"
	"slices"
	"time"

	"authgraph/account"
	"authgraph/auth"
)

// cookieNames are the names of a server's cookies.
type cookieNames struct {
	token  string // of a refresh token
	mark   string // of what marks a device
	secure bool   // whether browsers send them over https alone
}

// exchange is a POST request as far as cookies are concerned. Sockets and streams have none.
type exchange struct {
	cookies *cookieNames
	foreign bool // from an origin that may not
	browser bool // it says so itself: Fetch Metadata, or an Origin
	token   string
	mark    string
	set     []*http.Cookie
}

type exchangeKey struct{}

// withExchange returns a context in which resolvers read and set cookies.
func withExchange(ctx context.Context, x *exchange) context.Context {
	return context.WithValue(ctx, exchangeKey{}, x)
}

// exchangeOf returns nil where no cookie can be read or set.
func exchangeOf(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

var errForeignOrigin = &auth.Error{
	Code: auth.Forbidden, Message: "Cookies are for pages of this origin, and of those that the server lists",
}

// keep has the browser keep a refresh token for as long as the session may last.
func (x *exchange) keep(token string, s *account.Session) {
	x.write(x.cookies.token, token, int(s.AbsoluteExpiresAt.Sub(s.ReadAt)/time.Second))
}

// clear has the browser forget it.
func (x *exchange) clear() { x.write(x.cookies.token, "", -1) }

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
