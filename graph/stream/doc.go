// Package stream serves the connections that last: GraphQL over WebSocket (graphql-transport-ws) and over server-sent events.
// It bounds how many are open. Each ends with its session, with its access token, or when the server stops; a closing code
// names the reason. The Registry holds all that are open.
package stream
