// Package web owns the playground: GraphiQL with a sign-in bar, built by Vite into dist and served from the binary, so
// that it works without a network beside the server and never sends anybody's password or token past a third party.
//
// The built files are committed, and a build from the same lockfile gives the same bytes:
//
//	npm ci && npm run check && npm run build
package web
