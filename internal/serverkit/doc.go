// Package serverkit builds the server from a config and runs it: the database, the keys, the account rules, the GraphQL
// handler, the background jobs, the metrics and the listener. Package app is its public face. Tests use the parts of App.
package serverkit
