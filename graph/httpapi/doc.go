// Package httpapi is the HTTP transport of GraphQL: request bodies, Accept, cookies, response headers, origins, the address of
// the client, and the log line of each request. It also serves the health endpoints and the documents below /.well-known,
// answers panics, and gives a socket a goroutine of its own. graph puts its handlers in order; see graph/handler.go.
package httpapi
