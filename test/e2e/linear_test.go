package e2e

import (
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"authgraph/internal/prove"
	"authgraph/internal/proxy"
	"authgraph/test/harness"
)

// act is one operation on a session, and its instance.
type act struct {
	kind     string // "end", "refresh" or "read"
	instance int
}

// endedStaysEnded is a session as a register: it is active until it is ended, and never again.
var endedStaysEnded = porcupine.Model{
	Init: func() any { return false },
	Step: func(state, input, output any) (bool, any) {
		ended, _ := state.(bool)
		a, _ := input.(act)
		if a.kind == "end" {
			return true, true
		}
		return output == ended, ended
	},
}

// history is what was done to one session.
type history struct {
	mu   sync.Mutex
	acts []porcupine.Operation
	done chan struct{} // closed when its end has been answered
}

func (h *history) add(client int, a act, began time.Time, ended bool, returned time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.acts = append(h.acts, porcupine.Operation{
		ClientId: client, Input: a, Call: began.UnixNano(), Output: ended, Return: returned.UnixNano(),
	})
}

// overall is the history as it must be linearizable over all instances: what is read may be as old as the bound, if it
// says that the session is active. An end whose answer was lost may have come about at any time, or never.
func (h *history) overall() (acts []porcupine.Operation) {
	for _, o := range h.acts {
		if a, _ := o.Input.(act); a.kind == "read" && o.Output == false {
			o.Call -= bound.Nanoseconds()
		}
		acts = append(acts, o)
	}
	return acts
}

// through is the history as one instance must show it, without any leeway for what it does itself: once it has ended a
// session, or has said that it ended, the session does not go on there any more.
func (h *history) through(instance int) (acts []porcupine.Operation) {
	for _, o := range h.acts {
		a, _ := o.Input.(act)
		switch {
		case a.kind == "end" && a.instance != instance && o.Return != math.MaxInt64:
			o.Return += bound.Nanoseconds()
		case a.kind != "end" && a.instance != instance:
			continue
		}
		acts = append(acts, o)
	}
	return acts
}

// Sessions are read, refreshed and ended through three instances, whose ways to the database are cut, swallowed and
// healed in between. Every session's history is linearizable.
func TestInstances_Linearizable(t *testing.T) {
	t.Parallel()
	all := instances(t, 3)
	all[0].Register(t, "ada@example.com", harness.Password)
	stop := trouble(all)
	total := 0
	for range prove.Size(4, 200) {
		histories := make([]*history, 5)
		var wait sync.WaitGroup
		for n := range histories {
			histories[n] = &history{done: make(chan struct{})}
			wait.Go(func() { histories[n].play(t, all, n%2 == 0) })
		}
		wait.Wait()
		for _, h := range histories {
			total += len(h.acts)
			if got := porcupine.CheckOperationsTimeout(endedStaysEnded, h.overall(), harness.Patience); got != porcupine.Ok {
				t.Errorf("over all instances: %s: %+v", got, h.acts)
			}
			for i := range all {
				if got := porcupine.CheckOperationsTimeout(endedStaysEnded, h.through(i), harness.Patience); got != porcupine.Ok {
					t.Errorf("instance %d: %s: %+v", i, got, h.acts)
				}
			}
		}
		if t.Failed() {
			break
		}
	}
	t.Logf("%d acts, %d troubles", total, stop())
}

// trouble comes over one instance at a time until it is stopped.
func trouble(all []instance) (stop func() int64) {
	var count atomic.Int64
	ended, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		for n := 0; ; n++ {
			p := all[rand.IntN(len(all))].proxy
			[]func(*proxy.Proxy){
				(*proxy.Proxy).SwallowListeners, (*proxy.Proxy).SwallowListeners, (*proxy.Proxy).Swallow,
				(*proxy.Proxy).Cut, func(p *proxy.Proxy) { p.Delay(100 * time.Millisecond) },
			}[n%5](p)
			count.Add(1)
			select {
			case <-ended:
				p.Heal()
				return
			case <-time.After(3 * bound): // long enough for what is not heard to be noticed
			}
			p.Heal()
		}
	}()
	return func() int64 {
		close(ended)
		<-over
		return count.Load()
	}
}

// play has one session live and end. A refresh that is refused tells its instance that the session has ended, so there
// are sessions without any too.
func (h *history) play(t *testing.T, all []instance, refreshes bool) {
	var s harness.SignIn
	for s.AccessToken == "" { // trouble may be in the way
		s, _ = all[rand.IntN(len(all))].Login(t, "ada@example.com", nil)
	}
	var wait sync.WaitGroup
	var reads atomic.Int64
	for i := range all {
		wait.Go(func() { h.read(t, all, i, s.AccessToken, &reads) })
	}
	if refreshes {
		wait.Go(func() { h.refresh(t, all, s.RefreshToken) })
	}
	wait.Go(func() {
		defer close(h.done)
		for reads.Load() < 20 {
			time.Sleep(time.Millisecond) // the readers set the pace
		}
		h.end(t, all, s)
	})
	wait.Wait()
}

// readFor is how long a session is still looked at when it has ended.
const readFor = 2 * bound

func (h *history) over(since *time.Time) bool {
	select {
	case <-h.done:
		if since.IsZero() {
			*since = time.Now()
		}
		return time.Since(*since) > readFor
	default:
		return false
	}
}

func (h *history) read(t *testing.T, all []instance, i int, token string, reads *atomic.Int64) {
	var since time.Time
	for !h.over(&since) {
		began := time.Now()
		got := all[i].Query(t, token, `{ me { id } }`, nil)
		returned := time.Now()
		switch {
		case strings.HasPrefix(got.Body, `{"data":{"me":{`):
			h.add(i, act{"read", i}, began, false, returned)
		case strings.Contains(got.Body, "SESSION_ENDED"):
			h.add(i, act{"read", i}, began, true, returned)
		case !strings.Contains(got.Body, "SERVICE_UNAVAILABLE"):
			t.Errorf("me: %s", got.Body)
			return
		}
		reads.Add(1)
		time.Sleep(time.Duration(rand.IntN(10)) * time.Millisecond) // so that a history stays short
	}
}

func (h *history) refresh(t *testing.T, all []instance, token string) {
	var since time.Time
	for !h.over(&since) {
		i := rand.IntN(len(all))
		began := time.Now()
		fresh, a := all[i].Refresh(t, token)
		returned := time.Now()
		switch {
		case fresh.RefreshToken != "":
			token = fresh.RefreshToken
			h.add(3, act{"refresh", i}, began, false, returned)
		case strings.Contains(a.Body, "REFRESH_TOKEN_INVALID"):
			h.add(3, act{"refresh", i}, began, true, returned)
		case !strings.Contains(a.Body, "SERVICE_UNAVAILABLE"):
			t.Errorf("refresh: %s", a.Body)
			return
		}
		time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond)
	}
}

// end ends the session, through whichever instance can.
func (h *history) end(t *testing.T, all []instance, s harness.SignIn) {
	for client := 4; ; client++ {
		i := rand.IntN(len(all))
		began := time.Now()
		got := all[i].Query(t, s.AccessToken, `mutation { logout { endedSessionIds } }`, nil)
		if strings.Contains(got.Body, `"endedSessionIds":`) {
			h.add(client, act{"end", i}, began, true, time.Now())
			return
		}
		h.add(client, act{"end", i}, began, true, time.Unix(0, math.MaxInt64)) // it may have happened, or happen yet
		if !strings.Contains(got.Body, "SERVICE_UNAVAILABLE") {
			t.Errorf("logout: %s", got.Body)
			return
		}
	}
}
