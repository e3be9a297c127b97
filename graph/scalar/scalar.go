// Package scalar reads and writes the schema's own scalars.
package scalar

import (
	"fmt"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"authgraph/auth"
)

func invalid(message string) error {
	return &auth.Error{Code: auth.BadUserInput, Reason: auth.ValueInvalid, Message: message}
}

// MarshalDateTime writes a point in time: RFC 3339, UTC.
func MarshalDateTime(t time.Time) graphql.Marshaler {
	return graphql.MarshalString(t.UTC().Format(time.RFC3339Nano))
}

// UnmarshalDateTime reads a point in time: RFC 3339, with any offset.
func UnmarshalDateTime(v any) (time.Time, error) {
	s, ok := v.(string)
	if !ok {
		return time.Time{}, invalid("A DateTime is a string")
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, invalid("A DateTime is as RFC 3339 has it, such as 2026-01-31T12:00:00Z")
	}
	return t.UTC(), nil
}

// MarshalDuration writes a length of time in Go's notation.
func MarshalDuration(d time.Duration) graphql.Marshaler { return graphql.MarshalString(d.String()) }

// UnmarshalDuration reads a length of time in Go's notation.
func UnmarshalDuration(v any) (time.Duration, error) {
	d, err := time.ParseDuration(fmt.Sprint(v))
	if err != nil {
		return 0, invalid(`A Duration is as Go has it, such as "90s"`)
	}
	return d, nil
}

// MarshalEmailAddress writes an address as it was typed.
func MarshalEmailAddress(s string) graphql.Marshaler { return graphql.MarshalString(s) }

// UnmarshalEmailAddress reads any string: whether it is an address is judged together with the rest of the input, so
// that all faults are answered at once.
func UnmarshalEmailAddress(v any) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", invalid("An EmailAddress is a string")
	}
	return s, nil
}
