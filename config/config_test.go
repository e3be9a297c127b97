package config

import (
	"encoding/base64"
	"errors"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"authgraph/internal/seal"
)

// keyText is the base64 of keyBytes; no fault and no print may hold either.
var (
	keyBytes = [32]byte([]byte("0123456789abcdefghijklmnopqrstuv"))
	keyText  = base64.StdEncoding.EncodeToString(keyBytes[:])
)

const password = "correct-horse"

// production is an environment that a production server starts with; more
// entries come after it and so win.
func production(more ...string) []string {
	return append([]string{
		"AUTHGRAPH_MODE=production",
		"AUTHGRAPH_ADDR=0.0.0.0:8080",
		"AUTHGRAPH_ISSUER=https://accounts.example.com",
		"AUTHGRAPH_SECRETS=k1:" + keyText,
	}, more...)
}

// mustFault loads environ and returns the text of its one fault.
func mustFault(t *testing.T, environ ...string) string {
	t.Helper()
	_, err := Load(environ)
	if err == nil {
		t.Fatal("got no fault, want one")
	}
	if lines := strings.Split(err.Error(), "\n"); len(lines) != 1 {
		t.Fatalf("got %d faults, want one:\n%v", len(lines), err)
	}
	return err.Error()
}

func TestLoad_ClaimTooLong(t *testing.T) {
	for _, tt := range []struct{ name, setting, want string }{
		{"issuer", "AUTHGRAPH_ISSUER=https://example.com/" + strings.Repeat("i", 235), "AUTHGRAPH_ISSUER has 255 bytes"},
		{"audience", "AUTHGRAPH_AUDIENCE=" + strings.Repeat("a", 255), "AUTHGRAPH_AUDIENCE has 255 bytes"},
		{"audience that JSON lengthens", "AUTHGRAPH_AUDIENCE=" + strings.Repeat("&", 50), "AUTHGRAPH_AUDIENCE has 50 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := mustFault(t, production(tt.setting)...); !strings.HasPrefix(got, tt.want) {
				t.Errorf("got %q, want it to begin with %q", got, tt.want)
			}
		})
	}
	if _, err := Load(production("AUTHGRAPH_AUDIENCE=" + strings.Repeat("a", 254))); err != nil {
		t.Errorf("the longest audience: got %v", err)
	}
}

func TestLoad_Defaults(t *testing.T) {
	got, err := Load([]string{"HOME=/root", "AUTHGRAPH_ADDR=", "DATABASE_URL_FILE="})
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Mode: Development, Addr: "127.0.0.1:8080", DataDir: "./data",
		DatabaseConnections: 16,
		Issuer:              "http://127.0.0.1:8080", Audience: "http://127.0.0.1:8080",
		Playground: true, Console: true, Registration: true,
		ForwardedHeader: "X-Forwarded-For", RateLimits: true, AnonymousWork: 300_000, BcryptCost: 12, HashNice: 19, SigningAlgorithm: "ES256", KeyRotation: 90 * 24 * time.Hour, AccessTokenTTL: 10 * time.Minute,
		SessionIdle: 30 * 24 * time.Hour, SessionAbsolute: 180 * 24 * time.Hour, SessionCap: 100,
		SessionRetention: 30 * 24 * time.Hour, DeletionGrace: 30 * 24 * time.Hour, AuditRetention: 400 * 24 * time.Hour, SessionMemory: 100_000, RefreshGrace: 30 * time.Second,
		MailFrom: Mailbox{Address: "no-reply@localhost"}, AppURL: "http://127.0.0.1:8080/console",
		Streams: 1536, StreamsPerSession: 20, BodyLimit: 64 << 10, Memory: 512 << 20, DocumentValues: 2000, DocumentTokens: 1500,
		DocumentDepth: 15, DocumentFields: 1000, DocumentAliases: 100, DocumentDirectives: 50, DocumentMutations: 4, DocumentComparisons: 10_000, DocumentCost: 10_000,
		RequestTimeout: 30 * time.Second, DrainTimeout: 20 * time.Second, Introspection: Full, LogLevel: slog.LevelInfo,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
	if got.Production() || !got.SQLite() {
		t.Errorf("got production %v, SQLite %v, want false, true", got.Production(), got.SQLite())
	}
	if got, want := got.SQLitePath(), filepath.Join("data", "authgraph.db"); got != want {
		t.Errorf("got database %q, want %q", got, want)
	}
	if got, want := got.SecretPath(), filepath.Join("data", "authgraph.secret"); got != want {
		t.Errorf("got secret file %q, want %q", got, want)
	}
}

func TestLoad_EverySetting(t *testing.T) {
	database := "postgres://authgraph:" + password + "@db.example.com/accounts?sslmode=verify-full"
	got, err := Load([]string{
		"AUTHGRAPH_MODE=production",
		"AUTHGRAPH_ADDR=:443",
		"AUTHGRAPH_DATA_DIR=/srv/authgraph",
		"DATABASE_URL=" + database,
		"AUTHGRAPH_DATABASE_CONNECTIONS=64",
		"AUTHGRAPH_ISSUER=https://accounts.example.com/eu//",
		"AUTHGRAPH_AUDIENCE=https://api.example.com",
		"AUTHGRAPH_SECRETS=new:" + keyText + ", old:" + keyText,
		"AUTHGRAPH_ORIGINS=https://App.example.com:443, capacitor://localhost",
		"AUTHGRAPH_PLAYGROUND=false",
		"AUTHGRAPH_FEDERATION=true",
		"AUTHGRAPH_TRUSTED_DOCUMENTS=/etc/a.json, b.json",
		"AUTHGRAPH_CONSOLE=false",
		"AUTHGRAPH_REGISTRATION=false",
		"AUTHGRAPH_SMTP_URL=smtps://user%40example.com:" + password + "@mail.example.com",
		"AUTHGRAPH_MAIL_FROM=\"Example, Inc.\" <no-reply@example.com>",
		"AUTHGRAPH_MAIL_TEMPLATES=/etc/authgraph/mail",
		"AUTHGRAPH_APP_URL=https://app.example.com/account/",
		"AUTHGRAPH_BCRYPT_COST=13",
		"AUTHGRAPH_HASH_NICE=5",
		"AUTHGRAPH_TRUSTED_PROXIES=10.1.2.3/8, ::ffff:192.0.2.1, fd00::1",
		"AUTHGRAPH_FORWARDED_HEADER=Forwarded",
		"AUTHGRAPH_RATE_LIMITS=false",
		"AUTHGRAPH_SIGNING_ALGORITHM=EdDSA",
		"AUTHGRAPH_KEY_ROTATION=48h",
		"AUTHGRAPH_ACCESS_TOKEN_TTL=5m",
		"AUTHGRAPH_SESSION_IDLE=1h",
		"AUTHGRAPH_SESSION_ABSOLUTE=2h",
		"AUTHGRAPH_SESSION_CAP=3",
		"AUTHGRAPH_SESSION_RETENTION=4h",
		"AUTHGRAPH_DELETION_GRACE=169h",
		"AUTHGRAPH_AUDIT_RETENTION=48h",
		"AUTHGRAPH_SESSION_MEMORY=500",
		"AUTHGRAPH_REFRESH_GRACE=6s",
		"AUTHGRAPH_STREAMS=7",
		"AUTHGRAPH_STREAMS_PER_SESSION=8",
		"AUTHGRAPH_ANONYMOUS_WORK=130000",
		"AUTHGRAPH_BODY_LIMIT=32768",
		"AUTHGRAPH_MEMORY=268435456",
		"AUTHGRAPH_DOCUMENT_VALUES=2300",
		"AUTHGRAPH_DOCUMENT_TOKENS=2000",
		"AUTHGRAPH_DOCUMENT_DEPTH=21",
		"AUTHGRAPH_DOCUMENT_FIELDS=222",
		"AUTHGRAPH_DOCUMENT_ALIASES=23",
		"AUTHGRAPH_DOCUMENT_DIRECTIVES=24",
		"AUTHGRAPH_DOCUMENT_MUTATIONS=25",
		"AUTHGRAPH_DOCUMENT_COMPARISONS=2600",
		"AUTHGRAPH_DOCUMENT_COST=2700",
		"AUTHGRAPH_REQUEST_TIMEOUT=10s",
		"AUTHGRAPH_DRAIN_TIMEOUT=0s",
		"AUTHGRAPH_LAME_DUCK=7s",
		"AUTHGRAPH_INTROSPECTION=full",
		"AUTHGRAPH_METRICS_ADDR=10.0.0.1:9090",
		"AUTHGRAPH_LOG_LEVEL=debug",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Mode: Production, Addr: ":443", DataDir: "/srv/authgraph",
		DatabaseURL: Hide(database), DatabaseConnections: 64,
		Issuer: "https://accounts.example.com/eu", Audience: "https://api.example.com",
		Secrets: Hide([]seal.Secret{{ID: "new", Key: keyBytes}, {ID: "old", Key: keyBytes}}),
		Origins: []string{"https://app.example.com", "capacitor://localhost"},

		TrustedProxies: []netip.Prefix{
			netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("fd00::1/128"),
		}, ForwardedHeader: "Forwarded", RateLimits: false, AnonymousWork: 130_000, BcryptCost: 13, HashNice: 5, SigningAlgorithm: "EdDSA", KeyRotation: 48 * time.Hour, AccessTokenTTL: 5 * time.Minute,
		SessionIdle: time.Hour, SessionAbsolute: 2 * time.Hour, SessionCap: 3, SessionRetention: 4 * time.Hour, DeletionGrace: 169 * time.Hour, AuditRetention: 48 * time.Hour,
		SessionMemory: 500, RefreshGrace: 6 * time.Second, Streams: 7, StreamsPerSession: 8,
		BodyLimit: 32768, Memory: 256 << 20, DocumentTokens: 2000, DocumentValues: 2300,
		DocumentDepth: 21, DocumentFields: 222, DocumentAliases: 23, DocumentDirectives: 24, DocumentMutations: 25, DocumentComparisons: 2600, DocumentCost: 2700,
		SMTP:          Hide(SMTP{"mail.example.com", 465, "user@example.com", password, ImplicitTLS}),
		MailFrom:      Mailbox{"Example, Inc.", "no-reply@example.com"},
		MailTemplates: "/etc/authgraph/mail", AppURL: "https://app.example.com/account",
		Federation:       true,
		TrustedDocuments: Paths{"/etc/a.json", "b.json"},
		RequestTimeout:   10 * time.Second, DrainTimeout: 0, LameDuck: 7 * time.Second, Introspection: Full, MetricsAddr: "10.0.0.1:9090", LogLevel: slog.LevelDebug,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
	if secrets := got.Secrets.Reveal(); len(secrets) != 2 || secrets[1].Key != keyBytes {
		t.Error("the second secret is not the one given")
	}
	if !got.Production() || got.SQLite() {
		t.Errorf("got production %v, SQLite %v, want true, false", got.Production(), got.SQLite())
	}
}

// TestLoad_AllFaults breaks every setting at once, and names none twice.
func TestLoad_AllFaults(t *testing.T) {
	var environ, want []string
	wrong := map[string]string{"DATABASE_URL": "mysql://u:" + password + "@h/db", "AUTHGRAPH_SECRETS": keyText,
		"AUTHGRAPH_MODE": "prod", "AUTHGRAPH_ADDR": "8080", "AUTHGRAPH_ISSUER": "accounts.example.com", "AUTHGRAPH_ORIGINS": "*",
		"AUTHGRAPH_TRUSTED_DOCUMENTS": "a.json,", "AUTHGRAPH_DEVELOPMENT_HOSTS": "*"}
	free := map[string]bool{"AUTHGRAPH_DATA_DIR": true, "AUTHGRAPH_MAIL_TEMPLATES": true, "AUTHGRAPH_AUDIENCE": true}
	for _, s := range settings() {
		if free[s.name] {
			continue // any text is right
		}
		value, ok := wrong[s.name]
		if !ok {
			value = "very"
		}
		environ = append(environ, s.name+"="+value)
		want = append(want, s.name)
	}
	environ = append(environ, "AUTHGRAPH_ZZZZ=1", "AUTHGRAPH_ADR=127.0.0.1:80")
	want = append(want, "AUTHGRAPH_ADR", "AUTHGRAPH_ZZZZ")

	c, err := Load(environ)
	if err == nil {
		t.Fatal("got no error")
	}
	var got []string
	for _, line := range strings.Split(err.Error(), "\n") {
		name, _, _ := strings.Cut(line, " ")
		got = append(got, name)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got faults of\n%v, want\n%v", got, want)
	}
	if !reflect.DeepEqual(c, Config{}) {
		t.Errorf("got %+v beside the error, want an empty Config", c)
	}
	var first Fault
	if !errors.As(err, &first) || first.Name != "AUTHGRAPH_MODE" {
		t.Errorf("got the first fault %#v, want the one of AUTHGRAPH_MODE", first)
	} else if first.Wrong == "" || first.Right == "" {
		t.Errorf("got the first fault %#v, want the one of AUTHGRAPH_MODE", first)
	}
	for _, secret := range []string{password, keyText} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the faults hold a secret:\n%v", err)
		}
	}
}

// A malformed secret is not missing, so it is a single fault. The fault quotes nothing, because the text may contain
// the key.
func TestLoad_MalformedSecrets(t *testing.T) {
	for name, list := range map[string]string{"no colon": keyText, "swapped": keyText + ":k1", "short": "k1:" + keyText[1:]} {
		got := mustFault(t, production("AUTHGRAPH_SECRETS="+list)...)
		if !strings.HasPrefix(got, "AUTHGRAPH_SECRETS is no list of secrets: seal: secret 1: ") ||
			strings.Contains(got, keyText[2:12]) {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func TestLoad_Bounds(t *testing.T) {
	tests := []struct{ name, below, lowest, highest, above string }{
		{"AUTHGRAPH_BCRYPT_COST", "9", "10", "15", "16"},
		{"AUTHGRAPH_HASH_NICE", "-1", "0", "19", "20"},
		{"AUTHGRAPH_KEY_ROTATION", "23h59m", "24h", "8760h", "8760h1s"},
		{"AUTHGRAPH_ACCESS_TOKEN_TTL", "4999ms", "5s", "1h", "1h1s"},
		{"AUTHGRAPH_SESSION_IDLE", "59m", "1h", "8760h", "8761h"},
		{"AUTHGRAPH_SESSION_ABSOLUTE", "59m", "1h", "87600h", "87601h"},
		{"AUTHGRAPH_SESSION_CAP", "0", "1", "1000", "1001"},
		{"AUTHGRAPH_SESSION_RETENTION", "59m", "1h", "8760h", "8761h"},
		{"AUTHGRAPH_DELETION_GRACE", "167h", "168h", "8760h", "8761h"},
		{"AUTHGRAPH_AUDIT_RETENTION", "23h", "24h", "87600h", "87601h"},
		{"AUTHGRAPH_SESSION_MEMORY", "99", "100", "10000000", "10000001"},
		{"AUTHGRAPH_REFRESH_GRACE", "-1s", "0s", "5m", "301s"},
		{"AUTHGRAPH_STREAMS", "0", "1", "1000000", "1000001"},
		{"AUTHGRAPH_STREAMS_PER_SESSION", "0", "1", "1000", "1001"},
		{"AUTHGRAPH_ANONYMOUS_WORK", "119999", "120000", "1000000000", "1000000001"},
		{"AUTHGRAPH_BODY_LIMIT", "16383", "16384", "16777216", "16777217"},
		{"AUTHGRAPH_MEMORY", "134217727", "134217728", "1099511627776", "1099511627777"},
		{"AUTHGRAPH_DOCUMENT_VALUES", "99", "100", "1000000", "1000001"},
		{"AUTHGRAPH_DOCUMENT_TOKENS", "99", "100", "100000", "100001"},
		{"AUTHGRAPH_DOCUMENT_DEPTH", "4", "5", "200", "201"},
		{"AUTHGRAPH_DOCUMENT_FIELDS", "49", "50", "100000", "100001"},
		{"AUTHGRAPH_DOCUMENT_ALIASES", "0", "1", "100000", "100001"},
		{"AUTHGRAPH_DOCUMENT_DIRECTIVES", "0", "1", "100000", "100001"},
		{"AUTHGRAPH_DOCUMENT_MUTATIONS", "0", "1", "1000", "1001"},
		{"AUTHGRAPH_DOCUMENT_COST", "99", "100", "10000000", "10000001"},
		{"AUTHGRAPH_DOCUMENT_COMPARISONS", "999", "1000", "10000000", "10000001"},
		{"AUTHGRAPH_REQUEST_TIMEOUT", "999ms", "1s", "5m", "301s"},
		{"AUTHGRAPH_DRAIN_TIMEOUT", "-1s", "0s", "10m", "11m"},
		{"AUTHGRAPH_LAME_DUCK", "-1s", "0s", "5m", "301s"},
		{"AUTHGRAPH_DATABASE_CONNECTIONS", "1", "2", "500", "501"},
	}
	tested := map[string]bool{}
	for _, tt := range tests {
		tested[tt.name] = true
		t.Run(tt.name, func(t *testing.T) {
			environ := []string{"AUTHGRAPH_MEMORY=8589934592"} // enough memory for the largest body
			if tt.name == "AUTHGRAPH_MEMORY" {
				environ = nil
			}
			for _, value := range []string{tt.lowest, tt.highest} {
				if _, err := Load(append(environ, tt.name+"="+value)); err != nil {
					t.Errorf("%s: got %v, want no fault", value, err)
				}
			}
			for _, value := range []string{tt.below, tt.above} {
				want := tt.name + " is " + value + "; it must be from " + tt.lowest + " to " + tt.highest
				if got := mustFault(t, append(environ, tt.name+"="+value)...); got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			}
		})
	}
	for _, s := range settings() {
		if _, _, bounded := s.bounds(); bounded != tested[s.name] {
			t.Errorf("%s: bounded is %v, tested is %v", s.name, bounded, tested[s.name])
		}
	}
}

func TestLoad_OtherFormsRefused(t *testing.T) {
	tests := []struct{ name, entry, want string }{
		{"mode", "AUTHGRAPH_MODE=Production", `AUTHGRAPH_MODE is "Production"; it must be development or production`},
		{"bool", "AUTHGRAPH_PLAYGROUND=no", `AUTHGRAPH_PLAYGROUND is "no"; it must be true or false`},
		{"int", "AUTHGRAPH_BCRYPT_COST=12.5", `AUTHGRAPH_BCRYPT_COST is "12.5"; it must be a whole number`},
		{"int64", "AUTHGRAPH_BODY_LIMIT=1MB", `AUTHGRAPH_BODY_LIMIT is "1MB"; it must be a whole number`},
		{"duration", "AUTHGRAPH_REQUEST_TIMEOUT=30", `AUTHGRAPH_REQUEST_TIMEOUT is "30"; it must be a duration such as 90s, 10m or 1h`},
		{"level", "AUTHGRAPH_LOG_LEVEL=info+2", `AUTHGRAPH_LOG_LEVEL is "info+2"; it must be debug or info or warn or error`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := mustFault(t, tt.entry); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestLoad_ProductionDemands(t *testing.T) {
	_, err := Load([]string{"AUTHGRAPH_MODE=production"})
	if err == nil {
		t.Fatal("got no fault")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "AUTHGRAPH_ISSUER is not set") ||
		!strings.HasPrefix(lines[1], "AUTHGRAPH_SECRETS is not set") {
		t.Errorf("got\n%v\nwant faults of the issuer and the secrets", err)
	}
	if c, err := Load(production()); err != nil || c.Audience != "https://accounts.example.com" {
		t.Errorf("got audience %q, %v, want the issuer", c.Audience, err)
	}
}

func TestLoad_SecretsForPostgreSQL(t *testing.T) {
	for _, mode := range []string{"development", "production"} {
		got := mustFault(t, "AUTHGRAPH_MODE="+mode, "AUTHGRAPH_ISSUER=https://a.example", "DATABASE_URL=postgres://localhost/a")
		for _, want := range []string{"AUTHGRAPH_SECRETS", "random secret per instance", "go run . secret new", "authgraph secret new"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: got %q, want %q in it", mode, got, want)
			}
		}
	}
}

func TestLoad_Unknown(t *testing.T) {
	tests := []struct{ given, want string }{
		{"AUTHGRAPH_ADR", "did you mean AUTHGRAPH_ADDR?"},
		{"AUTHGRAPH_REGISTRATIONS", "did you mean AUTHGRAPH_REGISTRATION?"},
		{"AUTHGRAPH_SECRET_FILE", "did you mean AUTHGRAPH_SECRETS_FILE?"},
		{"AUTHGRAPH_DATABASE_URL", "did you mean DATABASE_URL?"},
		{"AUTHGRAPH_ADDR_FILE", "docs/configuration.md lists the settings"},
		{"AUTHGRAPH_COLOUR_OF_BUTTONS", "docs/configuration.md lists the settings"},
	}
	for _, tt := range tests {
		t.Run(tt.given, func(t *testing.T) {
			want := tt.given + " is not a setting; " + tt.want
			if got := mustFault(t, tt.given+"="+password); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestLoad_Files(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	secrets := write("secrets", "k1:"+keyText+"\n")
	database := write("database", "postgres://u:"+password+"@localhost/a\r\n")
	c, err := Load([]string{"AUTHGRAPH_SECRETS_FILE=" + secrets, "DATABASE_URL_FILE=" + database})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.DatabaseURL.Reveal(), "postgres://u:"+password+"@localhost/a?sslmode=prefer"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if secrets := c.Secrets.Reveal(); len(secrets) != 1 || secrets[0].Encode() != "k1:"+keyText {
		t.Error("the secret is not the one in the file")
	}

	absent := filepath.Join(dir, "absent")
	tests := []struct {
		name    string
		environ []string
		want    string
	}{
		{"both", []string{"AUTHGRAPH_SECRETS=k1:" + keyText, "AUTHGRAPH_SECRETS_FILE=" + secrets},
			"AUTHGRAPH_SECRETS and AUTHGRAPH_SECRETS_FILE are both set; set one of them"},
		{"absent", []string{"DATABASE_URL_FILE=" + absent},
			"DATABASE_URL_FILE names " + absent + ", which can't be read: no such file or directory; name a file that this user may read"},
		{"empty", []string{"DATABASE_URL_FILE=" + write("empty", "\n")},
			"DATABASE_URL_FILE names " + filepath.Join(dir, "empty") + ", which is empty; write the secret into it"},
		{"two newlines", []string{"DATABASE_URL_FILE=" + write("two", "postgres://u:"+password+"@localhost/a\n\n")},
			"DATABASE_URL is no URL that can be read; write it as postgres://user:password@host:5432/name, with reserved characters of the password percent-encoded"},
		{"the secret itself", []string{"DATABASE_URL_FILE=postgres://u:" + password + "@localhost/a"},
			"DATABASE_URL_FILE is not the path of a file; it may hold the secret itself, which goes into the variable without _FILE"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := mustFault(t, tt.environ...); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestLoad_BodyLargerThanMemoryAllows(t *testing.T) {
	got := mustFault(t, "AUTHGRAPH_BODY_LIMIT=1048577")
	if want := "AUTHGRAPH_BODY_LIMIT is more than a 512th of AUTHGRAPH_MEMORY; such a body would find no place; make it smaller, or the memory larger"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if _, err := Load([]string{"AUTHGRAPH_BODY_LIMIT=1048577", "AUTHGRAPH_MEMORY=1073741824"}); err != nil {
		t.Errorf("with more memory: got %v, want no fault", err)
	}
}

func TestLoad_StreamsFollowMemory(t *testing.T) {
	for name, row := range map[string]struct {
		environ []string
		want    int
	}{
		"default":      {nil, 1536},
		"a gibibyte":   {[]string{"AUTHGRAPH_MEMORY=1073741824"}, 3072},
		"a tebibyte":   {[]string{"AUTHGRAPH_MEMORY=1099511627776"}, 1_000_000},
		"set by hand":  {[]string{"AUTHGRAPH_MEMORY=1073741824", "AUTHGRAPH_STREAMS=9"}, 9},
		"the smallest": {[]string{"AUTHGRAPH_MEMORY=134217728"}, 384},
	} {
		c, err := Load(row.environ)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if c.Streams != row.want {
			t.Errorf("%s: got %d, want %d", name, c.Streams, row.want)
		}
	}
}
