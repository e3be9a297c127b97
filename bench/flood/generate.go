package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"authgraph/bench/load"
	"authgraph/bench/target"
)

// counts are numbers of answers by error code; "" for a success, "failed" for no answer.
type counts map[string]int

// maxOutstanding bounds the requests of the flood that await an answer; further ones are counted as "skipped".
const maxOutstanding = 2048

// floods are the networks that flood. Each /64 lies in a /56 of its own.
var floods = []struct {
	address  string
	networks int
}{{"2001:db8:1:%x00::1", 64}, {"2001:dba:1:%x00::1", 16}}

// generate floods a server in an open loop until standard input ends, and prints the counts of its answers as JSON.
func generate(address string, perSecond int) error {
	ctx := target.UntilStopped()
	var mu sync.Mutex
	answers := counts{}
	note := func(code string) {
		mu.Lock()
		defer mu.Unlock()
		answers[code]++
	}
	var outstanding atomic.Int64
	var all sync.WaitGroup
	for site, flood := range floods {
		all.Go(func() {
			n := 0
			load.Steady(ctx, perSecond, func(time.Time) {
				n++
				from, email := fmt.Sprintf(flood.address, n%flood.networks), fmt.Sprintf("nobody%d-%d@example.com", site, n)
				if outstanding.Add(1) > maxOutstanding {
					outstanding.Add(-1)
					note("skipped")
					return
				}
				all.Go(func() {
					defer outstanding.Add(-1)
					a, err := target.Login(context.Background(), address, from, email, "not the password", "")
					if err != nil {
						a.Code = "failed"
					}
					note(a.Code)
				})
			})
		})
	}
	all.Wait()
	return json.NewEncoder(os.Stdout).Encode(answers)
}
