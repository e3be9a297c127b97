// Command alike compares the response times of fields that must not reveal whether an address has an account: `login` with a
// wrong password, and `requestPasswordReset`. Calls for known and unknown addresses alternate in random order, each address is
// used once. A two-sample test (Mann and Whitney, 1947) must not tell the two apart, and must find a difference of 5 ms that is
// added to the measured times.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"time"

	"authgraph/bench/load"
	"authgraph/bench/target"
	"authgraph/internal/pgtest"
)

const (
	// significant is the probability below which two samples differ.
	significant = 0.001
	// seeded is the difference that the test must find.
	seeded = 5 * time.Millisecond
)

// fields are the measured fields, by a document with the variable e.
var fields = []struct{ name, document string }{
	{"login", `mutation($e: EmailAddress!) { login(input: { email: $e, password: "a wrong password" }) { accessToken } }`},
	{"requestPasswordReset", `mutation($e: EmailAddress!) { requestPasswordReset(email: $e) { ok } }`},
}

func main() {
	calls := flag.Int("calls", 300, "number of calls for known addresses, and for unknown ones")
	runs := flag.Int("runs", 3, "number of runs")
	flag.Parse()
	if err := run(*calls, *runs); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(calls, runs int) (err error) {
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
	cluster, err := pgtest.Genuine()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cluster.Close()) }()
	url, err := cluster.Create()
	if err != nil {
		return err
	}
	var faults error
	for _, s := range []struct{ name, setting string }{{"SQLite", "DATABASE_URL="}, {"PostgreSQL", "DATABASE_URL=" + url}} {
		faults = errors.Join(faults, onDatabase(ctx, dir, program, s.name, s.setting, calls, runs))
	}
	return faults
}

func onDatabase(ctx context.Context, dir, program, name, setting string, calls, runs int) (err error) {
	environ := append(target.Production(dir), setting, "AUTHGRAPH_RATE_LIMITS=false", "AUTHGRAPH_BCRYPT_COST=10",
		"AUTHGRAPH_APP_URL=https://app.example.com", "AUTHGRAPH_MAIL_FROM=no-reply@example.com",
		"AUTHGRAPH_SMTP_URL=smtp://127.0.0.1:9?starttls=off") // nothing listens there
	server, err := target.Start(ctx, dir, name, environ, "/readyz", program)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	known := func(i int) string { return fmt.Sprintf("known%d@example.com", i) }
	if err := register(ctx, server.Address, calls*runs*len(fields), known); err != nil {
		return err
	}
	used := 0
	var faults error
	for _, field := range fields {
		for n := range runs {
			var addresses [2][]string
			for range calls {
				addresses[0] = append(addresses[0], known(used))
				addresses[1] = append(addresses[1], fmt.Sprintf("other%d@example.com", used))
				used++
			}
			times, err := measure(ctx, server.Address, field.document, addresses)
			if err != nil {
				return err
			}
			p := differ(times[0], times[1])
			later := slices.Clone(times[0])
			for i := range later {
				later[i] += seeded
			}
			found := differ(later, times[1])
			fmt.Printf("%-10s  %-20s  run %d  known %8.3f ms  unknown %8.3f ms  p %.4f  with 5 ms more p %.1e\n", name, field.name, n+1,
				median(times[0]), median(times[1]), p, found)
			if p < significant {
				faults = errors.Join(faults, fmt.Errorf("%s, %s, run %d: the times differ (p %.1e)", name, field.name, n+1, p))
			}
			if found >= significant {
				faults = errors.Join(faults, fmt.Errorf("%s, %s, run %d: the test does not find 5 ms (p %.1e)", name, field.name, n+1, found))
			}
		}
	}
	return faults
}

// register makes n accounts, a few at once.
func register(ctx context.Context, address string, n int, email func(int) string) error {
	errs := make(chan error, n)
	limit := make(chan struct{}, 4)
	var all sync.WaitGroup
	for i := range n {
		limit <- struct{}{}
		all.Go(func() {
			defer func() { <-limit }()
			s, err := target.RegisterFrom(ctx, address, "", email(i))
			if err == nil && s.Code != "" {
				err = fmt.Errorf("register %s: %s", email(i), s.Code)
			}
			errs <- err
		})
	}
	all.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// measure calls a field once for each address, one call at a time, in random order.
func measure(ctx context.Context, address, document string, addresses [2][]string) (times [2][]time.Duration, err error) {
	type call struct{ kind, i int }
	var calls []call
	for kind, all := range addresses {
		for i := range all {
			calls = append(calls, call{kind, i})
		}
	}
	rand.Shuffle(len(calls), func(i, j int) { calls[i], calls[j] = calls[j], calls[i] })
	for _, c := range calls {
		body, err := json.Marshal(map[string]any{"query": document, "variables": map[string]any{"e": addresses[c.kind][c.i]}})
		if err != nil {
			return times, err
		}
		began := time.Now()
		if _, _, err := target.Post(ctx, address, "", body, nil); err != nil {
			return times, err
		}
		times[c.kind] = append(times[c.kind], time.Since(began))
	}
	return times, nil
}

// differ returns the probability that two samples of one distribution differ at least as much as a and b: the two-sided test of
// Mann and Whitney, by the normal approximation, without a correction for ties.
func differ(a, b []time.Duration) float64 {
	type value struct {
		d     time.Duration
		first bool
	}
	var all []value
	for _, d := range a {
		all = append(all, value{d, true})
	}
	for _, d := range b {
		all = append(all, value{d, false})
	}
	slices.SortFunc(all, func(x, y value) int { return int(x.d - y.d) })
	ranks := 0.0
	for i, v := range all {
		if v.first {
			ranks += float64(i + 1)
		}
	}
	n, m := float64(len(a)), float64(len(b))
	u := ranks - n*(n+1)/2
	z := (u - n*m/2) / math.Sqrt(n*m*(n+m+1)/12)
	return math.Erfc(math.Abs(z) / math.Sqrt2)
}

func median(times []time.Duration) float64 {
	sorted := slices.Sorted(slices.Values(times))
	return float64(load.Quantile(sorted, 0.5)) / float64(time.Millisecond)
}
