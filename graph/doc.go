// Package graph serves the API: thin resolvers, the HTTP transport, limits, and the one error presenter.
package graph
