package config

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/lib/pq"
)

func TestLoad_Transport(t *testing.T) {
	tests := []struct {
		name, url string
		pg        string // an additional PG* variable
		want      string // text of the fault, empty for success
	}{
		{name: "verified", url: "postgres://u:p@db.example.com/a?sslmode=verify-full"},
		{name: "the other scheme", url: "postgresql://db.example.com/a?sslmode=verify-full"},
		{name: "no sslmode", url: "postgres://db.example.com/a", want: "without verifying"},
		{name: "sslmode in the environment", url: "postgres://db.example.com/a", pg: "PGSSLMODE=verify-full", want: "without verifying"},
		{name: "require", url: "postgres://db.example.com/a?sslmode=require", want: "without verifying"},
		{name: "verify-ca", url: "postgres://db.example.com/a?sslmode=verify-ca", want: "without verifying"},
		{name: "twice", url: "postgres://db.example.com/a?sslmode=disable&sslmode=verify-full", want: "without verifying"},
		{name: "localhost", url: "postgres://localhost:5432/a?sslmode=disable"},
		{name: "IPv4 loopback", url: "postgres://127.8.8.8/a"},
		{name: "IPv6 loopback", url: "postgres://[::1]:5432/a"},
		{name: "no host", url: "postgres:///a"},
		{name: "socket", url: "postgres:///a?host=/run/postgresql"},
		{name: "abstract socket", url: "postgres:///a?host=@pg"},
		{name: "host as a parameter", url: "postgres:///a?host=db.example.com", want: "without verifying"},
		{name: "first elsewhere", url: "postgres://db.example.com,localhost/a", want: "without verifying"},
		{name: "second elsewhere", url: "postgres://localhost:5432,db.example.com:5432/a", want: "without verifying"},
		{name: "both elsewhere, verified", url: "postgres://u:p@a.example:5432,b.example:5433/a?sslmode=verify-full"},
		{name: "both loopback", url: "postgres://127.0.0.1:5432,[::1]:5433/a"},
		{name: "both as parameters", url: "postgres:///a?host=localhost,db.example.com&port=1,2", want: "without verifying"},
		{name: "socket beside another machine", url: "postgres:///a?host=/run/postgresql,db.example.com&sslmode=verify-full", want: "drops TLS"},
		{name: "address elsewhere", url: "postgres://localhost/a?hostaddr=192.0.2.1", want: "without verifying"},
		{name: "address here, name elsewhere", url: "postgres://db.example.com/a?hostaddr=127.0.0.1", want: "without verifying"},
		{name: "PGHOST", url: "postgres:///a", pg: "PGHOST=db.example.com", want: "without verifying"},
		{name: "PGHOST overruled", url: "postgres://localhost/a", pg: "PGHOST=db.example.com"},
		{name: "PGHOSTADDR", url: "postgres://localhost/a", pg: "PGHOSTADDR=192.0.2.1", want: "without verifying"},
		{name: "service", url: "postgres://localhost/a?service=x", want: "service file"},
		{name: "PGSERVICE", url: "postgres://localhost/a", pg: "PGSERVICE=x", want: "service file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load(production("DATABASE_URL="+tt.url, tt.pg))
			if tt.want == "" && err != nil {
				t.Errorf("got %v, want no fault", err)
			}
			if text := fmt.Sprint(err); tt.want != "" && (!strings.HasPrefix(text, "DATABASE_URL ") || !strings.Contains(text, tt.want)) {
				t.Errorf("got %v, want a fault of DATABASE_URL with %q", err, tt.want)
			}
			environ := []string{"DATABASE_URL=" + tt.url, tt.pg, "AUTHGRAPH_SECRETS=k1:" + keyText}
			if _, err := Load(environ); err != nil {
				t.Errorf("in development: got %v, want no fault", err)
			}
		})
	}
}

func TestLoad_DatabaseURLRefused(t *testing.T) {
	tests := []struct{ name, url, want string }{
		{"another database", "mysql://u:" + password + "@h/a", "is not the URL of a PostgreSQL"},
		{"key and value", "host=h password=" + password, "is not the URL of a PostgreSQL"},
		{"no slashes", "postgres:" + password, "is not the URL of a PostgreSQL"},
		{"slash in the password", "postgres://u:" + password + "/x@h/a", "is no URL that can be read"},
		{"hash in the password", "postgres://u:1#" + password + "@h/a", "is no URL that can be read"},
		{"percent in the password", "postgres://u:%" + password + "@h/a", "is no URL that can be read"},
		{"socket as a host", "postgres://u:" + password + "@%2Frun%2Fpostgresql/a", "is no URL that can be read"},
		{"broken second host", "postgres://u:" + password + "@h,b:c:d/a", "is no URL that can be read"},
		{"broken parameters", "postgres://u:" + password + "@h/a?sslmode=%zz", "is no URL that can be read"},
		{"hosts twice", "postgres://u:" + password + "@h/a?host=i", "names hosts before the path and in the parameter"},
		{"several hosts twice", "postgres://u:" + password + "@h,i/a?host=j", "names hosts before the path and in the parameter"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := mustFault(t, "AUTHGRAPH_SECRETS=k1:"+keyText, "DATABASE_URL="+tt.url)
			if !strings.HasPrefix(got, "DATABASE_URL "+tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if strings.Contains(got, password) {
				t.Errorf("got %q, which holds the password", got)
			}
		})
	}
}

// TestDatabaseURL_Driver asks lib/pq where it would connect to.
func TestDatabaseURL_Driver(t *testing.T) {
	for _, name := range []string{"PGHOST", "PGHOSTADDR", "PGPORT", "PGSERVICE", "PGUSER", "PGDATABASE"} {
		t.Setenv(name, "") // so that it is restored: to lib/pq an empty variable is set
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct{ url, want string }{
		{"postgres://u:p%2Fw@h:1/a", "u p/w a h:1"},
		{"postgres://u:p%2Fw@h:1,i:2/a?connect_timeout=2", "u p/w a h:1 i:2"},
		{"postgres://u:p%2Fw@h,i:2,[::1]:3/a", "u p/w a h:5432 i:2 ::1:3"},
		{"postgres://u:p%2Fw@h,i/a?port=7,8", "u p/w a h:7 i:8"},
		{"postgres://u:p%2Fw@,i:2/a", "u p/w a localhost:5432 i:2"},
		{"postgres://u:p%2Fw@/a?host=h,i&port=1,2", "u p/w a h:1 i:2"},
	}
	for _, tt := range tests {
		t.Run(tt.url, func(t *testing.T) {
			url, err := parseDatabaseURL(tt.url)
			if err != nil {
				t.Fatal(err)
			}
			c, err := pq.NewConfig(url.Reveal())
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprintf("%s %s %s %s:%d", c.User, c.Password, c.Database, c.Host, c.Port)
			for _, other := range c.Multi {
				got += fmt.Sprintf(" %s:%d", other.Host, other.Port)
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
