// Package config owns the settings: it reads the environment into one struct,
// knows each default and bound, and reports every fault at once, so that
// an operator corrects them all at once. Nothing else in the project reads
// the environment. Secrets come in by a variable or by a file (the variable's
// name with _FILE behind it), redact themselves wherever they are printed, and
// are never part of a fault's text.
package config
