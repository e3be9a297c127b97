// Package schemadiff compares a schema with a schema that clients rely on. It lists the breaking changes and the affected
// callers. Elements that were deprecated in the old schema may be removed; all others must still work.
package schemadiff
