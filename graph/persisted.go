package graph

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"authgraph/auth"
	"authgraph/graph/reqctx"
)

const (
	// keptDocuments is the number of documents of signed-in clients that are kept by their hashes.
	keptDocuments = 1000
	// anonymousDocuments is the number of documents of anonymous clients that are kept. They have a store of their own, so that an
	// anonymous client can displace only documents of other anonymous clients.
	anonymousDocuments = 100
)

// persisted are documents that clients send once, and from then on by their hashes: Apollo's automatic persisted queries. A
// document is kept when it has been found good, so the hash of one that is not kept yet, or no longer, costs a client one
// more request, and nothing else.
type persisted struct {
	known, anonymous *lru.LRU[string]
}

func newPersisted(known, anonymous int) persisted {
	return persisted{lru.New[string](known), lru.New[string](anonymous)}
}

var (
	errNotPersisted = &auth.Error{Code: auth.PersistedQueryNotFound, Message: "PersistedQueryNotFound"} // the words that Apollo's clients know
	errOtherHash    = &auth.Error{Code: auth.BadRequest, Message: "`extensions.persistedQuery.sha256Hash` is not the hash of `query`"}
	errNoHash       = &auth.Error{
		Code: auth.BadRequest, Message: "`extensions.persistedQuery` must have `version` 1 and a `sha256Hash`",
	}
)

// recall puts the document in its place that p names by its hash; "" if it names none.
func (c persisted) recall(ctx context.Context, p *graphql.RawParams) (hash string, refused *gqlerror.Error) {
	extension, ok := p.Extensions[reqctx.PersistedQuery]
	switch {
	case !ok && p.Query == "":
		return "", errNotPersisted.GraphQL() // named otherwise than by a hash: such are in manifests alone
	case !ok:
		return "", nil
	}
	named, _ := extension.(map[string]any)
	hash, _ = named["sha256Hash"].(string)
	if fmt.Sprint(named["version"]) != "1" || len(hash) != hex.EncodedLen(sha256.Size) {
		return "", errNoHash.GraphQL()
	}
	if p.Query != "" {
		if digest := sha256.Sum256([]byte(p.Query)); hex.EncodeToString(digest[:]) != hash {
			return "", errOtherHash.GraphQL()
		}
		return hash, nil
	}
	for _, cache := range []*lru.LRU[string]{c.known, c.anonymous} {
		if source, ok := cache.Get(ctx, hash); ok {
			p.Query = source
			return hash, nil
		}
	}
	return "", errNotPersisted.GraphQL()
}

// add stores a document that was found valid.
func (c persisted) add(ctx context.Context, hash, source string) {
	if hash == "" || len(source) > maxCachedDocument {
		return
	}
	if _, ok := c.known.Get(ctx, hash); ok {
		return
	}
	if _, err := auth.From(ctx); err == nil {
		c.known.Add(ctx, hash, source)
	} else {
		c.anonymous.Add(ctx, hash, source)
	}
}
