package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"authgraph/bench/load"
	"authgraph/bench/target"
)

// counts are numbers of answers to the flood by error code; "OK" for none, "failed" for no answer.
type counts map[string]int

// maxOutstanding bounds the requests of the flood that await an answer; further ones are counted as "skipped".
const maxOutstanding = 1024

// generate floods a server in an open loop, with each kind of request in turn, until standard input ends. It prints the
// counts of its answers as JSON.
func generate(address string, s settings) error {
	var mu sync.Mutex
	answers := counts{}
	note := func(code string) {
		mu.Lock()
		defer mu.Unlock()
		answers[code]++
	}
	kinds := flooding(s.kind)
	first := int(time.Now().UnixNano()) // documents that were never sent before
	var outstanding atomic.Int64
	var all sync.WaitGroup
	n := 0
	load.Steady(target.UntilStopped(), s.perSecond, func(time.Time) {
		n++
		body, from := kinds[n%len(kinds)].body(first+n), fmt.Sprintf("2001:%x:1::1", 0xdb9+n/len(kinds)%s.networks)
		if outstanding.Add(1) > maxOutstanding {
			outstanding.Add(-1)
			note("skipped")
			return
		}
		all.Go(func() {
			defer outstanding.Add(-1)
			answer, _, err := target.Post(context.Background(), address, from, body, nil)
			if err != nil {
				note("failed")
				return
			}
			note(codeOf(answer))
		})
	})
	all.Wait()
	return json.NewEncoder(os.Stdout).Encode(answers)
}

// codeOf returns the first error's code in an answer.
func codeOf(answer []byte) string {
	_, rest, found := strings.Cut(string(answer[:min(len(answer), 1000)]), `"code":"`)
	code, _, ended := strings.Cut(rest, `"`)
	if !found || !ended || strings.HasPrefix(string(answer), `{"data"`) {
		return "OK"
	}
	return code
}
