package graph

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"authgraph/auth"
	"authgraph/graph/document"
	"authgraph/graph/reqctx"
	"authgraph/internal/manifest"
)

// trusted are the only documents that are served where there are any: those of a manifest.
type trusted struct {
	byID, bySource map[string]*manifest.Stored
}

// newTrusted returns nil for no documents. The error names every one that can't be served.
func newTrusted(schema *ast.Schema, documents []manifest.Document, limits document.Limits) (*trusted, error) {
	if len(documents) == 0 {
		return nil, nil
	}
	stored, err := manifest.Check(schema, documents, limits)
	if err != nil {
		return nil, err
	}
	t := &trusted{map[string]*manifest.Stored{}, map[string]*manifest.Stored{}}
	for i := range stored {
		s := &stored[i]
		t.byID[s.ID] = s
		t.bySource[s.Source] = s
	}
	for source, s := range t.bySource { // the ids of the manifest come first, whatever they are
		digest := sha256.Sum256([]byte(source))
		for _, id := range []string{hex.EncodeToString(digest[:]), "sha256:" + hex.EncodeToString(digest[:])} {
			t.byID[id] = cmp.Or(t.byID[id], s)
		}
	}
	return t, nil
}

var errUntrusted = &auth.Error{Code: auth.BadRequest, Message: "This server executes stored operations only"}

// find returns the document that p names, or has in full.
func (t *trusted) find(p *graphql.RawParams) (*manifest.Stored, *gqlerror.Error) {
	id, refused := storedID(p.Extensions)
	if refused != nil {
		return nil, refused.GraphQL()
	}
	named := t.byID[id]
	if p.Query == "" {
		if named == nil {
			return nil, errNotPersisted.GraphQL()
		}
		return named, nil
	}
	whole := t.bySource[p.Query]
	switch {
	case whole == nil:
		return nil, errUntrusted.GraphQL()
	case id != "" && (named == nil || named.Source != whole.Source):
		return nil, errOtherHash.GraphQL()
	}
	return whole, nil
}

// storedID returns by which id a request names its document; "" if it names none.
func storedID(extensions map[string]any) (string, *auth.Error) {
	if id, ok := extensions[reqctx.DocumentID].(string); ok {
		return id, nil
	}
	extension, ok := extensions[reqctx.PersistedQuery]
	if !ok {
		return "", nil
	}
	named, _ := extension.(map[string]any)
	hash, _ := named["sha256Hash"].(string)
	if hash == "" {
		return "", errNoHash
	}
	return hash, nil
}
