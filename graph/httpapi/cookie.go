package httpapi

import (
	"net/http"

	"authgraph/graph/reqctx"
)

// Cookies are how refresh tokens travel where scripts can't read them.
type Cookies struct {
	reqctx.Cookies
	origins  *Origins
	protects *http.CrossOriginProtection
}

// NewCookies takes the names that browsers guard: `__Host-` binds a cookie to one host over https (RFC 6265bis,
// 4.1.3.2). On a plain-http loopback in development there is no such thing. The suffix tells the servers of one host
// apart, because cookies belong to a host whatever the port.
func NewCookies(secure bool, suffix string, trusted *Origins) *Cookies {
	c := &Cookies{
		Cookies: reqctx.Cookies{
			RefreshToken: "authgraph-refresh" + suffix, DeviceToken: "authgraph-device" + suffix,
			Request: "authgraph-request" + suffix, Secure: secure,
		},
		origins: trusted, protects: http.NewCrossOriginProtection(),
	}
	if secure {
		c.RefreshToken, c.DeviceToken, c.Request = "__Host-"+c.RefreshToken, "__Host-"+c.DeviceToken, "__Host-"+c.Request
	}
	return c
}

// begin reads the request's cookie.
func (c *Cookies) begin(r *http.Request) *reqctx.Exchange {
	x := &reqctx.Exchange{Cookies: &c.Cookies, Foreign: c.origins.foreign(r, c.protects)}
	x.Browser = r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Origin") != ""
	if cookie, err := r.Cookie(c.RefreshToken); err == nil {
		x.RefreshToken = cookie.Value
	}
	if cookie, err := r.Cookie(c.DeviceToken); err == nil {
		x.DeviceToken = cookie.Value
	}
	if cookie, err := r.Cookie(c.Request); err == nil {
		x.Request = cookie.Value
	}
	return x
}
