package graph

import "github.com/99designs/gqlgen/graphql"

const (
	// persistedExtension names the document by its hash: Apollo's automatic persisted queries.
	persistedExtension = "persistedQuery"
	// documentID is where the id of a document is kept that a request names beside `query`: gqlgen has no place for it.
	documentID = "documentId"
)

// isID reports whether a member of a request is the id of a document: as the draft of GraphQL over HTTP has it, or as networks of
// Relay send it.
func isID(member string) bool { return member == documentID || member == "doc_id" || member == "id" }

// isPersisted reports whether a request names its document by a hash, or by another id.
func isPersisted[V any](extensions map[string]V) bool {
	_, hashed := extensions[persistedExtension]
	_, named := extensions[documentID]
	return hashed || named
}

// nameDocument notes by which id a request names its document.
func nameDocument(p *graphql.RawParams, id string) {
	if id == "" {
		return
	}
	if p.Extensions == nil {
		p.Extensions = map[string]any{}
	}
	p.Extensions[documentID] = id
}
