package graph

import (
	"errors"
	"fmt"
	"testing"
)

// placeFrom returns the place of an empty request, with the bytes of a server of 512 MiB.
func placeFrom(t *testing.T, address, account string) (*inFlight, *place) {
	t.Helper()
	f := newInFlight(512 * mebibyte)
	p, err := f.enter(requestFrom(address, account), 0)
	if err != nil {
		t.Fatal(err)
	}
	return f, p
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
					if full = p.isFull(); full {
						p.leave()
					}
				}
			}
			p, err := f.enter(requestFrom("192.0.2.1", ""), 300)
			if err != nil || !p.grow(documentFactor*400) {
				t.Errorf("a sign-in found no place beside %d bytes: %v", f.taken(), err)
			}
		})
	}
}

// TestPlace_FieldsInParallel proves that the fields of an answer may be counted at the same time.
func TestPlace_FieldsInParallel(t *testing.T) {
	f, p := placeFrom(t, "192.0.2.1", "user_1")
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
	if got, least := f.taken(), int64(8000*(answerFactor*100+50)-answerStep); got < least {
		t.Errorf("held %d, want at least %d", got, least)
	}
}

// TestAnswerSize_Refusal proves that an answer that finds no place is refused as too large if it is large by itself.
func TestAnswerSize_Refusal(t *testing.T) {
	_, p := placeFrom(t, "192.0.2.1", "")
	p.answered(1 << 30)
	for name, row := range map[string]struct {
		memory int64
		want   error
	}{"small": {1000, errNoPlace}, "large": {largeAnswer + 1, errAnswerTooLarge}} {
		a := &answerSize{place: p}
		a.memory.Store(row.memory)
		if got := a.refusal(); !errors.Is(got, row.want) {
			t.Errorf("%s: got %v, want %v", name, got, row.want)
		}
	}
}
