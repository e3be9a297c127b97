package httpapi

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// LoopbackHost refuses every Host but loopback and the further hosts. Otherwise a page elsewhere could point a name of
// its own at 127.0.0.1 (DNS rebinding) and read a development server's answers.
func LoopbackHost(further []string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !IsLoopback(r.Host) && !slices.Contains(further, hostname(r.Host)) {
			http.Error(w, "In development this server answers only to localhost and to the hosts of AUTHGRAPH_DEVELOPMENT_HOSTS.",
				http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// hostname returns the host without its port, in lower case, an address in its shortest form, IPv6 in brackets.
func hostname(hostport string) string {
	name := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		name = h
	}
	name = strings.ToLower(strings.Trim(name, "[]"))
	if address, err := netip.ParseAddr(name); err == nil && address.Is6() {
		return "[" + address.String() + "]"
	}
	return name
}

// IsLoopback reports whether a host, with a port or without, is localhost or a loopback address.
func IsLoopback(hostport string) bool {
	name := hostname(hostport)
	if name == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err == nil && address.IsLoopback()
}
