package main

import "cmp"

// settings say whose tokens count, for whom they have to be made, and where to listen.
type settings struct {
	issuer, keysURL, audience, addr string
	endpoint, account, password     string // where and as whom it is followed which sessions have ended; none if account is ""
}

// load reads the settings from the environment. The defaults fit an authgraph that was started without any.
func load(getenv func(string) string) settings {
	issuer := cmp.Or(getenv("ISSUER"), "http://127.0.0.1:8080")
	return settings{
		issuer:   issuer,
		keysURL:  cmp.Or(getenv("ISSUER_JWKS_URL"), issuer+"/.well-known/jwks.json"),
		audience: cmp.Or(getenv("AUDIENCE"), issuer),
		addr:     cmp.Or(getenv("ADDR"), "127.0.0.1:8081"),
		endpoint: cmp.Or(getenv("ISSUER_ENDPOINT"), issuer+"/graphql"),
		account:  getenv("ISSUER_ACCOUNT"),
		password: getenv("ISSUER_PASSWORD"),
	}
}
