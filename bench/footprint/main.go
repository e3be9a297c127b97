// Command footprint measures what this server takes: from its start to its first answer, in memory when idle, and for each
// idle socket with one subscription. There is nothing to compare it with in the same run; none of it is a rate.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"authgraph/bench/target"
)

func main() {
	sockets := flag.Int("sockets", 5000, "how many sockets are opened, each with one subscription")
	starts := flag.Int("starts", 9, "how often the server is started")
	rest := flag.Duration("rest", 5*time.Minute, "how long the sockets rest; Go collects garbage every two minutes at least")
	flag.Parse()
	if err := run(*sockets, *starts, *rest); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(sockets, starts int, rest time.Duration) (err error) {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "authgraph-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	program, err := target.Build(ctx, dir)
	if err != nil {
		return err
	}
	if err := size(ctx, dir); err != nil {
		return err
	}
	environ := append(target.Production(dir), "AUTHGRAPH_STREAMS_PER_SESSION=1000")
	var took []time.Duration
	for n := range starts + 1 {
		began := time.Now()
		s, err := target.Start(ctx, dir, "authgraph", environ, "/readyz", program)
		if err != nil {
			return err
		}
		if n > 0 { // the first one makes the database
			took = append(took, time.Since(began))
		}
		if err := s.Stop(); err != nil {
			return err
		}
	}
	slices.Sort(took)
	fmt.Printf("from exec to ready on an existing database: %v, the median of %d (looked at every %v)\n",
		took[len(took)/2].Round(time.Millisecond), starts, target.ReadyInterval)
	s, err := target.Start(ctx, dir, "authgraph", environ, "/readyz", program)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Stop()) }()
	idle, err := resident(s)
	if err != nil {
		return err
	}
	fmt.Printf("resident memory, idle: %.1f MiB\n", idle/1024)
	return held(ctx, s, sockets, rest)
}

// size prints how large the program is without its symbols.
func size(ctx context.Context, dir string) error {
	path := filepath.Join(dir, "stripped")
	if out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, ".").CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	fmt.Printf("stripped program: %.1f MB\n", float64(info.Size())/1e6)
	return nil
}

// resident is how much memory of the machine the process holds, in KiB.
func resident(s *target.Server) (kib float64, err error) {
	file, err := os.Open(fmt.Sprintf("/proc/%d/status", s.PID()))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if rest, found := strings.CutPrefix(lines.Text(), "VmRSS:"); found {
			_, err := fmt.Sscanf(rest, "%f kB", &kib)
			return kib, err
		}
	}
	return 0, errors.New("the process has no VmRSS: this is for Linux")
}
