package httpapi

import (
	"log/slog"
	"sync"
	"time"
)

const (
	// maxWarnedOrigins bounds how many origins are remembered, and so how many warnings a minute has.
	maxWarnedOrigins = 100
	// maxLoggedOrigin bounds what a client can write into the log as its origin, in bytes. A host has up to 253.
	maxLoggedOrigin = 300
	// originWarningInterval is the time between two warnings of one origin.
	originWarningInterval = time.Minute
)

// OriginWarnings logs origins that are not listed, each at most once a minute.
type OriginWarnings struct {
	log *slog.Logger
	now func() time.Time

	mu       sync.Mutex
	warned   map[string]time.Time
	overflow time.Time // when further origins were last mentioned
}

// NewOriginWarnings returns warnings that go to log.
func NewOriginWarnings(log *slog.Logger, now func() time.Time) *OriginWarnings {
	return &OriginWarnings{log: log, now: now, warned: map[string]time.Time{}}
}

// warn logs origin, unless it was logged within the last minute. Above maxWarnedOrigins a minute it logs one line for
// all further origins.
func (o *OriginWarnings) warn(origin string) {
	switch origin = printable(origin, maxLoggedOrigin); o.due(origin) {
	case warnOrigin:
		o.log.Warn("origin " + origin + " is not in AUTHGRAPH_ORIGINS")
	case warnOverflow:
		o.log.Warn("further origins are not in AUTHGRAPH_ORIGINS", "perMinute", maxWarnedOrigins)
	}
}

type originWarning int

const (
	warnNothing originWarning = iota
	warnOrigin
	warnOverflow
)

func (o *OriginWarnings) due(origin string) originWarning {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.now()
	if last, known := o.warned[origin]; known && now.Sub(last) < originWarningInterval {
		return warnNothing
	}
	if len(o.warned) >= maxWarnedOrigins {
		for other, last := range o.warned {
			if now.Sub(last) >= originWarningInterval {
				delete(o.warned, other)
			}
		}
	}
	if len(o.warned) >= maxWarnedOrigins {
		if now.Sub(o.overflow) < originWarningInterval {
			return warnNothing
		}
		o.overflow = now
		return warnOverflow
	}
	o.warned[origin] = now
	return warnOrigin
}

// printable returns text of at most max bytes, with ? for each byte that is not a visible ASCII character.
func printable(text string, max int) string {
	cleaned := []byte(text[:min(len(text), max)])
	for i, c := range cleaned {
		if c <= ' ' || c > '~' {
			cleaned[i] = '?'
		}
	}
	return string(cleaned)
}
