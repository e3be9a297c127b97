// Package app runs the server as a library: a program loads a config.Config, calls Run, and gets the server of the
// command `serve`, with its background jobs, its metrics and its orderly stop. The parts of the server are built in
// internal/serverkit.
package app
