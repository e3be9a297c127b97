// Package web owns the pages that the binary serves, built by Vite from what stands beside this file: the playground, which is
// GraphiQL with a sign-in bar (src, dist), and the console (console/src, console/dist). They work without a network beside the
// server and never send anybody's password or token past a third party.
//
// The built files are committed, and a build from the same lockfile gives the same bytes:
//
//	npm ci && npm run check && npm run build
package web
