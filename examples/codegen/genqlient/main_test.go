package main

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

const password = "correct horse battery staple"

func TestWhoami(t *testing.T) {
	url, create := serve(t)
	create("ada@example.com", "admin")
	create("bob@example.com", "user")
	tests := []struct{ email, want string }{
		{"ada@example.com", "SESSIONS_REVOKE"},
		{"bob@example.com", "bob@example.com []"},
	}
	for _, test := range tests {
		t.Run(test.email, func(t *testing.T) {
			got, err := whoami(t.Context(), url, test.email, password)
			if err != nil || !strings.Contains(got, test.want) {
				t.Errorf("got %q, %v; want %q in it", got, err, test.want)
			}
		})
	}
	t.Run("a wrong password", func(t *testing.T) {
		_, err := whoami(t.Context(), url, "ada@example.com", "not this one")
		var list gqlerror.List
		if !errors.As(err, &list) || list[0].Extensions["code"] != "INVALID_CREDENTIALS" {
			t.Errorf("got %v, want INVALID_CREDENTIALS", err)
		}
	})
}

// serve starts the real server on a folder of the test's, and returns the URL of its API and what makes accounts.
func serve(t *testing.T) (url string, create func(email, role string)) {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "authgraph")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir = "../../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	_ = listener.Close()
	env := append(os.Environ(), "AUTHGRAPH_ADDR="+addr, "AUTHGRAPH_DATA_DIR="+filepath.Join(dir, "data"), "AUTHGRAPH_BCRYPT_COST=10")

	ctx, cancel := context.WithCancel(context.Background())
	server := exec.CommandContext(ctx, program, "serve")
	var log bytes.Buffer
	server.Env, server.Stdout, server.Stderr = env, &log, &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = server.Wait() // killed
	})
	deadline := time.After(30 * time.Second)
	for !ready("http://" + addr + "/readyz") {
		select {
		case <-deadline:
			t.Fatal("the server is not ready after 30 s")
		case <-time.After(50 * time.Millisecond):
		}
	}
	return "http://" + addr + "/graphql", func(email, role string) {
		t.Helper()
		user := exec.Command(program, "user", "create", "--email", email, "--role", role, "--password-stdin")
		user.Env, user.Stdin = env, strings.NewReader(password+"\n")
		if out, err := user.CombinedOutput(); err != nil {
			t.Fatalf("user create: %v\n%s", err, out)
		}
	}
}

func ready(url string) bool {
	answer, err := http.Get(url)
	if err != nil {
		return false
	}
	return answer.Body.Close() == nil && answer.StatusCode == http.StatusOK
}
