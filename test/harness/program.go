package harness

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

	"authgraph/internal/cli"
)

// asProgram makes the binary of the tests the program itself, so that they can start it as a process of its own, with
// real signals and exit codes, and without a build.
const asProgram = "TEST_AS_PROGRAM"

// Main is the TestMain of packages whose tests call LaunchProgram.
func Main(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		cli.Main()
		return
	}
	os.Exit(m.Run())
}

// Program is `serve` as a process of its own.
type Program struct {
	API
	Address string // "" if it ended before it served
	Process *os.Process
	Ended   chan struct{}
	// When ended is closed:
	code int
	logs bytes.Buffer // standard error
}

// LaunchProgram starts `serve` on a free port, with nothing in its environment but environ, and returns when it serves or has
// ended.
func LaunchProgram(t *testing.T, environ ...string) *Program {
	t.Helper()
	p := &Program{Ended: make(chan struct{})}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "serve")
	cmd.Dir = t.TempDir() // the test removes unexpected files
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
	p.Process = cmd.Process
	t.Cleanup(func() {
		_ = p.Process.Kill() // it may have ended
		<-p.Ended
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
		close(p.Ended)
	}()
	select {
	case p.Address = <-address:
		p.API = API{BaseURL: "http://" + p.Address, HTTP: &http.Client{}}
	case <-p.Ended:
	case <-time.After(time.Minute):
		t.Fatal("the program neither serves nor has ended within a minute")
	}
	return p
}

// StartProgram is LaunchProgram for a server that has to start.
func StartProgram(t *testing.T, environ ...string) *Program {
	t.Helper()
	p := LaunchProgram(t, environ...)
	if p.Address == "" {
		t.Fatalf("serve ended with code %d instead of serving: %s", p.code, p.logs.String())
	}
	return p
}

// Terminate sends SIGTERM.
func (p *Program) Terminate(t *testing.T) {
	t.Helper()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// Wait returns the exit code and the log of a program that is to end by itself.
func (p *Program) Wait(t *testing.T) (int, string) {
	t.Helper()
	select {
	case <-p.Ended:
	case <-time.After(time.Minute):
		t.Fatal("the program has not ended within a minute")
	}
	return p.code, p.logs.String()
}
