// Package harness is the common set-up of the tests in test/: servers in this process and in processes of their own,
// clients for GraphQL over HTTP, WebSocket and event streams, accounts, the command line, and files of the repository.
package harness
