// Package reqctx holds the values that every transport and resolver shares about one request: its record for the log, its
// client, the cookies that resolvers read and set, the bytes of memory that it holds, and the checks of its parameters that
// HTTP and WebSocket share. It knows no transport and executes nothing. gqlgen gives resolvers a context only, so the values
// travel in it: With… puts a value there, …Of returns it.
package reqctx
