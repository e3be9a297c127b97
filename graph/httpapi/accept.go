package httpapi

import (
	"mime"
	"strconv"
	"strings"

	"authgraph/graph/stream"
)

// The two media types of answers: GraphQL over HTTP, "Media types".
const (
	mediaGraphQL = "application/graphql-response+json"
	mediaJSON    = "application/json"
)

// contentType is the value of the header of an answer. Nothing writes to it.
var contentType = map[string][]string{
	mediaGraphQL: {mediaGraphQL + "; charset=utf-8"},
	mediaJSON:    {mediaJSON + "; charset=utf-8"},
}

// negotiate returns the media type that an Accept header prefers (RFC 9110, 12.5.1); "" if it takes neither.
// application/json is for those who do not say, as clients older than the draft expect. events reports whether the
// header names server-sent events, which are for subscriptions, and for clients that accept nothing else.
func negotiate(accept []string) (media string, events bool) {
	if len(accept) == 1 {
		if p, ok := usual[accept[0]]; ok {
			return p.media, p.events
		}
	}
	return weigh(accept)
}

type preference struct {
	media  string
	events bool
}

// usual is what common headers prefer. To weigh them once saves a parse for each request.
var usual = func() map[string]preference {
	preferences := map[string]preference{}
	for _, header := range []string{
		"*/*", mediaJSON, mediaGraphQL, mediaJSON + ", " + mediaGraphQL, mediaGraphQL + ", " + mediaJSON,
		mediaGraphQL + "," + mediaJSON + ";q=0.9", stream.MediaEvents,
	} {
		media, events := weigh([]string{header})
		preferences[header] = preference{media, events}
	}
	return preferences
}()

// weigh is negotiate for any header.
func weigh(accept []string) (media string, events bool) {
	header := strings.Join(accept, ",")
	if strings.TrimSpace(header) == "" {
		return mediaJSON, false
	}
	forGraphQL, forJSON := quality{}, quality{}
	for _, part := range splitOutside(header, ',') {
		mediaType, parameters, err := mime.ParseMediaType(part)
		if err != nil || !isUTF8(parameters["charset"]) {
			continue
		}
		q := 1.0
		if text, ok := parameters["q"]; ok {
			if q, err = strconv.ParseFloat(text, 64); err != nil || !(q >= 0 && q <= 1) {
				continue
			}
		}
		switch mediaType {
		case mediaGraphQL:
			forGraphQL.set(q, 3)
		case mediaJSON:
			forJSON.set(q, 3)
		case stream.MediaEvents:
			events = q > 0
		case "application/*":
			forGraphQL.set(q, 2)
			forJSON.set(q, 2)
		case "*/*":
			forGraphQL.set(q, 1)
			forJSON.set(q, 1)
		}
	}
	switch {
	case forGraphQL.q == 0 && forJSON.q == 0:
		return "", events
	case forGraphQL.q > forJSON.q, forGraphQL.q == forJSON.q && forGraphQL.specific > forJSON.specific:
		return mediaGraphQL, events
	case forGraphQL.q == forJSON.q && forGraphQL.specific == 3:
		return mediaGraphQL, events // both are named alike: the newer says more
	default:
		return mediaJSON, events
	}
}

// quality is the q of the most specific range that matches.
type quality struct {
	q        float64
	specific int
}

func (c *quality) set(q float64, specific int) {
	if specific > c.specific || specific == c.specific && q > c.q {
		c.q, c.specific = q, specific
	}
}
