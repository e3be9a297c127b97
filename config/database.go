package config

import (
	"cmp"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
)

// parseDatabaseURL checks the URL of a PostgreSQL and returns it in a form
// that lib/pq reads as PostgreSQL's own client would. They differ on several
// hosts with a port each: lib/pq takes "a:5432,b:5432" for hosts named
// "a:5432" and "b:5432", so that such lists go into the parameters host and
// port. No problem quotes the URL or net/url's error, which both may hold
// (part of) the password.
func parseDatabaseURL(text string) (Hidden[string], error) {
	unread := problem{"is no URL that can be read",
		"write it as postgres://user:password@host:5432/name, with reserved characters of the password percent-encoded"}
	scheme, rest, _ := strings.Cut(text, "://")
	if scheme != "postgres" && scheme != "postgresql" {
		return Hidden[string]{}, problem{"is not the URL of a PostgreSQL",
			"start it with postgres:// or postgresql://, or leave it empty for SQLite"}
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	authority, tail := rest[:end], rest[end:]
	at := strings.LastIndex(authority, "@") + 1
	user, hosts := authority[:at], strings.Split(authority[at:], ",")
	several := len(hosts) > 1
	if several {
		authority = user // net/url reads one host only
	}
	u, err := url.Parse(scheme + "://" + authority + tail)
	if err != nil || strings.Contains(tail, "#") {
		return Hidden[string]{}, unread
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return Hidden[string]{}, unread
	}
	if (several || u.Host != "") && query.Has("host") {
		return Hidden[string]{}, problem{"names hosts before the path and in the parameter host as well", "name them in one place"}
	}
	if !several {
		return Hide(text), nil
	}
	if !moveHosts(hosts, query) {
		return Hidden[string]{}, unread
	}
	u.RawQuery = query.Encode()
	return Hide(u.String()), nil
}

// moveHosts writes the hosts, and their ports if one has any, into the
// parameters. It reports whether each could be read.
func moveHosts(hosts []string, query url.Values) bool {
	var names, ports []string
	numbered := false
	for _, host := range hosts {
		u, err := url.Parse("postgres://" + host)
		if err != nil {
			return false
		}
		numbered = numbered || u.Port() != ""
		names = append(names, cmp.Or(u.Hostname(), "localhost"))
		ports = append(ports, cmp.Or(u.Port(), "5432"))
	}
	query.Set("host", strings.Join(names, ","))
	if numbered {
		query.Set("port", strings.Join(ports, ","))
	}
	return true
}

// checkTransport demands that what leaves this machine is encrypted for a
// server whose name was verified. It asks where lib/pq would connect to, which
// the PG* variables decide along with the URL. A socket next to other hosts is
// refused: lib/pq then drops TLS for all of them, whatever sslmode says.
func checkTransport(text string, env map[string]string) error {
	u, err := url.Parse(text)
	if err != nil {
		panic("config: a URL that was parsed before is not one now")
	}
	query := u.Query()
	if query.Get("service") != "" || env["PGSERVICE"] != "" {
		return problem{"is overruled by a PostgreSQL service file, which isn't checked", "write host and sslmode into the URL and leave service and PGSERVICE out"}
	}
	var sockets, remote bool
	for _, host := range databaseHosts(u, env) {
		switch {
		case filepath.IsAbs(host) || strings.HasPrefix(host, "@"):
			sockets = true
		case !loopback(host):
			remote = true
		}
	}
	if sockets && remote {
		return problem{"lists a Unix socket beside other hosts, and the driver drops TLS for all of them", "list sockets alone"}
	}
	if remote && !slices.Equal(query["sslmode"], []string{"verify-full"}) {
		return problem{"leads to another machine without verifying it", "in production add sslmode=verify-full to its parameters (and sslrootcert, if its CA is your own)"}
	}
	return nil
}

// preferTLS adds sslmode=prefer where nothing says how to connect, as psql does: TLS if the server offers it. lib/pq's own
// default refuses a server without TLS.
func preferTLS(text Hidden[string], env map[string]string) Hidden[string] {
	if text.Reveal() == "" || env["PGSSLMODE"] != "" || env["PGSERVICE"] != "" {
		return text
	}
	u, err := url.Parse(text.Reveal())
	if err != nil {
		panic("config: a URL that was parsed before is not one now")
	}
	query := u.Query()
	if query.Has("sslmode") || query.Has("service") {
		return text
	}
	query.Set("sslmode", "prefer")
	u.RawQuery = query.Encode()
	return Hide(u.String())
}

func databaseHosts(u *url.URL, env map[string]string) []string {
	query := u.Query()
	hosts := append(query["host"], u.Hostname())
	if strings.Join(hosts, "") == "" {
		hosts = []string{env["PGHOST"]}
	}
	addresses := query["hostaddr"]
	if len(addresses) == 0 {
		addresses = []string{env["PGHOSTADDR"]}
	}
	var all []string
	for _, host := range strings.Split(strings.Join(append(hosts, addresses...), ","), ",") {
		if host != "" {
			all = append(all, host)
		}
	}
	return all
}

// loopback reports whether host is this machine: by the name localhost or by
// an address. Other names are not looked up, as the answer may change.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
