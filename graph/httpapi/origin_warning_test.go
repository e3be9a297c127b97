package httpapi

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestOriginWarnings(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(1_700_000_000, 0)
	o := NewOriginWarnings(slog.New(slog.NewTextHandler(&out, nil)), func() time.Time { return now })
	lines := func() int {
		defer out.Reset()
		return strings.Count(out.String(), "level=WARN")
	}

	o.warn("https://a.test")
	o.warn("https://a.test")
	if got := lines(); got != 1 {
		t.Errorf("one origin twice: got %d lines, want 1", got)
	}
	now = now.Add(originWarningInterval - 1)
	if o.warn("https://a.test"); lines() != 0 {
		t.Error("got a line before the minute was over, want none")
	}
	now = now.Add(1)
	if o.warn("https://a.test"); lines() != 1 {
		t.Error("got no line after a minute, want one")
	}

	now = now.Add(originWarningInterval)
	for n := range 10 * maxWarnedOrigins {
		o.warn(fmt.Sprintf("https://%d.test", n))
	}
	if got := lines(); got != maxWarnedOrigins+1 {
		t.Errorf("a flood of origins: got %d lines, want %d and one for the others", got, maxWarnedOrigins)
	}
	if len(o.warned) != maxWarnedOrigins {
		t.Errorf("got %d origins in memory, want at most %d", len(o.warned), maxWarnedOrigins)
	}
	now = now.Add(originWarningInterval)
	if o.warn("https://new.test"); lines() != 1 || len(o.warned) != 1 {
		t.Errorf("a minute after the flood: got %d origins in memory, want 1 with its line", len(o.warned))
	}
}

func TestPrintable(t *testing.T) {
	tests := []struct {
		name, text, want string
	}{
		{"origin", "https://app.test:8443", "https://app.test:8443"},
		{"line break", "https://a\r\n{\"level\":\"ERROR\"}", `https://a??{"level":"ERROR"}`},
		{"spaces and escapes", "a b\x1b[31m\x7f", "a?b?[31m?"},
		{"letters of other alphabets", "https://bü.test", "https://b??.test"},
		{"long", strings.Repeat("a", 12), "aaaaaaaaaa"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			max := len(tt.text)
			if tt.name == "long" {
				max = 10
			}
			if got := printable(tt.text, max); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
