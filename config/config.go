package config

import (
	"log/slog"
	"net/netip"
	"path/filepath"
	"time"

	"authgraph/internal/seal"
)

// Mode is development, which listens on loopback only, or production.
type Mode string

// The two modes; there is no third, such as staging, that would be tested
// under other rules than those it is deployed under.
const (
	Development Mode = "development"
	Production  Mode = "production"
)

// ByRole and Full are what introspection may show: what the caller could use, or
// everything.
const (
	ByRole = "role"
	Full   = "full"
)

// Paths are names of files.
type Paths []string

// Config is the environment, read and checked. Only Load makes a usable one.
//
// The tags: env and envDefault name the variable and its default; min and max
// bound it, both inclusive; oneof lists the only values; secret:"file" gives
// it a _FILE twin. The map meanings explains each setting.
type Config struct {
	Mode    Mode   `env:"AUTHGRAPH_MODE" envDefault:"development" oneof:"development production"`
	Addr    string `env:"AUTHGRAPH_ADDR" envDefault:"127.0.0.1:8080"`
	DataDir string `env:"AUTHGRAPH_DATA_DIR" envDefault:"./data"`

	// DatabaseURL is empty for SQLite. It is in the form that lib/pq reads,
	// which is not always the form that was given; see parseDatabaseURL.
	DatabaseURL         Hidden[string] `env:"DATABASE_URL" secret:"file"`
	DatabaseConnections int            `env:"AUTHGRAPH_DATABASE_CONNECTIONS" envDefault:"16" min:"2" max:"500"`

	// Issuer has no slash at its end.
	Issuer   string `env:"AUTHGRAPH_ISSUER"`
	Audience string `env:"AUTHGRAPH_AUDIENCE"`
	// Secrets is empty only in development with SQLite, where SecretPath holds
	// them. The first seals, all open.
	Secrets Hidden[[]seal.Secret] `env:"AUTHGRAPH_SECRETS" secret:"file"`

	// Origins are in the form that browsers send: lower case, Punycode, no default port.
	Origins []string `env:"AUTHGRAPH_ORIGINS"`
	// DevelopmentHosts is empty in production.
	DevelopmentHosts Hosts `env:"AUTHGRAPH_DEVELOPMENT_HOSTS"`

	Playground   bool `env:"AUTHGRAPH_PLAYGROUND" envDefault:"true" oneof:"true false"`
	Console      bool `env:"AUTHGRAPH_CONSOLE" envDefault:"true" oneof:"true false"`
	Registration bool `env:"AUTHGRAPH_REGISTRATION" envDefault:"true" oneof:"true false"`

	// SMTP has no host in development without a mail server.
	SMTP     Hidden[SMTP] `env:"AUTHGRAPH_SMTP_URL" secret:"file"`
	MailFrom Mailbox      `env:"AUTHGRAPH_MAIL_FROM"`
	// MailTemplates is a folder; "" for the embedded templates alone.
	MailTemplates string `env:"AUTHGRAPH_MAIL_TEMPLATES"`
	// AppURL has no slash at its end.
	AppURL string `env:"AUTHGRAPH_APP_URL"`

	// TrustedProxies are in their shortest form.
	TrustedProxies  []netip.Prefix `env:"AUTHGRAPH_TRUSTED_PROXIES"`
	ForwardedHeader string         `env:"AUTHGRAPH_FORWARDED_HEADER" envDefault:"X-Forwarded-For" oneof:"X-Forwarded-For Forwarded"`
	RateLimits      bool           `env:"AUTHGRAPH_RATE_LIMITS" envDefault:"true" oneof:"true false"`
	AnonymousWork   int64          `env:"AUTHGRAPH_ANONYMOUS_WORK" envDefault:"300000" min:"120000" max:"1000000000"`

	BcryptCost        int           `env:"AUTHGRAPH_BCRYPT_COST" envDefault:"12" min:"10" max:"15"`
	HashNice          int           `env:"AUTHGRAPH_HASH_NICE" envDefault:"19" min:"0" max:"19"`
	SigningAlgorithm  string        `env:"AUTHGRAPH_SIGNING_ALGORITHM" envDefault:"ES256" oneof:"ES256 EdDSA PS256 RS256 HS256"`
	KeyRotation       time.Duration `env:"AUTHGRAPH_KEY_ROTATION" envDefault:"2160h" min:"24h" max:"8760h"`
	AccessTokenTTL    time.Duration `env:"AUTHGRAPH_ACCESS_TOKEN_TTL" envDefault:"10m" min:"5s" max:"1h"`
	SessionIdle       time.Duration `env:"AUTHGRAPH_SESSION_IDLE" envDefault:"720h" min:"1h" max:"8760h"`
	SessionAbsolute   time.Duration `env:"AUTHGRAPH_SESSION_ABSOLUTE" envDefault:"4320h" min:"1h" max:"87600h"`
	SessionCap        int           `env:"AUTHGRAPH_SESSION_CAP" envDefault:"100" min:"1" max:"1000"`
	SessionRetention  time.Duration `env:"AUTHGRAPH_SESSION_RETENTION" envDefault:"720h" min:"1h" max:"8760h"`
	DeletionGrace     time.Duration `env:"AUTHGRAPH_DELETION_GRACE" envDefault:"720h" min:"168h" max:"8760h"`
	AuditRetention    time.Duration `env:"AUTHGRAPH_AUDIT_RETENTION" envDefault:"9600h" min:"24h" max:"87600h"`
	RefreshGrace      time.Duration `env:"AUTHGRAPH_REFRESH_GRACE" envDefault:"30s" min:"0s" max:"5m"`
	SessionMemory     int           `env:"AUTHGRAPH_SESSION_MEMORY" envDefault:"100000" min:"100" max:"10000000"`
	StreamsPerSession int           `env:"AUTHGRAPH_STREAMS_PER_SESSION" envDefault:"20" min:"1" max:"1000"`
	// Streams follows from Memory unless it is set.
	Streams        int   `env:"AUTHGRAPH_STREAMS" min:"1" max:"1000000"`
	BodyLimit      int64 `env:"AUTHGRAPH_BODY_LIMIT" envDefault:"65536" min:"16384" max:"16777216"`
	Memory         int64 `env:"AUTHGRAPH_MEMORY" envDefault:"536870912" min:"134217728" max:"1099511627776"`
	DocumentTokens int   `env:"AUTHGRAPH_DOCUMENT_TOKENS" envDefault:"1500" min:"100" max:"100000"`

	DocumentDepth       int `env:"AUTHGRAPH_DOCUMENT_DEPTH" envDefault:"15" min:"5" max:"200"`
	DocumentFields      int `env:"AUTHGRAPH_DOCUMENT_FIELDS" envDefault:"1000" min:"50" max:"100000"`
	DocumentAliases     int `env:"AUTHGRAPH_DOCUMENT_ALIASES" envDefault:"100" min:"1" max:"100000"`
	DocumentDirectives  int `env:"AUTHGRAPH_DOCUMENT_DIRECTIVES" envDefault:"50" min:"1" max:"100000"`
	DocumentMutations   int `env:"AUTHGRAPH_DOCUMENT_MUTATIONS" envDefault:"4" min:"1" max:"1000"`
	DocumentCost        int `env:"AUTHGRAPH_DOCUMENT_COST" envDefault:"10000" min:"100" max:"10000000"`
	DocumentValues      int `env:"AUTHGRAPH_DOCUMENT_VALUES" envDefault:"2000" min:"100" max:"1000000"`
	DocumentComparisons int `env:"AUTHGRAPH_DOCUMENT_COMPARISONS" envDefault:"10000" min:"1000" max:"10000000"`

	// TrustedDocuments are files. Their contents are read by the server.
	TrustedDocuments Paths `env:"AUTHGRAPH_TRUSTED_DOCUMENTS"`

	Federation bool `env:"AUTHGRAPH_FEDERATION" envDefault:"false" oneof:"true false"`

	RequestTimeout time.Duration `env:"AUTHGRAPH_REQUEST_TIMEOUT" envDefault:"30s" min:"1s" max:"5m"`
	DrainTimeout   time.Duration `env:"AUTHGRAPH_DRAIN_TIMEOUT" envDefault:"20s" min:"0s" max:"10m"`
	// LameDuck is 5 s in production and 0 in development unless it is set.
	LameDuck time.Duration `env:"AUTHGRAPH_LAME_DUCK" min:"0s" max:"5m"`
	// Introspection is by role in production unless it is said.
	Introspection string     `env:"AUTHGRAPH_INTROSPECTION" oneof:"full role"`
	MetricsAddr   string     `env:"AUTHGRAPH_METRICS_ADDR"`
	LogLevel      slog.Level `env:"AUTHGRAPH_LOG_LEVEL" envDefault:"info" oneof:"debug info warn error"`
}

// Production reports whether the server runs in production mode.
func (c Config) Production() bool { return c.Mode == Production }

// SQLite reports whether the database is the file at SQLitePath rather than
// the PostgreSQL of DatabaseURL.
func (c Config) SQLite() bool { return c.DatabaseURL.Reveal() == "" }

// SQLitePath returns the path of the SQLite database.
func (c Config) SQLitePath() string { return filepath.Join(c.DataDir, "authgraph.db") }

// SecretPath is where a development server keeps the secret that it made
// because none was given. The file holds what seal.Parse reads.
func (c Config) SecretPath() string { return filepath.Join(c.DataDir, "authgraph.secret") }
