package seal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
)

// counting yields 0, 1, 2 and so on.
type counting byte

func (c *counting) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(*c)
		*c++
	}
	return len(p), nil
}

func TestGenerate(t *testing.T) {
	s, err := Generate(new(counting))
	const want = "00010203:BAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiM="
	if got := s.Encode(); got != want || err != nil {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	back, err := Parse(s.Encode())
	if err != nil || len(back) != 1 || back[0] != s {
		t.Errorf("got %v, %v back from Parse, want the same secret", back, err)
	}
}

func TestGenerate_NoEntropy(t *testing.T) {
	for _, n := range []int{0, 3, 4, 35} {
		if s, err := Generate(bytes.NewReader(make([]byte, n))); err == nil || s != (Secret{}) {
			t.Errorf("%d random bytes: got %v, %v, want an error", n, s, err)
		}
	}
	broken := errors.New("broken")
	if _, err := Generate(io.MultiReader(strings.NewReader("12345"), brokenReader{broken})); !errors.Is(err, broken) {
		t.Errorf("got error %v, want %v", err, broken)
	}
}

type brokenReader struct{ err error }

func (r brokenReader) Read([]byte) (int, error) { return 0, r.err }

func TestSecret_ShowsNoKey(t *testing.T) {
	s := secret("spring", 0xab)
	const want = "spring:[redacted]"
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X"} {
		for _, v := range []any{s, &s} {
			if got := fmt.Sprintf(verb, v); got != want {
				t.Errorf("%s of %T: got %q, want %q", verb, v, got, want)
			}
		}
	}
	if got := fmt.Sprintf("%v", []Secret{s}); got != "["+want+"]" {
		t.Errorf("in a slice: got %q", got)
	}
	if got, err := json.Marshal(map[string]any{"a": s, "b": &s}); string(got) != `{"a":"`+want+`","b":"`+want+`"}` || err != nil {
		t.Errorf("as JSON: got %s, %v", got, err)
	}
	if got := slog.AnyValue(s).Resolve().Any(); got != want {
		t.Errorf("as a log value: got %v of type %T", got, got)
	}
	var b bytes.Buffer
	timeless := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey { // its digits could be those of the key
			return slog.Attr{}
		}
		return a
	}}
	slog.New(slog.NewTextHandler(&b, timeless)).Info("", "secret", s)
	slog.New(slog.NewJSONHandler(&b, timeless)).Info("", "secret", &s)
	if got := strings.Count(b.String(), want); got != 2 || strings.Contains(b.String(), "171") {
		t.Errorf("in logs: got %q", b.String())
	}
}
