// Package graph resolves the fields of the schema. Who may use them stands in the schema alone.
package graph

import "example.com/notes/note"

// Resolver holds what the resolvers need.
type Resolver struct {
	Store *note.Store
}
