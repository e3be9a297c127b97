package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asProgram makes the binary of the tests the program itself, so that they can start it as a process of its own, with
// real signals and exit codes, and without a build.
const asProgram = "TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// program is `serve` as a process of its own.
type program struct {
	api
	address string // "" if it ended before it served
	process *os.Process
	ended   chan struct{}
	// When ended is closed:
	code int
	logs bytes.Buffer // standard error
}

// launch starts `serve` on a free port, with nothing in its environment but environ, and returns when it serves or has
// ended.
func launch(t *testing.T, environ ...string) *program {
	t.Helper()
	p := &program{ended: make(chan struct{})}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "serve")
	cmd.Dir = t.TempDir() // what it should not write goes away
	cmd.Env = append([]string{asProgram + "=1", "AUTHGRAPH_ADDR=127.0.0.1:0", "AUTHGRAPH_BCRYPT_COST=10",
		"AUTHGRAPH_HASH_NICE=0", "AUTHGRAPH_RATE_LIMITS=false"}, environ...)
	cmd.Stderr = &p.logs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.process = cmd.Process
	t.Cleanup(func() {
		_ = p.process.Kill() // it may have ended
		<-p.ended
	})
	address := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if url, found := strings.CutPrefix(lines.Text(), "Endpoint    http://"); found {
				address <- strings.TrimSuffix(url, "/graphql")
			}
		}
		_, _ = io.Copy(io.Discard, out)
		_ = cmd.Wait() // the code tells
		p.code = cmd.ProcessState.ExitCode()
		close(p.ended)
	}()
	select {
	case p.address = <-address:
		p.api = api{"http://" + p.address, &http.Client{}}
	case <-p.ended:
	case <-time.After(time.Minute):
		t.Fatal("the program neither serves nor has ended within a minute")
	}
	return p
}

// serving is launch for a server that has to start.
func serving(t *testing.T, environ ...string) *program {
	t.Helper()
	p := launch(t, environ...)
	if p.address == "" {
		t.Fatalf("serve ended with code %d instead of serving: %s", p.code, p.logs.String())
	}
	return p
}

// terminate sends SIGTERM.
func (p *program) terminate(t *testing.T) {
	t.Helper()
	if err := p.process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// wait returns the exit code and the log of a program that is to end by itself.
func (p *program) wait(t *testing.T) (int, string) {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(time.Minute):
		t.Fatal("the program has not ended within a minute")
	}
	return p.code, p.logs.String()
}
