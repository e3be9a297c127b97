package serverkit

import (
	"testing"
)

func TestInvocation(t *testing.T) {
	for executable, want := range map[string]string{
		"authgraph":                "authgraph",
		"./authgraph":              "authgraph",
		"/usr/local/bin/authgraph": "authgraph",
		"/tmp/go-build180066598/b001/exe/authgraph":         "go run .",
		"/home/ada/.cache/go-build/71/71a4b254-d/authgraph": "go run .",
	} {
		if got := invocation(executable); got != want {
			t.Errorf("%s: got %q, want %q", executable, got, want)
		}
	}
}
