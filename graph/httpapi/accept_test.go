package httpapi

import (
	"testing"

	"authgraph/graph/stream"
)

func TestNegotiate(t *testing.T) {
	for accept, want := range map[string]string{
		"":                                   mediaJSON,
		"*/*":                                mediaJSON,
		"application/*":                      mediaJSON,
		mediaJSON:                            mediaJSON,
		mediaGraphQL:                         mediaGraphQL,
		mediaGraphQL + "; charset=UTF-8":     mediaGraphQL,
		mediaGraphQL + "; charset=latin1":    "",
		mediaGraphQL + ", " + mediaJSON:      mediaGraphQL,
		mediaGraphQL + ";q=0.5," + mediaJSON: mediaJSON,
		mediaGraphQL + ", */*":               mediaGraphQL,
		mediaJSON + ", */*":                  mediaJSON,
		mediaJSON + ";q=0, */*":              mediaGraphQL,
		"text/html, */*;q=0.8":               mediaJSON,
		"text/html":                          "",
		mediaJSON + ";q=0":                   "",
		mediaJSON + ";q=2":                   "",
		",;,":                                "",
	} {
		if got, _ := negotiate([]string{accept}); got != want {
			t.Errorf("%q: got %q, want %q", accept, got, want)
		}
	}
}

func TestNegotiate_Events(t *testing.T) {
	for accept, want := range map[string]struct {
		media  string
		events bool
	}{
		stream.MediaEvents:                        {"", true},
		mediaJSON + ", " + stream.MediaEvents:     {mediaJSON, true},
		stream.MediaEvents + ";q=0, " + mediaJSON: {mediaJSON, false},
		"*/*": {mediaJSON, false},
		stream.MediaEvents + ", " + mediaGraphQL + ";q=0.1": {mediaGraphQL, true},
	} {
		if media, events := negotiate([]string{accept}); media != want.media || events != want.events {
			t.Errorf("%q: got %q, %v, want %+v", accept, media, events, want)
		}
	}
}
