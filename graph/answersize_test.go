package graph

import (
	"errors"
	"fmt"
	"testing"

	"authgraph/graph/httpapi"
	"authgraph/graph/reqctx"
)

// placeFrom returns the place of an empty request, with the bytes of a server of 512 MiB.
func placeFrom(t *testing.T, address, account string) (*reqctx.InFlight, *reqctx.Place) {
	t.Helper()
	f := reqctx.NewInFlight(512 * mebibyte)
	p, err := f.Enter(requestFrom(address, account), 0)
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
			f := reqctx.NewInFlight(512 * mebibyte)
			n := 0
			// Each size as often as it finds a place. A refusal is short, so it is written without waiting for the client.
			for size := int64(reqctx.AnswerFactor * maxAnswer); size >= reqctx.AnswerFactor*httpapi.ShortBody; size -= reqctx.AnswerStep {
				for full := false; !full; n++ {
					own := account
					if own != "" {
						own = fmt.Sprint(account, n)
					}
					p, err := f.Enter(requestFrom(subnet(n, n/256), own), 300)
					if err != nil {
						break
					}
					p.GrowAnswer(size)
					if full = p.Full(); full {
						p.Leave()
					}
				}
			}
			p, err := f.Enter(requestFrom("192.0.2.1", ""), 300)
			if err != nil || !p.Grow(reqctx.DocumentFactor*400) {
				t.Errorf("a sign-in found no place beside %d bytes: %v", f.Held(), err)
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
	if got, minimum := f.Held(), int64(8000*(reqctx.AnswerFactor*100+50)-reqctx.AnswerStep); got < minimum {
		t.Errorf("held %d, want at least %d", got, minimum)
	}
}

// TestAnswerSize_Refusal proves that an answer that finds no place is refused as too large if it is large by itself.
func TestAnswerSize_Refusal(t *testing.T) {
	_, p := placeFrom(t, "192.0.2.1", "")
	p.GrowAnswer(1 << 30)
	for name, row := range map[string]struct {
		memory int64
		want   error
	}{"small": {1000, reqctx.ErrNoPlace}, "large": {largeAnswer + 1, errAnswerTooLarge}} {
		a := &answerSize{place: p}
		a.memory.Store(row.memory)
		if got := a.refusal(); !errors.Is(got, row.want) {
			t.Errorf("%s: got %v, want %v", name, got, row.want)
		}
	}
}
