package config

import (
	"fmt"
	"time"
)

// combine checks what depends on several settings and fills in the defaults
// that follow from others. A check is left out if a setting that it depends on
// is at fault itself.
func (f *faults) combine(c *Config, env map[string]string) {
	if f.any("AUTHGRAPH_MODE") {
		c.Mode = "" // neither: the checks for both modes are left out
	}
	if err := checkAddr(c.Addr, c.Mode); err != nil {
		f.addError("AUTHGRAPH_ADDR", err)
	}
	if c.Introspection == "" {
		c.Introspection = Full
		if c.Production() {
			c.Introspection = ByRole
		}
	}
	if c.Streams == 0 && !f.any("AUTHGRAPH_MEMORY") && !f.any("AUTHGRAPH_STREAMS") {
		c.Streams = int(min(c.Memory/16*3/streamBytes, maxStreams))
	}
	if !f.any("AUTHGRAPH_MEMORY") && !f.any("AUTHGRAPH_BODY_LIMIT") && c.BodyLimit > c.Memory/memoryPerBody {
		f.add("AUTHGRAPH_BODY_LIMIT", fmt.Sprintf("is more than a %dth of AUTHGRAPH_MEMORY", memoryPerBody),
			"such a body would find no place; make it smaller, or the memory larger")
	}
	if c.MetricsAddr != "" {
		if err := checkAddr(c.MetricsAddr, c.Mode); err != nil {
			f.addError("AUTHGRAPH_METRICS_ADDR", err)
		}
	}
	f.issuer(c)
	f.network(c, env)
	if c.Audience == "" {
		c.Audience = c.Issuer
	}
	f.claims(c)
	f.mail(c)
	if f.any("DATABASE_URL") {
		return
	}
	f.secrets(*c)
	if c.Production() && !c.SQLite() {
		if err := checkTransport(c.DatabaseURL.Reveal(), env); err != nil {
			f.addError("DATABASE_URL", err)
		}
	}
	c.DatabaseURL = preferTLS(c.DatabaseURL, env)
}

const (
	// streamBytes is the memory of a socket or an event stream: 57 KiB were measured (bench/footprint).
	streamBytes = 64 << 10
	// memoryPerBody is how many times the largest body fits into the memory: a body takes four times its bytes, of the share
	// of a single /56 (graph.anonymousClients).
	memoryPerBody = 512
	// maxStreams is the upper bound of AUTHGRAPH_STREAMS.
	maxStreams = 1_000_000
)

// network checks who is trusted to call, and sets the time before a stop.
func (f *faults) network(c *Config, env map[string]string) {
	if !c.Production() {
		return
	}
	if _, set := env["AUTHGRAPH_LAME_DUCK"]; !set {
		c.LameDuck = lameDuck
	}
	if err := checkOrigins(c.Origins); err != nil {
		f.addError("AUTHGRAPH_ORIGINS", err)
	}
	if err := checkProxies(c.TrustedProxies); err != nil {
		f.addError("AUTHGRAPH_TRUSTED_PROXIES", err)
	}
	if len(c.DevelopmentHosts) > 0 {
		f.add("AUTHGRAPH_DEVELOPMENT_HOSTS", "is set", "it is for development: production answers to every host, so leave it out")
	}
}

// lameDuck is the default of AUTHGRAPH_LAME_DUCK in production. Load balancers check readiness every few seconds.
const lameDuck = 5 * time.Second

func (f *faults) issuer(c *Config) {
	switch {
	case c.Issuer != "":
		issuer, err := parseIssuer(c.Issuer)
		if err != nil {
			f.addError("AUTHGRAPH_ISSUER", err)
		}
		c.Issuer = issuer
	case c.Mode == Development:
		c.Issuer = "http://" + c.Addr
	case c.Production():
		f.add("AUTHGRAPH_ISSUER", "is not set", "production needs the https URL that clients reach this server by")
	}
}

// secrets requires a configured secret wherever its loss would cost
// accounts or where several instances have to share it.
func (f *faults) secrets(c Config) {
	const make = "make one with `authgraph secret new` (in the source: `go run . secret new`) and keep a copy apart from the backups of the database"
	if len(c.Secrets.Reveal()) > 0 || f.any("AUTHGRAPH_SECRETS") {
		return
	}
	switch {
	case !c.SQLite():
		f.add("AUTHGRAPH_SECRETS", "is not set, and with PostgreSQL a random secret per instance would break its peers",
			make+"; every instance gets the same")
	case c.Production():
		f.add("AUTHGRAPH_SECRETS", "is not set", "production needs one: "+make)
	}
}
