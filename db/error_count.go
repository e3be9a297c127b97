package db

import (
	"errors"
	"sync/atomic"

	"github.com/lib/pq"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"authgraph/auth"
)

// faults counts the failures of all stores of the process, because storeError has no store.
var faults struct{ unavailable, other atomic.Int64 }

// Faults returns how many times since the start of the process the database was out of reach or refused work for now, and
// how many times a statement failed for another reason. A constraint that did its work is not counted.
func Faults() (unavailable, other int64) { return faults.unavailable.Load(), faults.other.Load() }

// countFault adds one for an error that was not counted before.
func countFault(err error) {
	switch unavailable, other := kindOfFault(err); {
	case unavailable:
		faults.unavailable.Add(1)
	case other:
		faults.other.Add(1)
	}
}

// kindOfFault reports how an error is counted: not at all for an answer such as errNoEffect, for a constraint that did its
// work, and for an error that passed storeError before.
func kindOfFault(err error) (unavailable, other bool) {
	if err == nil {
		return false, false // before anything is allocated
	}
	var counted *auth.Error
	switch {
	case errors.As(err, &counted):
		return false, false
	case isUnavailable(err):
		return true, false
	}
	var pg *pq.Error
	if errors.As(err, &pg) {
		return false, pg.Code.Class() != "23" // integrity constraint violation: PostgreSQL, appendix A
	}
	var lite *sqlite.Error
	return false, errors.As(err, &lite) && lite.Code()&0xff != sqlite3.SQLITE_CONSTRAINT
}
