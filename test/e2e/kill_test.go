package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"authgraph/db/dbtest"
	"authgraph/internal/prove"
	"authgraph/internal/seal"
	"authgraph/test/harness"
)

// fleet is server processes that are killed and started again.
type fleet struct {
	environ []string
	mu      sync.Mutex
	running []*harness.Program
	acts    atomic.Int64 // acknowledged requests
}

// any returns one that runs.
func (f *fleet) any() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.running[rand.IntN(len(f.running))].Address
}

// kill ends one with SIGKILL, in the middle of whatever it does, and puts another in its place.
func (f *fleet) kill(t *testing.T) {
	t.Helper()
	f.mu.Lock()
	n := rand.IntN(len(f.running))
	victim := f.running[n]
	f.mu.Unlock()
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-victim.Ended
	next := harness.StartProgram(t, f.environ...)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.running[n] = next
}

// worker registers, signs in, refreshes and signs out, and repeats a request whose response was lost.
type worker struct {
	fleet *fleet
	name  string
	over  func() bool
	held  []harness.SignIn // sessions that go on
	ended []harness.SignIn // sessions whose end was acknowledged
	users int
}

var errLost = errors.New("the answer was lost")

// ask sends one request to any instance. errLost: it may or may not have been carried out.
func (w *worker) ask(bearer, document string, variables map[string]any) (string, error) {
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	if err != nil {
		return "", err
	}
	r, err := http.NewRequest(http.MethodPost, "http://"+w.fleet.any()+"/graphql", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/json")
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	client := http.Client{Timeout: harness.Patience}
	response, err := client.Do(r)
	if err != nil {
		return "", errLost
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || strings.Contains(string(text), "SERVICE_UNAVAILABLE") || strings.Contains(string(text), "OVERLOADED") {
		return "", errLost
	}
	return string(text), nil
}

// insist asks until there is an answer.
func (w *worker) insist(bearer, document string, variables map[string]any) string {
	for deadline := time.Now().Add(3 * harness.Patience); time.Now().Before(deadline); {
		if text, err := w.ask(bearer, document, variables); err == nil {
			w.fleet.acts.Add(1)
			return text
		}
	}
	return "no answer"
}

func (w *worker) signIn(t *testing.T, field, document string, variables map[string]any) (harness.SignIn, string) {
	t.Helper()
	text := w.insist("", document, variables)
	var got struct{ Data map[string]*harness.SignIn }
	if err := json.Unmarshal([]byte(text), &got); err != nil || got.Data[field] == nil {
		return harness.SignIn{}, text
	}
	return *got.Data[field], text
}

func (w *worker) run(t *testing.T) {
	for !w.over() && !t.Failed() {
		switch n := rand.IntN(100); {
		case n < 5 || len(w.held) == 0:
			w.register(t)
		case n < 10:
			w.login(t)
		case n < 85:
			w.refresh(t, rand.IntN(len(w.held)))
		default:
			w.logout(t, rand.IntN(len(w.held)))
		}
	}
}

func (w *worker) input(user int) map[string]any {
	return map[string]any{"i": map[string]any{"email": fmt.Sprintf("%s-%d@example.com", w.name, user), "password": harness.Password}}
}

func (w *worker) register(t *testing.T) {
	s, text := w.signIn(t, "register", `mutation($i: RegisterInput!) { register(input: $i) `+harness.SignInFields+` }`, w.input(w.users))
	if s.AccessToken == "" && !strings.Contains(text, "EMAIL_TAKEN") { // taken: by the same request, whose answer was lost
		t.Errorf("register: %s", text)
		return
	}
	w.users++
	if s.AccessToken != "" {
		w.held = append(w.held, s)
	}
}

func (w *worker) login(t *testing.T) {
	s, text := w.signIn(t, "login", `mutation($i: LoginInput!) { login(input: $i) `+harness.SignInFields+` }`, w.input(rand.IntN(w.users)))
	if s.AccessToken == "" {
		t.Errorf("an account that was acknowledged can't sign in: %s", text)
		return
	}
	w.held = append(w.held, s)
}

func (w *worker) refresh(t *testing.T, n int) {
	s, text := w.signIn(t, "refresh", `mutation($t: String) { refresh(refreshToken: $t) `+harness.SignInFields+` }`,
		map[string]any{"t": w.held[n].RefreshToken})
	if s.AccessToken == "" {
		t.Errorf("a false sign-out: %s", text)
		return
	}
	w.held[n] = s
}

func (w *worker) logout(t *testing.T, n int) {
	text := w.insist(w.held[n].AccessToken, `mutation { logout { endedSessionIds } }`, nil)
	if !strings.Contains(text, `"endedSessionIds":[`) {
		t.Errorf("logout: %s", text)
		return
	}
	w.ended = append(w.ended, w.held[n])
	w.held = append(w.held[:n], w.held[n+1:]...)
}

// check looks at everything that was acknowledged.
func (w *worker) check(t *testing.T) {
	for n := range w.held {
		if text := w.insist(w.held[n].AccessToken, `{ me { id } }`, nil); !strings.HasPrefix(text, `{"data":{"me":{`) {
			t.Errorf("a session that goes on: %s", text)
		}
		w.refresh(t, n)
	}
	for _, s := range w.ended {
		if text := w.insist(s.AccessToken, `{ me { id } }`, nil); !strings.Contains(text, "SESSION_ENDED") {
			t.Errorf("a session that was ended: %s", text)
		}
		text := w.insist("", `mutation($t: String) { refresh(refreshToken: $t) { accessToken } }`, map[string]any{"t": s.RefreshToken})
		if !strings.Contains(text, "REFRESH_TOKEN_INVALID") {
			t.Errorf("the refresh token of a session that was ended: %s", text)
		}
	}
	for user := range w.users {
		if s, text := w.signIn(t, "login", `mutation($i: LoginInput!) { login(input: $i) `+harness.SignInFields+` }`, w.input(user)); s.AccessToken == "" {
			t.Errorf("an account that was acknowledged can't sign in: %s", text)
		}
	}
}

// Server processes are killed in the middle of what people do: whatever was acknowledged is there, whatever was ended
// stays ended, and no other session has ended.
func TestKill(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		processes int
		environ   func() []string
	}{
		"SQLite": {1, func() []string { return []string{"AUTHGRAPH_DATA_DIR=" + t.TempDir()} }},
		"PostgreSQL": {3, func() []string {
			return []string{"DATABASE_URL=" + dbtest.Postgres(t), "AUTHGRAPH_SECRETS=" + seal.Secret{ID: "a"}.Encode()}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			f := &fleet{environ: row.environ()}
			for range row.processes {
				f.running = append(f.running, harness.StartProgram(t, f.environ...))
			}
			var over atomic.Bool
			var workers []*worker
			var wait sync.WaitGroup
			for n := range 4 {
				w := &worker{fleet: f, name: fmt.Sprint("worker", n), over: over.Load}
				workers = append(workers, w)
				wait.Go(func() { w.run(t) })
			}
			kills := prove.Size(5, 200)
			for range kills {
				for before := f.acts.Load(); f.acts.Load() < before+20 && !t.Failed(); {
					time.Sleep(time.Millisecond) // the workers set the pace
				}
				f.kill(t)
			}
			over.Store(true)
			wait.Wait()
			var held, ended, users int
			for _, w := range workers {
				wait.Go(func() { w.check(t) })
			}
			wait.Wait()
			for _, w := range workers {
				held, ended, users = held+len(w.held), ended+len(w.ended), users+w.users
			}
			t.Logf("%d kills, %d answers; checked: %d accounts, %d sessions that go on, %d that were ended",
				kills, f.acts.Load(), users, held, ended)
			if ended == 0 || held == 0 {
				t.Error("nothing was ended, or nothing went on")
			}
			checkLog(t, f.environ, workers)
		})
	}
}
