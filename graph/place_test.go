package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"testing"

	"authgraph/auth"
)

const mebibyte = 1 << 20

// requestFrom returns the context of a request from an address, by a signed-in caller if account is not "".
func requestFrom(address, account string) context.Context {
	ctx := context.WithValue(context.Background(), recordKey{}, &record{client: address})
	if account != "" {
		ctx = auth.With(ctx, &auth.Principal{Subject: account})
	}
	return ctx
}

// subnet returns an address in the /64 with number n of 2001:db8:site::/48.
func subnet(site, n int) string {
	return netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, byte(site >> 8), byte(site), byte(n), byte(n >> 8), 15: 1}).String()
}

// TestInFlight_AnonymousFlood proves that no number of anonymous clients takes the bytes of signed-in callers, and that
// the clients of a single /48 leave bytes to other anonymous clients.
func TestInFlight_AnonymousFlood(t *testing.T) {
	f := newInFlight(512 * mebibyte)
	fill := func(site int) (places int) {
		for n := range 256 {
			if _, err := f.enter(requestFrom(subnet(site, n), ""), 64<<10); err != nil {
				continue
			}
			places++
		}
		return places
	}
	one := fill(0)
	if _, err := f.enter(requestFrom("192.0.2.1", ""), 300); err != nil {
		t.Errorf("an anonymous client of another network: %v", err)
	}
	for site := 1; site < 20; site++ {
		fill(site)
	}
	for n := range 2 * 256 { // small ones fill the rest
		for range 2 {
			_, _ = f.enter(requestFrom(subnet(20+n/256, n), ""), 0)
		}
	}
	if held := f.held.Load(); held > 72*mebibyte || held < 70*mebibyte {
		t.Errorf("anonymous clients hold %d bytes, want about 72 MiB", held)
	}
	if got := int64(one) * (requestBytes + textFactor*64<<10); got > 18*mebibyte {
		t.Errorf("one /48 holds %d bytes, want at most 18 MiB", got)
	}
	if _, err := f.enter(requestFrom("192.0.2.2", ""), 300); !errors.Is(err, errNoPlace) {
		t.Errorf("an anonymous client when all places are taken: got %v, want %v", err, errNoPlace)
	}
	if _, err := f.enter(requestFrom("192.0.2.2", "user_1"), 64<<10); err != nil {
		t.Errorf("a signed-in caller: %v", err)
	}
}

// TestInFlight_SignedInFlood proves that a single account, and a single address, leave bytes to other accounts.
func TestInFlight_SignedInFlood(t *testing.T) {
	for name, row := range map[string]func(n int) context.Context{
		"one account": func(n int) context.Context { return requestFrom(subnet(n, 0), "user_1") },
		"one address": func(n int) context.Context { return requestFrom("192.0.2.1", fmt.Sprint("user_", n)) },
	} {
		t.Run(name, func(t *testing.T) {
			f := newInFlight(512 * mebibyte)
			for n := range 1000 {
				_, _ = f.enter(row(n), 64<<10)
			}
			if held := f.held.Load(); held > 6*mebibyte {
				t.Errorf("it holds %d bytes, want at most 6 MiB", held)
			}
			if _, err := f.enter(requestFrom("198.51.100.1", "user_other"), 64<<10); err != nil {
				t.Errorf("another caller: %v", err)
			}
		})
	}
}

// TestInFlight_LargeAnswers proves that clients that do not read large answers, anonymous or signed in, leave places for
// sign-ins.
func TestInFlight_LargeAnswers(t *testing.T) {
	for name, account := range map[string]string{"anonymous": "", "signed in": "user_"} {
		t.Run(name, func(t *testing.T) {
			f := newInFlight(512 * mebibyte)
			n := 0
			// Each size as often as it finds a place. A refusal is short, so it is written without waiting for the client.
			for size := int64(answerFactor * maxAnswer); size >= answerFactor*shortBody; size -= answerStep {
				for full := false; !full; n++ {
					own := account
					if own != "" {
						own = fmt.Sprint(account, n)
					}
					p, err := f.enter(requestFrom(subnet(n, n/256), own), 300)
					if err != nil {
						break
					}
					p.answered(size)
					if full = p.full.Load(); full {
						p.leave()
					}
				}
			}
			p, err := f.enter(requestFrom("192.0.2.1", ""), 300)
			if err != nil || !p.grow(documentFactor*400) {
				t.Errorf("a sign-in found no place beside %d bytes: %v", f.held.Load(), err)
			}
		})
	}
}

// TestInFlight_Impersonator proves that an impersonator takes no bytes from the account that they act as.
func TestInFlight_Impersonator(t *testing.T) {
	f := newInFlight(512 * mebibyte)
	for n := range 1000 {
		acting := auth.With(requestFrom(subnet(n, 0), ""), &auth.Principal{Subject: "user_1", Actor: "user_2"})
		_, _ = f.enter(acting, 300)
	}
	if _, err := f.enter(requestFrom("192.0.2.1", "user_1"), 300); err != nil {
		t.Errorf("the account itself: %v", err)
	}
}

// TestPlace_GivesBack proves that a place gives back the bytes of its request and of its answers, refused ones included.
func TestPlace_GivesBack(t *testing.T) {
	for name, account := range map[string]string{"anonymous": "", "signed in": "user_1"} {
		t.Run(name, func(t *testing.T) {
			f := newInFlight(512 * mebibyte)
			p, err := f.enter(requestFrom("192.0.2.1", account), 1000)
			if err != nil {
				t.Fatal(err)
			}
			p.grow(5000)
			p.answered(100 << 10)
			if got, want := f.held.Load(), int64(requestBytes+textFactor*1000+5000+100<<10); got != want {
				t.Errorf("held for an answer: got %d, want %d", got, want)
			}
			p.next()
			if got, want := f.held.Load(), int64(requestBytes+textFactor*1000+5000); got != want {
				t.Errorf("held for the next answer: got %d, want %d", got, want)
			}
			p.answered(100 * mebibyte)
			if !p.full.Load() {
				t.Error("an answer of 100 MiB has a place")
			}
			p.leave()
			p.leave()
			if got := f.held.Load() + f.anonymous.Held() + f.signedIn.Held() + int64(len(f.accounts)); got != 0 {
				t.Errorf("held afterwards: got %d, want 0", got)
			}
		})
	}
}

// TestPlace_FieldsInParallel proves that the fields of an answer may be counted at the same time.
func TestPlace_FieldsInParallel(t *testing.T) {
	f := newInFlight(512 * mebibyte)
	p, err := f.enter(requestFrom("192.0.2.1", "user_1"), 0)
	if err != nil {
		t.Fatal(err)
	}
	a := &answerSize{place: p}
	done := make(chan struct{})
	for range 8 {
		go func() {
			for range 1000 {
				a.add(100, 50)
			}
			done <- struct{}{}
		}()
	}
	for range 8 {
		<-done
	}
	if got := a.size.Load(); got != 800_000 {
		t.Errorf("counted %d, want 800000", got)
	}
	if got, least := f.held.Load(), int64(8000*(answerFactor*100+50)-answerStep); got < least {
		t.Errorf("held %d, want at least %d", got, least)
	}
}

func TestCountValues(t *testing.T) {
	for text, want := range map[string]int{
		`{}`: 1, `{"a":1}`: 2, `{"a":[1,-2.5e+3,"x",true,false,null,{}]}`: 9, `{"a\"b:,{":"c\\"}`: 2, `{"i":{"email":"a","b":[]}}`: 4, `[[[[]]]]`: 4,
	} {
		if got := countValues([]byte(text)); got != want {
			t.Errorf("%s: got %d, want %d", text, got, want)
		}
	}
}

func FuzzCountValues(f *testing.F) {
	f.Add(`{"a":[1,-2.5e+3,"x\"",true,{"b":null}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		var value any
		if json.Unmarshal([]byte(text), &value) != nil {
			return
		}
		if got, least := countValues([]byte(text)), leaves(value); got < least { // names may come twice, with a value each
			t.Fatalf("%q: got %d, want at least %d", text, got, least)
		}
	})
}

func leaves(value any) int {
	n := 1
	switch v := value.(type) {
	case map[string]any:
		for _, member := range v {
			n += leaves(member)
		}
	case []any:
		for _, element := range v {
			n += leaves(element)
		}
	}
	return n
}

// TestAnswerSize_Refusal proves that an answer that finds no place is refused as too large if it is large by itself.
func TestAnswerSize_Refusal(t *testing.T) {
	for name, row := range map[string]struct {
		memory int64
		want   error
	}{"small": {1000, errNoPlace}, "large": {largeAnswer + 1, errAnswerTooLarge}} {
		a := &answerSize{place: &place{}}
		a.place.full.Store(true)
		a.memory.Store(row.memory)
		if got := a.refusal(); !errors.Is(got, row.want) {
			t.Errorf("%s: got %v, want %v", name, got, row.want)
		}
	}
}
