package graph

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"authgraph/auth"
)

func hashOf(source string) string {
	digest := sha256.Sum256([]byte(source))
	return hex.EncodeToString(digest[:])
}

// Documents of signed-in callers stay, whatever anonymous clients send.
func TestPersisted_Strangers(t *testing.T) {
	c := newPersisted(2, 2)
	kept := func(source string) bool {
		p := &graphql.RawParams{Extensions: map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": hashOf(source)}}}
		_, refused := c.recall(t.Context(), p)
		return refused == nil && p.Query == source
	}
	ada := auth.With(t.Context(), &auth.Principal{Subject: "user_ada"})
	nobody := auth.WithAnonymous(t.Context(), auth.ErrTokenMissing)
	c.add(ada, hashOf("{ me { id } }"), "{ me { id } }")
	for n := range 10 {
		source := fmt.Sprintf("{ node(id: %q) { id } }", fmt.Sprint(n))
		c.add(nobody, hashOf(source), source)
		c.add(nobody, "", "{ policy { field } }") // a document without a name
		if !kept(source) {
			t.Errorf("%s is not kept", source)
		}
	}
	c.add(nobody, hashOf("{ me { id } }"), "{ me { id } }")
	for source, want := range map[string]bool{
		"{ me { id } }": true, `{ node(id: "9") { id } }`: true, `{ node(id: "8") { id } }`: true, `{ node(id: "7") { id } }`: false,
		"{ policy { field } }": false,
	} {
		if kept(source) != want {
			t.Errorf("%s: kept %v, want %v", source, !want, want)
		}
	}
	long := fmt.Sprintf("{ me { id } } # %*s", maxCachedDocument, "")
	if c.add(ada, hashOf(long), long); kept(long) {
		t.Error("a long document is kept")
	}
}
