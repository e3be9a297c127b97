// Package web serves the pages of the binary. Vite builds them from the sources in this folder: the playground, which is
// GraphiQL with a sign-in bar (src, dist), and the console (console/src, console/dist). They need no network except the
// server, and never send passwords or tokens to third parties.
//
// The built files are committed, and a build from the same lockfile gives the same bytes:
//
//	npm ci && npm run check && npm run build
package web
