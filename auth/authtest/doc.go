// Package authtest is for the tests of servers that import auth: callers that need no account, no token and no
// database, and tables of what each of them gets of each field.
//
//	callers := authtest.Callers{
//		"nobody": nil,
//		"reader": authtest.Person("ada", authtest.Permissions("NOTES_READ_ALL")),
//		"key":    authtest.Person("ada", authtest.Permissions("NOTES_READ_ALL"), authtest.APIKey()),
//	}
//	authtest.Run(t, authtest.Handler(t, schema), callers, []authtest.Row{{
//		Document: `{ noteCount }`,
//		Want:     authtest.Want{"nobody": auth.Unauthenticated, "reader": authtest.Allowed, "key": authtest.Allowed},
//	}})
//
// A caller that a row says nothing about is a fault, and Untested names the guarded fields that no row asks for: an
// untested rule may be wrong.
package authtest
