package config

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Hidden is a value that prints as "[redacted]" under each verb of fmt, in
// slog, and in anything that encodes text or JSON. It holds a pointer because
// fmt calls no methods on what it reaches through unexported fields: there it
// prints an address, not the value; and a pointer to a pointer because fmt
// follows the first one to an array when the verb doesn't fit. The zero Hidden
// holds the zero value. Compare what Reveal returns, not two Hiddens.
type Hidden[T any] struct{ value **T }

// Hide returns value, hidden.
func Hide[T any](value T) Hidden[T] {
	p := &value
	return Hidden[T]{&p}
}

// Reveal returns the value itself, for the one place that needs it.
func (h Hidden[T]) Reveal() T {
	if h.value == nil {
		var zero T
		return zero
	}
	return **h.value
}

// String returns "[redacted]".
func (h Hidden[T]) String() string { return redacted }

// GoString returns "[redacted]".
func (h Hidden[T]) GoString() string { return redacted }

// Format writes "[redacted]" for every verb: fmt asks String for some only.
func (h Hidden[T]) Format(to fmt.State, _ rune) { _, _ = io.WriteString(to, redacted) }

// LogValue returns "[redacted]".
func (h Hidden[T]) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns "[redacted]".
func (h Hidden[T]) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON returns "[redacted]" as a JSON string.
func (h Hidden[T]) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
