// Package manifest reads the files in which compilers of clients write down the operations of a program, and says what each
// operation needs, and what a change of the schema breaks.
package manifest
