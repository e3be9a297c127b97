// Package token makes access tokens and keeps the keys that sign them.
package token
