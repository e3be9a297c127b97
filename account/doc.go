// Package account implements the rules and use cases of accounts: registration, sign-in, sessions and administration. It
// defines the Store that they need, and their errors. It knows neither GraphQL nor SQL.
package account
