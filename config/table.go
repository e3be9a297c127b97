package config

import "strings"

// meanings says what each setting is for; a test holds it against Config.
// Bounds and twins are added from the tags.
var meanings = map[string]string{
	"AUTHGRAPH_MODE":                 "`development` or `production`. Development listens on loopback only, and explains denials (`extensions.explanation`).",
	"AUTHGRAPH_ADDR":                 "Address to listen on. In development a loopback address.",
	"AUTHGRAPH_DATA_DIR":             "Folder of the SQLite database and of the secret that development creates.",
	"DATABASE_URL":                   "Empty: SQLite in the data folder. `postgres://…`: PostgreSQL. Production requires `sslmode=verify-full`, except for a Unix socket or loopback. Default without `sslmode`: `prefer`.",
	"AUTHGRAPH_DATABASE_CONNECTIONS": "Maximum connections of this instance to PostgreSQL.",
	"AUTHGRAPH_ISSUER":               "URL of this server as clients see it, used in tokens and links. Required in production, with https. Default in development: `http://` and the address.",
	"AUTHGRAPH_AUDIENCE":             "Audience (`aud`) of access tokens. Default: the issuer.",
	"AUTHGRAPH_SECRETS":              "`id:key` pairs separated by commas, each key 32 bytes in base64. The first key encrypts, all keys decrypt. `authgraph secret new` prints a pair: keep a copy apart from the backups of the database. May be empty only in development with SQLite.",
	"AUTHGRAPH_ORIGINS":              "Other origins that may call this server from a browser or a web view, separated by commas: `https://app.example.com,capacitor://localhost`. Production refuses `http`.",
	"AUTHGRAPH_DEVELOPMENT_HOSTS":    "Hosts besides loopback that a development server answers to, separated by commas: `10.0.2.2` for the Android emulator. Not for production.",
	"AUTHGRAPH_PLAYGROUND":           "`true` serves the playground.",
	"AUTHGRAPH_CONSOLE":              "`true` serves the console at `/console`, and its operations where only stored operations are served.",
	"AUTHGRAPH_REGISTRATION":         "`true` lets anonymous clients register.",
	"AUTHGRAPH_SMTP_URL":             "Mail server: `smtp://user:password@host:587` requires STARTTLS, `smtps://user:password@host:465` encrypts from the start. `?starttls=off` for a relay on loopback. Empty: development keeps mails on the page `/dev/mail`; production sends none. See docs/mail.md.",
	"AUTHGRAPH_MAIL_FROM":            "Sender of mails: `Example <no-reply@example.com>`. Its name is the product's name in mails. Required with AUTHGRAPH_SMTP_URL.",
	"AUTHGRAPH_MAIL_TEMPLATES":       "Folder with mail templates that replace the built-in ones, or add languages. See docs/mail.md.",
	"AUTHGRAPH_APP_URL":              "URL of the pages that links in mails lead to, with https in production, without query or fragment. Default: the console below the issuer.",
	"AUTHGRAPH_TRUSTED_PROXIES":      "Networks or addresses of the proxies in front of this server, separated by commas: `10.0.0.0/8,fd00::/8`. The client's address is read from their header only. Without this setting, all clients behind a proxy share one address and its limits.",
	"AUTHGRAPH_FORWARDED_HEADER":     "Header that the proxies write, `X-Forwarded-For` or `Forwarded`. The other header is ignored.",
	"AUTHGRAPH_RATE_LIMITS":          "`true` enforces the limits of the schema (`@rateLimit`) and AUTHGRAPH_ANONYMOUS_WORK.",
	"AUTHGRAPH_ANONYMOUS_WORK":       "Work of an anonymous client (an IPv4 address, or a /64 of IPv6) per minute, in resolved fields. Its larger networks have a multiple. The introspection of tools takes 5,300. See docs/operations.md.",
	"AUTHGRAPH_BCRYPT_COST":          "bcrypt cost of password hashes. Each step doubles the time.",
	"AUTHGRAPH_HASH_NICE":            "Nice value of the hashing threads (Linux). 19 suits a machine or container that runs this server alone. Choose less if other busy programs would starve logins. `0` hashes on one core fewer than the machine has.",
	"AUTHGRAPH_SIGNING_ALGORITHM":    "Algorithm of new signing keys: `ES256`, `EdDSA`, `PS256`, `RS256` (below level 2 of OWASP's ASVS) or `HS256` (only if no other server verifies tokens, because its key is never published). A new algorithm signs within minutes, or at once after `authgraph keys rotate`.",
	"AUTHGRAPH_KEY_ROTATION":         "Time that a signing key signs before the next key does.",
	"AUTHGRAPH_ACCESS_TOKEN_TTL":     "Lifetime of an access token.",
	"AUTHGRAPH_SESSION_IDLE":         "Lifetime of an unused session.",
	"AUTHGRAPH_SESSION_ABSOLUTE":     "Maximum lifetime of a session.",
	"AUTHGRAPH_SESSION_CAP":          "Maximum sessions of an account. Above it, the session that was unused for longest ends.",
	"AUTHGRAPH_SESSION_RETENTION":    "Time that ended sessions are kept, the newest 1,000 of an account at most. A reused refresh token of a kept session is recognized.",
	"AUTHGRAPH_AUDIT_RETENTION":      "Time that the audit log is kept. Older days are deleted; the rest stays verifiable.",
	"AUTHGRAPH_SESSION_MEMORY":       "Maximum sessions, accounts and tokens in an instance's cache.",
	"AUTHGRAPH_DELETION_GRACE":       "Time after which an account is erased whose owner requested its deletion. Until then the owner can restore it.",
	"AUTHGRAPH_REFRESH_GRACE":        "Time in which an exchanged refresh token is answered with its successor. After it, the token is exchanged again while the successor is unused. `0s` turns both off.",
	"AUTHGRAPH_MEMORY":               "Memory that the server is sized for, in bytes. Requests and answers in flight take at most 3/16 of it, and so do open streams; connections take 1/8. Set GOMEMLIMIT to half of it or more.",
	"AUTHGRAPH_STREAMS":              "Maximum open sockets and event streams. Anonymous clients take at most a quarter of them, one account a sixteenth. An eighth is reserved for callers who hold REVOCATIONS_READ. Default: 3/16 of `AUTHGRAPH_MEMORY`, 64 KiB for each stream (1536 for 512 MiB).",
	"AUTHGRAPH_STREAMS_PER_SESSION":  "Maximum open sockets and event streams per session, and per address for anonymous clients. An account may always have as many as a session.",
	"AUTHGRAPH_BODY_LIMIT":           "Maximum size of a request's body or of a socket's message, in bytes.",
	"AUTHGRAPH_DOCUMENT_TOKENS":      "Maximum lexical tokens of a GraphQL document.",
	"AUTHGRAPH_DOCUMENT_DEPTH":       "Maximum depth of fields in an operation.",
	"AUTHGRAPH_DOCUMENT_FIELDS":      "Maximum fields of an operation, with fragments expanded.",
	"AUTHGRAPH_DOCUMENT_ALIASES":     "Maximum aliases of an operation, with fragments expanded.",
	"AUTHGRAPH_DOCUMENT_DIRECTIVES":  "Maximum directives of an operation, with fragments expanded.",
	"AUTHGRAPH_DOCUMENT_MUTATIONS":   "Maximum root fields of a mutation.",
	"AUTHGRAPH_DOCUMENT_COST":        "Maximum cost of an operation, by `@cost` and `@listSize` of the schema.",
	"AUTHGRAPH_DOCUMENT_VALUES":      "Maximum number of JSON values in the variables and extensions of a request.",
	"AUTHGRAPH_DOCUMENT_COMPARISONS": "Maximum pairs of fields with the same name that validation compares.",
	"AUTHGRAPH_TRUSTED_DOCUMENTS":    "Manifest files of stored operations, separated by commas. Only these operations and those of the console are served. Empty: all operations are served. See docs/operations.md.",
	"AUTHGRAPH_FEDERATION":           "`true` makes this server a subgraph of Apollo Federation 2, which answers a gateway's queries for users by id.",
	"AUTHGRAPH_REQUEST_TIMEOUT":      "Maximum time of a request.",
	"AUTHGRAPH_LAME_DUCK":            "Time after SIGTERM in which `/readyz` fails and requests are still served, before the server stops listening. Default: `5s` in production, `0s` in development.",
	"AUTHGRAPH_DRAIN_TIMEOUT":        "Maximum time that requests get to finish after the server stopped listening.",
	"AUTHGRAPH_INTROSPECTION":        "`full`, or `role`: introspection shows each caller the part of the schema that the caller may use. `role` is not a protection. Default: `role` in production, otherwise `full`.",
	"AUTHGRAPH_METRICS_ADDR":         "Address of Prometheus's `/metrics` and of `/debug/pprof/`, separate from the API and not for the public. Empty: not served. In development a loopback address.",
	"AUTHGRAPH_LOG_LEVEL":            "`debug`, `info`, `warn` or `error`.",
}

// Table returns the settings as a table in Markdown, for docs/configuration.md.
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
		if s.fileVariable != "" {
			meaning += " A secret: `" + s.fileVariable + "` may name a file that holds it."
		}
		b.WriteString("| `" + s.name + "` | " + fallback + " | " + meaning + " |\n")
	}
	return b.String()
}
