package config

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

// FuzzLoad reads environments. An accepted value has a single spelling, and is not sent in clear to other machines. The error of
// a refused value shows no password.
func FuzzLoad(f *testing.F) {
	f.Fuzz(func(t *testing.T, addr, issuer, origins, proxies, database, numbers string) {
		input := []string{addr, issuer, origins, proxies, numbers}
		for _, mode := range []string{"development", "production"} {
			environ := []string{
				"AUTHGRAPH_MODE=" + mode, "AUTHGRAPH_ADDR=" + addr, "AUTHGRAPH_ISSUER=" + issuer, "AUTHGRAPH_ORIGINS=" + origins,
				"AUTHGRAPH_TRUSTED_PROXIES=" + proxies, "DATABASE_URL=" + database, "AUTHGRAPH_BODY_LIMIT=" + numbers,
				"AUTHGRAPH_SESSION_IDLE=" + numbers, "AUTHGRAPH_SECRETS=a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
			}
			c, err := Load(environ)
			if err != nil {
				if u, errURL := url.Parse(database); errURL == nil && u.User != nil {
					password, _ := u.User.Password()
					shown := func(text string) bool { return strings.Contains(text, password) }
					elsewhere := slices.ContainsFunc(input, shown) || shown(strings.Join(environ[:1], ""))
					if len(password) >= 8 && shown(err.Error()) && !elsewhere {
						t.Fatalf("the password of %q is shown: %v", database, err)
					}
				}
				if c.Addr != "" || c.Issuer != "" {
					t.Fatalf("refused, and yet there is %+v", c)
				}
				continue
			}
			if strings.HasSuffix(c.Issuer, "/") || strings.ContainsAny(c.Issuer, "?#") {
				t.Fatalf("the issuer is %q", c.Issuer)
			}
			if len(c.Origins) > 0 {
				again, err := parseOrigins(strings.Join(c.Origins, ","))
				if err != nil || !slices.Equal(again, c.Origins) {
					t.Fatalf("origins %q are %q when they are read again: %v", c.Origins, again, err)
				}
			}
			for _, p := range c.TrustedProxies {
				if !p.IsValid() || p.Masked() != p {
					t.Fatalf("trusts %v", p)
				}
				if again, err := parsePrefixes(p.String()); err != nil || again[0] != p {
					t.Fatalf("%v is %v when it is read again: %v", p, again, err)
				}
			}
			if c.BodyLimit < 16384 || c.BodyLimit > 16777216 {
				t.Fatalf("%q is out of bounds: %d, %v", numbers, c.BodyLimit, c.SessionIdle)
			}
			if c.SessionIdle.Hours() < 1 || c.SessionIdle.Hours() > 8760 {
				t.Fatalf("%q is out of bounds: %d, %v", numbers, c.BodyLimit, c.SessionIdle)
			}
			if u, err := url.Parse(c.Issuer); err != nil {
				t.Fatalf("%s is reached by %q", mode, c.Issuer)
			} else if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
				t.Fatalf("%s is reached by %q", mode, c.Issuer)
			}
			if c.Mode == Development {
				if err := checkAddr(c.Addr, Development); err != nil {
					t.Fatalf("development listens on %q", c.Addr)
				}
			}
		}
	})
}
