package config

import (
	"strings"
	"testing"
)

func TestLoad_Kubernetes(t *testing.T) {
	for _, row := range []struct {
		name, value string
		ignored     bool
	}{
		{"AUTHGRAPH_SERVICE_HOST", "10.0.0.1", true},
		{"AUTHGRAPH_SERVICE_PORT", "80", true},
		{"AUTHGRAPH_SERVICE_PORT_HTTP", "80", true},
		{"AUTHGRAPH_PORT", "tcp://10.0.0.1:80", true},
		{"AUTHGRAPH_PORT", "udp://10.0.0.1:80", true},
		{"AUTHGRAPH_PORT", "sctp://10.0.0.1:80", true},
		{"AUTHGRAPH_PORT_80_TCP", "tcp://10.0.0.1:80", true},
		{"AUTHGRAPH_PORT_80_TCP_PROTO", "tcp", true},
		{"AUTHGRAPH_PORT_53_UDP_ADDR", "10.0.0.1", true},
		{"AUTHGRAPH_PORT_9_SCTP_PORT", "9", true},
		{"AUTHGRAPH_METRICS_SERVICE_HOST", "10.0.0.1", true},
		{"AUTHGRAPH_METRICS_PORT", "tcp://10.0.0.1:9090", true},
		{"AUTHGRAPH_METRICS_PORT_9090_TCP_ADDR", "10.0.0.1", true},
		{"AUTHGRAPH_PORT", "8080", false},
		{"AUTHGRAPH_PORTS", "tcp://10.0.0.1:80", false},
		{"AUTHGRAPH_PORT_HTTP", "8080", false},
		{"AUTHGRAPH_SERVICE_NAME", "authgraph", false},
		{"AUTHGRAPH_SERVICE_HOSTS", "10.0.0.1", false},
		{"AUTHGRAPH_REGISTRATON", "false", false},
	} {
		t.Run(row.name+"="+row.value, func(t *testing.T) {
			_, err := Load([]string{row.name + "=" + row.value})
			if row.ignored && err != nil {
				t.Errorf("got %v, want the variable ignored", err)
			}
			if !row.ignored && (err == nil || !strings.Contains(err.Error(), row.name+" is not a setting")) {
				t.Errorf("got %v, want that it is not a setting", err)
			}
		})
	}
}

func TestLoad_SSLMode(t *testing.T) {
	for _, row := range []struct{ name, url, variable, want string }{
		{"nothing said", "postgres://u@db.example.com/a", "", "postgres://u@db.example.com/a?sslmode=prefer"},
		{"other parameters", "postgres:///a?connect_timeout=3", "", "postgres:///a?connect_timeout=3&sslmode=prefer"},
		{"in the URL", "postgres://h/a?sslmode=disable", "", "postgres://h/a?sslmode=disable"},
		{"in the environment", "postgres://h/a", "PGSSLMODE=require", "postgres://h/a"},
		{"a service", "postgres:///a?service=x", "", "postgres:///a?service=x"},
		{"a service in the environment", "postgres:///a", "PGSERVICE=x", "postgres:///a"},
	} {
		t.Run(row.name, func(t *testing.T) {
			c, err := Load([]string{"DATABASE_URL=" + row.url, "AUTHGRAPH_SECRETS=k1:" + keyText, row.variable})
			if err != nil {
				t.Fatal(err)
			}
			if got := c.DatabaseURL.Reveal(); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}
