package graph

import (
	"encoding/base64"
	"strings"

	"authgraph/account"
	"authgraph/auth"
)

// The sizes of a page: Relay's cursor connections, 4.
const (
	defaultPage = 20
	maxPage     = 100
	maxCounted  = 10_000
)

// pageOf reads the arguments of a connection. Cursors are ids of the named type, wrapped so that nobody builds them.
func pageOf(kind string, first *int, after *string, last *int, before *string) (p account.Page, err error) {
	p.Limit = defaultPage
	switch {
	case first != nil && last != nil:
		return p, badPage("last", auth.ValueInvalid, "`first` and `last` exclude each other")
	case first != nil:
		p.Limit, err = limitOf("first", *first)
	case last != nil:
		p.Backward = true
		p.Limit, err = limitOf("last", *last)
	}
	if err != nil {
		return p, err
	}
	if p.After, err = openCursor("after", kind, after); err != nil {
		return p, err
	}
	p.Before, err = openCursor("before", kind, before)
	return p, err
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

func cursor(kind, id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(kind + ":" + id))
}

func openCursor(field, kind string, given *string) (string, error) {
	if given == nil {
		return "", nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(*given)
	id, ok := strings.CutPrefix(string(raw), kind+":")
	if err != nil || !ok || cursor(kind, id) != *given || !account.IsSessionID(id) {
		return "", badPage(field, auth.CursorInvalid, "This is no cursor of this connection")
	}
	return id, nil
}
