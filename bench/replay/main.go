// Command replay compares the answers of two builds of the server. It starts both with the same settings, sends the requests of
// requests.txt to both in step, and prints each difference. It fails if there is one.
//
// Compared: status, headers, cookies, data, errors, closing codes, and the order of frames and events. Ids, tokens and cursors
// are compared by the order in which they appear. Not compared: messages, explanations, times, lengths of bodies, pages.
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"authgraph/bench/target"
)

//go:embed requests.txt
var requests string

const administrator = "admin@example.com"

func main() {
	base := flag.String("base", "", "revision or program that is the standard")
	head := flag.String("head", "", "revision or program that is compared; the files here if empty")
	file := flag.String("requests", "", "file of requests in place of the program's own")
	verbose := flag.Bool("v", false, "print each answer of head")
	flag.Parse()
	different, err := run(*base, *head, *file, *verbose)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	if err != nil || different > 0 {
		os.Exit(1)
	}
}

func run(base, head, file string, verbose bool) (different int, err error) {
	if base == "" {
		return 0, errors.New("-base is missing: name a revision or a program")
	}
	text := requests
	if file != "" {
		read, err := os.ReadFile(file)
		if err != nil {
			return 0, err
		}
		text = string(read)
	}
	sections, err := parse(text)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	dir, err := os.MkdirTemp("", "authgraph-bench-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	var programs [2]string
	for i, revision := range []string{base, head} {
		if programs[i], err = target.BuildRevision(ctx, filepath.Join(dir, fmt.Sprint("build", i)), revision); err != nil {
			return 0, err
		}
	}
	total := 0
	for _, s := range sections {
		n, d, err := compareSection(ctx, filepath.Join(dir, s.name), programs, s, verbose)
		total, different = total+n, different+d
		if err != nil {
			return different, fmt.Errorf("server %s: %w", s.name, err)
		}
	}
	fmt.Printf("%d requests, %d differences\n", total, different)
	return different, nil
}

// compareSection starts both programs with the settings of a section and compares the answers to its requests.
func compareSection(
	ctx context.Context, dir string, programs [2]string, s section, verbose bool,
) (total, different int, err error) {
	var sides [2]*side
	for i, program := range programs {
		data := filepath.Join(dir, fmt.Sprint(i))
		server, startErr := start(ctx, data, program, s)
		if startErr != nil {
			return 0, 0, startErr
		}
		defer func() { err = errors.Join(err, server.Stop()) }()
		sides[i] = newSide(server.Address)
	}
	return compareAll(ctx, sides, s.requests, os.Stdout, verbose)
}

// start starts a program with an administrator and the files of a section.
func start(ctx context.Context, dir, program string, s section) (*target.Server, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	for name, content := range s.files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			return nil, err
		}
	}
	environ := target.Production(dir)
	for _, e := range s.environ {
		environ = append(environ, strings.ReplaceAll(e, "{dir}", dir))
	}
	if err := target.Administrator(ctx, program, environ, administrator); err != nil {
		return nil, err
	}
	return target.Start(ctx, dir, "server", environ, "/readyz", program)
}

// compareAll sends each request to both sides at once and prints the differences of the answers.
func compareAll(
	ctx context.Context, sides [2]*side, requests []request, out io.Writer, verbose bool,
) (total, different int, err error) {
	for _, r := range requests {
		for n := range max(1, r.times) {
			var answers [2]answer
			var errs [2]error
			var sending sync.WaitGroup
			for i, s := range sides {
				sending.Go(func() { answers[i], errs[i] = s.send(ctx, r) })
			}
			sending.Wait()
			if err := errors.Join(errs[0], errs[1]); err != nil {
				return total, different, fmt.Errorf("request %q: %w", r.name, err)
			}
			total++
			if verbose {
				fmt.Fprintf(out, "%s\n\t%s\n", r.name, strings.Join(answers[1].lines(), "\n\t"))
			}
			for _, d := range compare(answers[0], answers[1]) {
				different++
				fmt.Fprintf(out, "%s, attempt %d: %s\n", r.name, n+1, d)
			}
			last := max(sides[0].last, sides[1].last)
			sides[0].last, sides[1].last = last, last // the numbers agree again after a difference
		}
	}
	return total, different, nil
}
