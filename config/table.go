package config

import "strings"

// meanings says what each setting is for; a test holds it against Config.
// Bounds and twins are added from the tags.
var meanings = map[string]string{
	"AUTHGRAPH_MODE":                 "`development` or `production`. Development listens on loopback only, and explains denials (`extensions.explanation`).",
	"AUTHGRAPH_ADDR":                 "Where to listen. In development a loopback address.",
	"AUTHGRAPH_DATA_DIR":             "The folder of the SQLite database, and of the secret made in development.",
	"DATABASE_URL":                   "Empty: SQLite in the data folder. `postgres://…`: PostgreSQL; in production with `sslmode=verify-full`, unless it is a Unix socket or on loopback. Without `sslmode`: `prefer`.",
	"AUTHGRAPH_DATABASE_CONNECTIONS": "Most connections of this instance to PostgreSQL.",
	"AUTHGRAPH_ISSUER":               "The URL that clients reach this server by, in tokens and links. Production demands it, with https. In development: `http://` and the address.",
	"AUTHGRAPH_AUDIENCE":             "Whom access tokens are for. Default: the issuer.",
	"AUTHGRAPH_SECRETS":              "`id:key` pairs separated by commas, each key 32 bytes in base64. The first seals, all open. `authgraph secret new` makes one: keep a copy apart from the backups of the database. May be empty only in development with SQLite.",
	"AUTHGRAPH_ORIGINS":              "Origins of applications elsewhere that may call this server from a browser or a web view, separated by commas: `https://app.example.com,capacitor://localhost`. In production not `http`.",
	"AUTHGRAPH_DEVELOPMENT_HOSTS":    "Hosts besides loopback that a development server answers to, separated by commas: `10.0.2.2` for the Android emulator. Not for production.",
	"AUTHGRAPH_PLAYGROUND":           "`true` or `false`: whether the playground is served.",
	"AUTHGRAPH_CONSOLE":              "`true` or `false`: whether the console is served, at `/console`, and its operations where only stored ones are.",
	"AUTHGRAPH_REGISTRATION":         "`true` or `false`: whether anybody may register.",
	"AUTHGRAPH_TRUSTED_PROXIES":      "Networks or addresses of the proxies in front of this server, separated by commas: `10.0.0.0/8,fd00::/8`. Their word on a client's address is taken, nobody else's. Without it behind a proxy, all clients share one address and its limits.",
	"AUTHGRAPH_FORWARDED_HEADER":     "The header that they write, `X-Forwarded-For` or `Forwarded`; the other is not read.",
	"AUTHGRAPH_RATE_LIMITS":          "`true` or `false`: whether the limits of the schema (`@rateLimit`) and AUTHGRAPH_ANONYMOUS_WORK are kept.",
	"AUTHGRAPH_ANONYMOUS_WORK":       "Work that an anonymous client (an IPv4 address, or a /64 of IPv6) may use in a minute, in fields that are resolved; a network around it has a multiple. The introspection of tools takes 5,300. See docs/operations.md.",
	"AUTHGRAPH_BCRYPT_COST":          "The cost of a password's hash; each step doubles the time.",
	"AUTHGRAPH_HASH_NICE":            "How far passwords stand back behind everything else that the machine does (Linux): 19 for a machine, or a container with a share of its own, that serves this alone; less where other busy programs would starve logins. `0`: they are hashed on one core less than there are.",
	"AUTHGRAPH_SIGNING_ALGORITHM":    "What new signing keys sign with: `ES256`, `EdDSA`, `PS256`, `RS256` (below level 2 of OWASP's ASVS) or `HS256` (where no other server verifies tokens: its key is never published). After a change the new one signs within some minutes, or at once with `authgraph keys rotate`.",
	"AUTHGRAPH_KEY_ROTATION":         "How long a signing key signs before the next one does.",
	"AUTHGRAPH_ACCESS_TOKEN_TTL":     "How long an access token lives.",
	"AUTHGRAPH_SESSION_IDLE":         "How long a session lasts without being used.",
	"AUTHGRAPH_SESSION_ABSOLUTE":     "How long a session lasts in any case.",
	"AUTHGRAPH_SESSION_CAP":          "How many sessions an account may have; beyond it the longest unused ends.",
	"AUTHGRAPH_SESSION_RETENTION":    "How long an ended session is kept, the newest 1,000 of an account at most. A reused refresh token of a kept session is recognized.",
	"AUTHGRAPH_AUDIT_RETENTION":      "How long the audit log is kept. Days that are older are dropped; the rest stays provable.",
	"AUTHGRAPH_SESSION_MEMORY":       "How many sessions, accounts and tokens an instance remembers.",
	"AUTHGRAPH_REFRESH_GRACE":        "How long an exchanged refresh token is still answered with its successor. Later it is exchanged again while the successor is unused. `0s` turns both off.",
	"AUTHGRAPH_MEMORY":               "Memory that the server is sized for, in bytes. Requests and answers in flight take at most 3/16 of it, and so do open streams; connections take 1/8. Set GOMEMLIMIT to half of it or more.",
	"AUTHGRAPH_STREAMS":              "Maximum open sockets and event streams. Anonymous clients take at most a quarter of them, one account a sixteenth. An eighth is reserved for callers who hold REVOCATIONS_READ. Default: 3/16 of `AUTHGRAPH_MEMORY`, 64 KiB for each stream (1536 for 512 MiB).",
	"AUTHGRAPH_STREAMS_PER_SESSION":  "Maximum open sockets and event streams of one session, and of the anonymous clients of one address. One account may always have as many as one session.",
	"AUTHGRAPH_BODY_LIMIT":           "Maximum size of a request's body or of a socket's message, in bytes.",
	"AUTHGRAPH_DOCUMENT_TOKENS":      "Most lexical tokens of one GraphQL document.",
	"AUTHGRAPH_DOCUMENT_DEPTH":       "Most levels of fields in an operation.",
	"AUTHGRAPH_DOCUMENT_FIELDS":      "Most fields of an operation, fragments spread out.",
	"AUTHGRAPH_DOCUMENT_ALIASES":     "Most aliases of an operation, fragments spread out.",
	"AUTHGRAPH_DOCUMENT_DIRECTIVES":  "Most directives of an operation, fragments spread out.",
	"AUTHGRAPH_DOCUMENT_MUTATIONS":   "Most root fields that a mutation executes.",
	"AUTHGRAPH_DOCUMENT_COST":        "Most that an operation may cost, by the schema's `@cost` and `@listSize`.",
	"AUTHGRAPH_DOCUMENT_VALUES":      "Maximum number of JSON values in the variables and extensions of a request.",
	"AUTHGRAPH_DOCUMENT_COMPARISONS": "Most pairs of fields of one name that are compared to validate a document.",
	"AUTHGRAPH_TRUSTED_DOCUMENTS":    "Manifests of operations, separated by commas: no others are served, but for the console's. Empty: all are. See docs/operations.md.",
	"AUTHGRAPH_FEDERATION":           "`true` or `false`: whether this server is a subgraph of Apollo Federation 2, and answers a gateway that asks for users by their ids.",
	"AUTHGRAPH_REQUEST_TIMEOUT":      "How long one request may take.",
	"AUTHGRAPH_LAME_DUCK":            "Time after SIGTERM in which `/readyz` fails and requests are still served, before the server stops listening. Default: `5s` in production, `0s` in development.",
	"AUTHGRAPH_DRAIN_TIMEOUT":        "Maximum time that requests get to finish after the server stopped listening.",
	"AUTHGRAPH_INTROSPECTION":        "`full`, or `role`: introspection shows each caller the part of the schema that they could use. It hides, and protects nothing. Default: `role` in production, otherwise `full`.",
	"AUTHGRAPH_METRICS_ADDR":         "Where Prometheus may ask for `/metrics`, and `go tool pprof` for `/debug/pprof/`, apart from the API; not for the public. Empty: nowhere. In development a loopback address.",
	"AUTHGRAPH_LOG_LEVEL":            "`debug`, `info`, `warn` or `error`.",
}

// Table returns the settings as a table in Markdown, for the README.
func Table() string {
	var b strings.Builder
	b.WriteString("| Variable | Default | Meaning |\n|---|---|---|\n")
	for _, s := range settings() {
		fallback := ""
		if s.fallback != "" {
			fallback = "`" + s.fallback + "`"
		}
		meaning := meanings[s.name]
		if s.min != "" {
			meaning += " From " + s.min + " to " + s.max + "."
		}
		if s.twin != "" {
			meaning += " A secret: `" + s.twin + "` may name a file that holds it."
		}
		b.WriteString("| `" + s.name + "` | " + fallback + " | " + meaning + " |\n")
	}
	return b.String()
}
