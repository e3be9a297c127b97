// Package ratelimit bounds how often fields are executed, and how much work anonymous clients cause. It reads the @rateLimit
// directives of the schema and counts each execution: by address and session in memory, by account in the database. Queries
// of anonymous clients have a budget of work, and take turns while passwords wait to be hashed.
package ratelimit
