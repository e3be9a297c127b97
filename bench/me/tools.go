package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"authgraph/bench/load"
	"authgraph/bench/target"
)

// sender sends a document to a server as fast as it is answered.
type sender struct {
	suffix string // suffix of its rows in the table
	send   func(ctx context.Context, s *target.Server, j job, d time.Duration) (load.Result, error)
}

// job is what is to be sent, by how many connections, and what must come back.
type job struct {
	document, token string
	want            []byte
	clients         int
}

// sendersOf returns our own generator, and the named tools: load generators of other projects, which check
// ours.
func sendersOf(ctx context.Context, dir, names string) ([]sender, error) {
	all := []sender{{"", func(ctx context.Context, s *target.Server, j job, d time.Duration) (load.Result, error) {
		return load.Closed(ctx, load.Request{Address: s.Address, Raw: s.Raw(j.document, j.token), Want: j.want}, j.clients, d)
	}}}
	for name := range strings.SplitSeq(names, ",") {
		if name == "" {
			continue
		}
		t, err := newTool(ctx, dir, name)
		if err != nil {
			return nil, err
		}
		all = append(all, sender{", by " + name, t.send})
	}
	return all, nil
}

// tool is a program that sends.
type tool struct {
	name, program, dir string
	run                func(ctx context.Context, t tool, s *target.Server, j job, d time.Duration) (load.Result, error)
}

// known are the tools that can be had: through the Go module proxy, or of Debian.
var known = map[string]struct {
	module string
	run    func(ctx context.Context, t tool, s *target.Server, j job, d time.Duration) (load.Result, error)
}{
	"hey":    {"github.com/rakyll/hey@v0.1.5", runHey},
	"vegeta": {"github.com/tsenart/vegeta/v12@v12.13.0", runVegeta},
	"wrk":    {"", runWrk},
}

// newTool finds a tool, or builds it in dir.
func newTool(ctx context.Context, dir, name string) (tool, error) {
	of, ok := known[name]
	if !ok {
		return tool{}, fmt.Errorf("no tool is called %q: there are hey, vegeta and wrk", name)
	}
	t := tool{name: name, program: filepath.Join(dir, name), dir: dir, run: of.run}
	if of.module == "" {
		path, err := exec.LookPath(name)
		if err != nil {
			return tool{}, fmt.Errorf("%w; on Debian: apt-get install %s", err, name)
		}
		t.program = path
		return t, nil
	}
	install := exec.CommandContext(ctx, "go", "install", of.module)
	install.Env = append(os.Environ(), "GOBIN="+dir, "GOFLAGS=") // this module's flags are not for theirs
	if out, err := install.CombinedOutput(); err != nil {
		return tool{}, fmt.Errorf("go install %s: %w: %s", of.module, err, out)
	}
	return t, nil
}

// slack is how much longer than it was told a tool may take.
const slack = 30 * time.Second

func (t tool) send(ctx context.Context, s *target.Server, j job, d time.Duration) (load.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, d+slack)
	defer cancel()
	return t.run(ctx, t, s, j, d)
}

// output runs the tool.
func (t tool) output(ctx context.Context, args ...string) (stdout, stderr []byte, err error) {
	command := exec.CommandContext(ctx, t.program, args...)
	var out, said bytes.Buffer
	command.Dir, command.Stdout, command.Stderr = t.dir, &out, &said
	if err := command.Run(); err != nil {
		return nil, nil, fmt.Errorf("%s: %w: %s", t.name, err, said.Bytes())
	}
	return out.Bytes(), said.Bytes(), nil
}

// write puts a file for the tool into its folder, which other users cannot read, because it may hold a token.
func (t tool) write(name string, content []byte) error {
	return os.WriteFile(filepath.Join(t.dir, name), content, 0o600)
}

func urlOf(s *target.Server) string { return "http://" + s.Address + "/graphql" }

func (j job) body() []byte {
	body, _ := json.Marshal(map[string]string{"query": j.document}) // it never fails: strings
	return body
}
