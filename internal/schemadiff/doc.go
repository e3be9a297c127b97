// Package schemadiff compares a schema with one that clients rely on: what breaks, and for whom. What was deprecated in the old
// one may go; whatever else worked has to go on working.
package schemadiff
