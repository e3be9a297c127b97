package ratelimit

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

const limitSchema = `
	directive @rateLimit(by: RateLimitKey!, limit: Int!, window: String!) repeatable on FIELD_DEFINITION
	directive @public on FIELD_DEFINITION
	directive @auth on FIELD_DEFINITION
	enum RateLimitKey { ADDRESS ACCOUNT ACCOUNT_AND_NETWORK SESSION }
	scalar EmailAddress
	type AuthPayload { id: ID }
	input In { name: String email: EmailAddress! }
	type Query { q: ID @public }
`

func TestParse_Limits(t *testing.T) {
	for _, row := range []struct{ name, fields, fault string }{
		{"all that there is", `type Mutation {
			a(input: In!): AuthPayload @public @rateLimit(by: ADDRESS, limit: 3, window: "1m") @rateLimit(by: ACCOUNT, limit: 1, window: "24h") @rateLimit(by: ACCOUNT_AND_NETWORK, limit: 1, window: "24h")
			b(to: EmailAddress!): ID @public @rateLimit(by: ACCOUNT, limit: 1, window: "1s")
			c(password: String!): AuthPayload @auth @rateLimit(by: ACCOUNT, limit: 1, window: "1h") @rateLimit(by: SESSION, limit: 1, window: "1h") }`, ""},
		{"no duration", `extend type Query { a: ID @public @rateLimit(by: ADDRESS, limit: 3, window: "minute") }`, "Query.a: @rateLimit: window must be"},
		{"too short", `extend type Query { a: ID @public @rateLimit(by: ADDRESS, limit: 3, window: "1ms") }`, "window must be"},
		{"too long", `extend type Query { a: ID @public @rateLimit(by: ADDRESS, limit: 3, window: "25h") }`, "window must be"},
		{"none", `extend type Query { a: ID @public @rateLimit(by: ADDRESS, limit: 0, window: "1m") }`, "limit must be"},
		{"negative", `extend type Query { a: ID @public @rateLimit(by: ADDRESS, limit: -1, window: "1m") }`, "limit must be"},
		{"no account that is named", `type Mutation { a(name: String): AuthPayload @public @rateLimit(by: ACCOUNT, limit: 1, window: "1m") }`,
			"ACCOUNT needs an argument"},
		{"no account that signs in", `extend type Query { a: ID @auth @rateLimit(by: ACCOUNT, limit: 1, window: "1m") }`, "ACCOUNT needs an argument"},
		{"no account and network", `extend type Query { a: ID @auth @rateLimit(by: ACCOUNT_AND_NETWORK, limit: 1, window: "1m") }`, "ACCOUNT_AND_NETWORK needs an argument"},
		{"a session of nobody", `extend type Query { a: ID @public @rateLimit(by: SESSION, limit: 1, window: "1m") }`, "SESSION needs a caller"},
		{"a subscription", `type Subscription { a: ID @auth @rateLimit(by: SESSION, limit: 1, window: "1m") }`, "for each event"},
		{"an interface", `interface I { a: ID @rateLimit(by: ADDRESS, limit: 1, window: "1m") }`, "limits nothing here"},
	} {
		t.Run(row.name, func(t *testing.T) {
			schema, err := gqlparser.LoadSchema(&ast.Source{Input: limitSchema + row.fields})
			if err != nil {
				t.Fatal(err)
			}
			limits, fault := Parse(schema)
			if row.fault == "" && (fault != nil || len(limits) != 3) {
				t.Errorf("got %d limits and %v", len(limits), fault)
			}
			if row.fault != "" && (fault == nil || !strings.Contains(fault.Error(), row.fault)) {
				t.Errorf("got %v, want %q", fault, row.fault)
			}
		})
	}
}
