package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

// document is a kind of request that anonymous clients send.
type document struct {
	name string
	body func(n int) []byte // body of the nth request
}

// documents are the kinds whose prices are measured. The flood sends those that are marked.
var documents = []struct {
	document
	flood bool
}{
	{fixed("__typename", `{ __typename }`, nil), false},
	{fixed("authOptions", `{ authOptions { registration password providers { key name } } }`, nil), false},
	{fixed("guarded fields without a token", `{ me { id email sessions(first: 20) { edges { node { id } } } } }`, nil), false},
	{fixed("can, 10 fields", `query($f: [String!]!) { can(fields: $f) { field allowed code } }`, coordinates(10)), false},
	{fixed("can, 100 fields", `query($f: [String!]!) { can(fields: $f) { field allowed code } }`, coordinates(100)), false},
	{fixed("can, 95 times 100 fields", `query($f: [String!]!) { `+aliases(95, `can(fields: $f) { allowed }`)+`}`, coordinates(100)), true},
	{fixed("introspection, names of types", `{ __schema { types { name } } }`, nil), false},
	{fixed("introspection of tools", introspection, nil), true},
	{fixed("can, 10 times 100 fields", `query($f: [String!]!) { `+aliases(10, `can(fields: $f) { field allowed code }`)+`}`, coordinates(100)), false},
	{fixed("__type, 60 times", `{ `+aliases(60, `__type(name: "User") { fields { name type { name kind } } }`)+`}`, nil), false},
	{fixed("introspection, 90 times types", `{ __schema { `+aliases(90, `types { name }`)+`} }`, nil), false},
	{fixed("introspection, deep", `{ __schema { `+aliases(12, `types { name description fields(includeDeprecated: true) { name description args { name description } } }`)+`} }`, nil), false},
	{distinct("document read anew, 1 field", `{ __typename }`), false},
	{distinct("document read anew, login", `mutation($i: LoginInput!) { login(input: $i) { accessToken user { id email displayName roles } } }`), false},
	{distinct("document read anew, 20 fields", `{ me { id email displayName sessions(first: 20) { edges { cursor node { id createdAt ipAddress userAgent } } pageInfo { hasNextPage endCursor } } roles } }`), false},
	{distinct("document read anew, 60 aliases", `{ `+aliases(60, `me { id email sessions { edges { node { id } } } }`)+`}`), true},
	{distinct("document read anew, 200 fields", `{ me { `+strings.Repeat(" id", 100)+strings.Repeat(" email", 100)+` } }`), false},
	{distinct("document read anew, fragments", `{ me { `+strings.Repeat(" ...F", 60)+` } } fragment F on User { id email displayName sessions { edges { node { id createdAt } } } }`), false},
	{distinct("document read anew, 140 wrong fields", `{ `+strings.Repeat(" nothing", 140)+` }`), false},
	{distinct("comment of 60 KB", `{ __typename } # `+strings.Repeat("x", 60000)), false},
	{fixed("2,000 values", `query($f: [String!]!) { __typename @include(if: true) can(fields: []) { field } a: can(fields: $f) { field } }`, coordinates(1990)), false},
}

// flooding returns the kinds that the flood sends: those that part of the name selects, or the dearest of each sort.
func flooding(part string) (kinds []document) {
	for _, d := range documents {
		if part == "" && d.flood || part != "" && strings.Contains(d.name, part) {
			kinds = append(kinds, d.document)
		}
	}
	return kinds
}

func fixed(name, text string, fields []string) document {
	body := requestBody(text, fields)
	return document{name, func(int) []byte { return body }}
}

// distinct is a document whose text differs each time, so that it is read and validated again.
func distinct(name, text string) document {
	return document{name, func(n int) []byte { return requestBody(fmt.Sprintf("# %d\n%s", n, text), nil) }}
}

func requestBody(text string, fields []string) []byte {
	request := map[string]any{"query": text}
	if fields != nil {
		request["variables"] = map[string]any{"f": fields}
	}
	body, _ := json.Marshal(request) // it never fails: strings
	return body
}

func aliases(n int, field string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d: %s ", i, field)
	}
	return b.String()
}

// coordinates returns n names of fields, most of which the schema has.
func coordinates(n int) []string {
	names := []string{"Query.me", "Mutation.login", "User.email", "Query.users", "Mutation.deleteUser", "Session.ipAddress", "Query.nothing"}
	all := make([]string, n)
	for i := range all {
		all[i] = names[i%len(names)]
	}
	return all
}

// introspection is what graphql-js 16 and tools that build on it ask for.
const introspection = `query IntrospectionQuery {
  __schema {
    queryType { name }
    mutationType { name }
    subscriptionType { name }
    types { ...FullType }
    directives { name description locations args { ...InputValue } }
  }
}
fragment FullType on __Type {
  kind name description
  fields(includeDeprecated: true) {
    name description args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason
  }
  inputFields { ...InputValue }
  interfaces { ...TypeRef }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
  possibleTypes { ...TypeRef }
}
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
fragment TypeRef on __Type {
  kind name
  ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } }
}`
