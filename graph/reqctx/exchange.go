package reqctx

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"time"

	"authgraph/account"
	"authgraph/auth"
)

// Cookies are the names of a server's cookies.
type Cookies struct {
	RefreshToken string // name of the cookie that holds a refresh token
	DeviceToken  string // name of the cookie that marks a device
	Request      string // name of the cookie that binds a mailed code to a browser
	Secure       bool   // whether browsers send them over https alone
}

// Exchange is a POST request as far as cookies are concerned. Sockets and streams have none.
type Exchange struct {
	Cookies      *Cookies
	Foreign      bool           // from an origin that may not
	Browser      bool           // it says so itself: Fetch Metadata, or an Origin
	RefreshToken string         // value of its cookie; "" for none
	DeviceToken  string         // value of its cookie; "" for none
	Request      string         // value of its cookie; "" for none
	Set          []*http.Cookie // by resolvers, for the response
}

type exchangeKey struct{}

// WithExchange returns a context in which resolvers read and set cookies.
func WithExchange(ctx context.Context, x *Exchange) context.Context {
	return context.WithValue(ctx, exchangeKey{}, x)
}

// ExchangeOf returns the cookies of the request that ctx belongs to; nil where no cookie can be read or set.
func ExchangeOf(ctx context.Context) *Exchange {
	x, _ := ctx.Value(exchangeKey{}).(*Exchange)
	return x
}

// ErrForeignOrigin refuses cookies to pages of other origins.
var ErrForeignOrigin = &auth.Error{
	Code: auth.Forbidden, Message: "Cookies are accepted from pages of this origin and of AUTHGRAPH_ORIGINS only",
}

// SetRefreshToken has the browser keep a refresh token for as long as the session may last.
func (x *Exchange) SetRefreshToken(token string, s *account.Session) {
	x.write(x.Cookies.RefreshToken, token, int(s.AbsoluteExpiresAt.Sub(s.ReadAt)/time.Second))
}

// ClearRefreshToken has the browser forget it.
func (x *Exchange) ClearRefreshToken() { x.write(x.Cookies.RefreshToken, "", -1) }

// deviceTokenLifetime is how long a browser keeps the mark of a device: as long as any cookie may be kept (RFC 6265bis, 5.5).
const deviceTokenLifetime = 400 * 24 * time.Hour

// SetDeviceToken has the browser keep the mark of a device that has signed in.
func (x *Exchange) SetDeviceToken(token string) {
	if x.Browser && !x.Foreign && token != "" {
		x.write(x.Cookies.DeviceToken, token, int(deviceTokenLifetime/time.Second))
	}
}

// requestLifetime is the time for which a browser keeps the request cookie, after the last request.
const requestLifetime = 24 * time.Hour

// BindRequest sets the request cookie, to which a mailed code is bound, unless no browser asked or the browser has one.
func (x *Exchange) BindRequest() {
	if !x.Browser || x.Foreign {
		return
	}
	if len(x.Request) != len(rand.Text()) {
		x.Request = rand.Text()
	}
	x.write(x.Cookies.Request, x.Request, int(requestLifetime/time.Second))
}

// write sets a cookie, in place of one of the same name that was set before.
func (x *Exchange) write(name, value string, maxAge int) {
	x.Set = slices.DeleteFunc(x.Set, func(c *http.Cookie) bool { return c.Name == name })
	x.Set = append(x.Set, &http.Cookie{
		Name: name, Value: value, MaxAge: maxAge, Path: "/", HttpOnly: true, Secure: x.Cookies.Secure,
		SameSite: http.SameSiteStrictMode,
	})
}
