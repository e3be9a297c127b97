// Package graph serves the API: the resolvers by type, the one error presenter, and the extensions of gqlgen that read
// documents, bound answers and measure them. handler.go puts together the handlers of httpapi, stream and ratelimit, and
// lists everything that a request passes.
package graph
