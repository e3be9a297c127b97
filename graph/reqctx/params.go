package reqctx

import "github.com/99designs/gqlgen/graphql"

const (
	// PersistedQuery names the document by its hash: Apollo's automatic persisted queries.
	PersistedQuery = "persistedQuery"
	// DocumentID is where the id of a document is kept that a request names next to `query`: gqlgen has no place for it.
	DocumentID = "documentId"
)

// IsDocumentID reports whether a member of a request is the id of a document: as the draft of GraphQL over HTTP has it, or
// as networks of Relay send it.
func IsDocumentID(member string) bool {
	return member == DocumentID || member == "doc_id" || member == "id"
}

// NamesDocument reports whether a request names its document by a hash, or by another id.
func NamesDocument[V any](extensions map[string]V) bool {
	_, hashed := extensions[PersistedQuery]
	_, named := extensions[DocumentID]
	return hashed || named
}

// NameDocument notes by which id a request names its document.
func NameDocument(p *graphql.RawParams, id string) {
	if id == "" {
		return
	}
	if p.Extensions == nil {
		p.Extensions = map[string]any{}
	}
	p.Extensions[DocumentID] = id
}
