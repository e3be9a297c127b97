package main

import "cmp"

// settings say whose tokens count, for whom they have to be made, and where to listen.
type settings struct {
	issuer, keysURL, audience, addr string
}

// load reads the settings from the environment. The defaults fit an authgraph that was started without any.
func load(getenv func(string) string) settings {
	issuer := cmp.Or(getenv("ISSUER"), "http://127.0.0.1:8080")
	return settings{
		issuer:   issuer,
		keysURL:  cmp.Or(getenv("ISSUER_JWKS_URL"), issuer+"/.well-known/jwks.json"),
		audience: cmp.Or(getenv("AUDIENCE"), issuer),
		addr:     cmp.Or(getenv("ADDR"), "127.0.0.1:8081"),
	}
}
