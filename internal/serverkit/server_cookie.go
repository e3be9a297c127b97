package serverkit

import (
	"net/url"
	"regexp"
	"strings"

	"authgraph/config"
)

// cookieSuffix returns the end of the names of this server's cookies. It is empty in production. In development it has
// the port and the path of the issuer, because browsers keep one set of cookies for all ports of localhost. A port that
// the system chooses is known from address only.
func cookieSuffix(c config.Config, address string) string {
	u, err := url.Parse(c.Issuer)
	if err != nil || c.Production() {
		return ""
	}
	port := u.Port()
	if port == "0" {
		port = address[strings.LastIndexByte(address, ':')+1:]
	}
	suffix := strings.Trim(notInCookieName.ReplaceAllString(port+u.EscapedPath(), "-"), "-")
	if suffix == "" {
		return ""
	}
	return "-" + suffix
}

// notInCookieName matches what a path may hold and a cookie's name should not (RFC 6265, 4.1.1).
var notInCookieName = regexp.MustCompile(`[^A-Za-z0-9_.-]+`)
