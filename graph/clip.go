package graph

import (
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

const (
	// maxMessage bounds the message of an error, in bytes. A message may quote names that the client sent.
	maxMessage = 1000
	// maxQuoted bounds a name in a path or in `extensions.field`, in bytes. Names of documents are bounded by
	// document.MaxName; those of variables' members by nothing else.
	maxQuoted = 256
)

// clip shortens what an error repeats of the request, so that an error is never longer than a bound.
func clip(e *gqlerror.Error) {
	e.Message = shorten(e.Message, maxMessage)
	if field, ok := e.Extensions["field"].(string); ok {
		e.Extensions["field"] = shorten(field, maxQuoted)
	}
	for i, step := range e.Path {
		name, ok := step.(ast.PathName)
		if !ok || len(name) <= maxQuoted {
			continue
		}
		path := append(ast.Path(nil), e.Path...) // the path may be another error's too
		for j := i; j < len(path); j++ {
			if name, ok := path[j].(ast.PathName); ok {
				path[j] = ast.PathName(shorten(string(name), maxQuoted))
			}
		}
		e.Path = path
		return
	}
}

// shorten cuts text to at most max bytes, between two characters.
func shorten(text string, max int) string {
	if len(text) <= max {
		return text
	}
	const end = "…"
	cut := max - len(end)
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + end
}

// errorSize estimates the bytes that an error takes in an answer.
func errorSize(e *gqlerror.Error) int64 {
	size := errorBytes + len(e.Message)
	for _, step := range e.Path {
		size += 8
		if name, ok := step.(ast.PathName); ok {
			size += len(name)
		}
	}
	if lines, ok := e.Extensions["explanation"].([]string); ok {
		for _, line := range lines {
			size += fieldBytes + len(line)
		}
	}
	return int64(size)
}
