package httpapi

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"authgraph/auth"
	"authgraph/graph/reqctx"
)

// bodyFrom returns a request from an address with a body of unknown length.
func bodyFrom(address string, body io.Reader) *http.Request {
	r := httptest.NewRequestWithContext(requestFrom(address, ""), http.MethodPost, "/graphql", struct{ io.Reader }{body})
	r.Header.Set("Content-Type", mediaJSON)
	return r
}

// TestPlacedBody_Unsent proves that clients of 64 networks that announce bodies and do not send them leave places to others.
func TestPlacedBody_Unsent(t *testing.T) {
	f := reqctx.NewInFlight(512 * mebibyte)
	for n := range 64 {
		for range 5 {
			if _, err := enterRequest(f, bodyFrom(fmt.Sprintf("192.0.%d.1", n), strings.NewReader(""))); err != nil {
				t.Fatalf("client %d: %v", n, err)
			}
		}
	}
	if _, err := enterRequest(f, bodyFrom("198.51.100.1", strings.NewReader(""))); err != nil {
		t.Errorf("another client: %v", err)
	}
}

// TestPlacedBody_Grows proves that the bytes of a body have a place once they are read, and that a body without one is
// refused.
func TestPlacedBody_Grows(t *testing.T) {
	const size = 60 << 10
	body := `{"query":"{__typename}"}` + strings.Repeat(" ", size)
	f := reqctx.NewInFlight(512 * mebibyte)
	r := bodyFrom("192.0.2.1", strings.NewReader(body))
	p, err := enterRequest(f, r)
	if err != nil {
		t.Fatal(err)
	}
	if _, wrong := readRequest(r, &valueLimit{max: 10, place: p}); wrong != nil {
		t.Error(wrong.refusal())
	}
	if got, minimum, limit := f.Held(), int64(reqctx.RequestBytes+reqctx.TextFactor*size), int64(reqctx.RequestBytes+reqctx.TextFactor*(size+2*bodyStep)); got < minimum || got > limit {
		t.Errorf("held: got %d, want between %d and %d", got, minimum, limit)
	}
	p.Leave()
	f = reqctx.NewInFlight(100 << 10 * 16 / 3) // three sixteenths are for requests
	r = bodyFrom("192.0.2.1", strings.NewReader(body))
	if p, err = enterRequest(f, r); err != nil {
		t.Fatal(err)
	}
	if _, wrong := readRequest(r, &valueLimit{max: 10, place: p}); wrong == nil || wrong.refusal().Code != auth.Overloaded || wrong.status != http.StatusServiceUnavailable {
		t.Errorf("without a place: got %+v, want %v", wrong, reqctx.ErrNoPlace)
	}
	p.Leave()
	if got := f.Held(); got != 0 {
		t.Errorf("held afterwards: got %d, want 0", got)
	}
}
