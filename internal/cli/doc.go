// Package cli is the command line: one file per command, and cli.go, which parses the arguments and loads the settings.
package cli
