// Package graph resolves the fields of the schema. Only the schema has their permissions.
package graph

import "example.com/notes/note"

// Resolver holds what the resolvers need.
type Resolver struct {
	Store *note.Store
}
