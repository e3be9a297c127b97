package httpapi

import (
	"net/http"
	"net/url"
	"strings"
)

// Origins are the origins whose pages may call, each in the form that browsers send.
type Origins struct {
	public string // origin of this server, as clients reach it
	listed map[string]bool
}

// NewOrigins takes the origin of the server itself, "" if it is unknown, and the listed origins.
func NewOrigins(public string, listed []string) *Origins {
	o := &Origins{public: strings.ToLower(public), listed: make(map[string]bool, len(listed))}
	for _, origin := range listed {
		o.listed[strings.ToLower(origin)] = true
	}
	return o
}

// lists reports whether origin may call from elsewhere. Case is ignored, because web views differ in the case that they
// send for schemes of their own.
func (o *Origins) lists(origin string) bool { return o.listed[strings.ToLower(origin)] }

// trusts reports whether origin is listed or the server's own. The own origin is known whatever Host a proxy sends.
func (o *Origins) trusts(origin string) bool {
	return o.lists(origin) || o.public != "" && strings.EqualFold(origin, o.public)
}

// sameOrigin reports whether r comes from a page of this server, or from a client that is not a browser.
func (o *Origins) sameOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || o.public != "" && strings.EqualFold(origin, o.public) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host) && (u.Scheme == "http" || u.Scheme == "https")
}

// Allows reports whether a page of the request's origin may open a socket: browsers let any page open a socket anywhere,
// and send the Origin with every handshake.
func (o *Origins) Allows(r *http.Request) bool {
	return o.lists(r.Header.Get("Origin")) || o.sameOrigin(r)
}

// foreign reports whether a browser sent r from a page that may not use cookies. protection judges what browsers say of
// the page (Fetch Metadata), and compares hosts where they say nothing. An own scheme has to be listed, because its host
// is a name that an application chose.
func (o *Origins) foreign(r *http.Request, protection *http.CrossOriginProtection) bool {
	origin := r.Header.Get("Origin")
	if o.trusts(origin) {
		return false
	}
	scheme, _, found := strings.Cut(strings.ToLower(origin), "://")
	return found && scheme != "http" && scheme != "https" || protection.Check(r) != nil
}
