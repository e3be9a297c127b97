// Package document decides, before anything is executed, whether a GraphQL document may be: it reads it, counts what is in
// it, and validates it, each within bounds that hold for every possible text.
package document
