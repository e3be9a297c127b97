package graph

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/graph/model"
)

// The sizes of a page: Relay's cursor connections, 4.
const (
	defaultPage = 20
	maxPage     = 100
	maxCounted  = 10_000
)

// sessionCursor is the kind of cursors of sessions.
const sessionCursor = "session"

// sessionPageOf reads the arguments of a connection of sessions, whose cursors are ids.
func sessionPageOf(first *int, after *string, last *int, before *string) (p account.Page, err error) {
	if p.Limit, p.Backward, err = sizeOf(first, last); err != nil {
		return p, err
	}
	if p.After, err = openSessionCursor("after", after); err != nil {
		return p, err
	}
	p.Before, err = openSessionCursor("before", before)
	return p, err
}

func openSessionCursor(field string, text *string) (string, error) {
	if text == nil {
		return "", nil
	}
	id, err := openCursor(field, sessionCursor, *text)
	if err == nil && !account.IsSessionID(id) {
		err = badCursor(field)
	}
	return id, err
}

// sizeOf reads how many edges a page has, and from which end.
func sizeOf(first, last *int) (limit int, backward bool, err error) {
	switch {
	case first != nil && last != nil:
		return 0, false, badPage("last", auth.ValueInvalid, "`first` and `last` exclude each other")
	case first != nil:
		limit, err = limitOf("first", *first)
	case last != nil:
		limit, err = limitOf("last", *last)
	default:
		limit = defaultPage
	}
	return limit, last != nil, err
}

func limitOf(field string, n int) (int, error) {
	if n < 0 || n > maxPage {
		return 0, badPage(field, auth.ValueInvalid, "A page has 0 to 100 edges")
	}
	return n, nil
}

func badPage(field string, reason auth.Reason, message string) *auth.Error {
	return &auth.Error{Code: auth.BadUserInput, Reason: reason, Field: field, Message: message}
}

// connect returns the edges and the PageInfo of a connection: Relay's cursor connections, 3 and 4. An empty page has an empty
// list of edges.
func connect[N, E any](
	nodes []N, hasNext, hasPrevious bool, cursorOf func(N) string, edge func(cursor string, node N) E,
) ([]E, *model.PageInfo) {
	edges, info := make([]E, 0, len(nodes)), &model.PageInfo{HasNextPage: hasNext, HasPreviousPage: hasPrevious}
	for _, node := range nodes {
		c := cursorOf(node)
		if info.StartCursor == nil {
			info.StartCursor = &c
		}
		info.EndCursor = &c
		edges = append(edges, edge(c, node))
	}
	return edges, info
}

// cursor encodes a place in a connection of a kind, so that clients do not build cursors.
func cursor(kind, place string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(kind + ":" + place))
}

// openCursor returns the place that a cursor of the kind names.
func openCursor(field, kind, text string) (string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	place, ok := strings.CutPrefix(string(raw), kind+":")
	if err != nil || !ok || !utf8.Valid(raw) || cursor(kind, place) != text {
		return "", badCursor(field)
	}
	return place, nil
}
