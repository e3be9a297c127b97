// Package web serves the pages of the binary. Vite builds them from the sources in this folder: the playground, which is
// GraphiQL with a sign-in bar (src, dist), and the console (console/src, console/dist). They need no network except the
// server, and never send passwords or tokens to third parties.
//
// The built files and the types of the console's operations are committed. From the same lockfile they get the same bytes:
//
//	npm ci && npm run generate && npm run lint && npm run check && npm run build
package web
