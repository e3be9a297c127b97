package graph

import "net/http"

// cookies are how refresh tokens travel where scripts can't read them.
type cookies struct {
	cookieNames
	origins  *origins
	protects *http.CrossOriginProtection
}

// newCookies takes the names that browsers guard: `__Host-` binds a cookie to one host over https (RFC 6265bis,
// 4.1.3.2). On a plain-http loopback in development there is no such thing. The suffix tells the servers of one host
// apart, because cookies belong to a host whatever the port.
func newCookies(secure bool, suffix string, trusted *origins) *cookies {
	c := &cookies{
		cookieNames: cookieNames{token: "authgraph-refresh" + suffix, mark: "authgraph-device" + suffix, secure: secure},
		origins:     trusted, protects: http.NewCrossOriginProtection(),
	}
	if secure {
		c.token, c.mark = "__Host-"+c.token, "__Host-"+c.mark
	}
	return c
}

// begin reads the request's cookie.
func (c *cookies) begin(r *http.Request) *exchange {
	x := &exchange{cookies: &c.cookieNames, foreign: c.origins.foreign(r, c.protects)}
	x.browser = r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Origin") != ""
	if cookie, err := r.Cookie(c.token); err == nil {
		x.token = cookie.Value
	}
	if cookie, err := r.Cookie(c.mark); err == nil {
		x.mark = cookie.Value
	}
	return x
}
