package ratelimit

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"authgraph/auth"
	"authgraph/graph/reqctx"
)

// anonymousAt returns bounds with a budget, a clock that is set, and the refusals that were counted.
func anonymousAt(budget int64) (a *Anonymous, now *time.Time, refused map[string]int) {
	at, counts := time.Unix(1000, 0), map[string]int{}
	a = NewAnonymous(AnonymousWork{Budget: budget, Refused: func(reason string) { counts[reason]++ }}, nil, nil,
		func() time.Time { return at })
	return a, &at, counts
}

// TestAnonymous_Levels proves that a client has the budget, a /48 of IPv6 sixteen times as much and an IPv4 /24 too, that the
// time to wait is that of the window, and that a refusal uses up nothing.
func TestAnonymous_Levels(t *testing.T) {
	a, now, refused := anonymousAt(1000)
	served := func(site int) (n int) {
		for client := range 64 {
			for range 3 {
				if a.Take(clientAt(site, client), false, 500) == nil {
					n++
				}
			}
		}
		return n
	}
	if got, want := served(1), 32; got != want {
		t.Errorf("64 clients of a /48: got %d requests of half a budget served, want %d", got, want)
	}
	if got, want := refused[RefusedBudget], 64*3-32; got != want {
		t.Errorf("counted %d refusals, want %d", got, want)
	}
	if err := a.Take(clientAt(2, 0), false, 1000); err != nil {
		t.Errorf("a client of another /48: %v", err)
	}
	*now = now.Add(20 * time.Second)
	var limited *auth.Error
	if err := a.Take(clientAt(2, 0), false, 500); !errors.As(err, &limited) || limited.Code != auth.RateLimited || limited.RetryAfter != 40*time.Second {
		t.Errorf("above the budget: got %+v, want RATE_LIMITED with retryAfter 40s", limited)
	}
	if err := a.Take(clientAt(2, 0), false, FreeWork-1); err != nil {
		t.Errorf("free work above the budget: %v", err)
	}
	if err := a.Take(clientAt(2, 0), true, 1000); err != nil {
		t.Errorf("a mutation, after queries have used up the budget: %v", err)
	}
	*now = now.Add(40 * time.Second)
	if err := a.Take(clientAt(2, 0), false, 1000); err != nil {
		t.Errorf("in the next window: %v", err)
	}
}

// TestAnonymous_SignInsBesideQueries proves that the document of a sign-in is read while queries wait for their turns.
func TestAnonymous_SignInsBesideQueries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := NewAnonymous(AnonymousWork{}, nil, nil, time.Now)
		leave, err := a.Enter(t.Context(), clientAt(1, 0))
		if err != nil {
			t.Fatal(err)
		}
		defer leave()
		began, selection := time.Now(), strings.Repeat("tokenType ", 20)
		done, err := a.Read(t.Context(), clientAt(2, 0), `mutation { refresh { `+selection+`} }`)
		if err != nil || time.Since(began) != 0 {
			t.Fatalf("a mutation: got %v after %v, want its turn at once", err, time.Since(began))
		}
		done()
		if _, err := a.Read(t.Context(), clientAt(2, 0), `query { me { `+selection+`} }`); !errors.Is(err, reqctx.ErrNoPlace) || time.Since(began) != turnPatience {
			t.Errorf("a query: got %v after %v, want %v after %v", err, time.Since(began), reqctx.ErrNoPlace, turnPatience)
		}
	})
}

func TestIsMutation(t *testing.T) {
	for source, want := range map[string]bool{
		"mutation { logout }": true, "mutation": true, "mutation($i: X) {a}": true, "# a\r\n , \ufeffmutation{a}": true, "mutation#": true,
		"mutations { a }": false, "{ mutation }": false, "query mutation { a }": false, "# mutation": false, "": false,
		"fragment mutation on Query { a } mutation { a }": false,
	} {
		if got := isMutation(source); got != want {
			t.Errorf("%q: got %v, want %v", source, got, want)
		}
	}
}
