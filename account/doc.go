// Package account is what an account may do: the rules and use cases of registering, signing in and being known,
// the Store that they need, and their errors. It knows neither GraphQL nor SQL.
package account
