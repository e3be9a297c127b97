package db

import (
	"errors"
	"sync/atomic"

	"github.com/lib/pq"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"authgraph/auth"
)

// faults counts the failures of all stores of the process, because fault knows no store.
var faults struct{ unavailable, other atomic.Int64 }

// Faults returns how many times since the start of the process the database was out of reach or refused work for now, and
// how many times a statement failed for another reason. A constraint that did its work is not counted.
func Faults() (unavailable, other int64) { return faults.unavailable.Load(), faults.other.Load() }

// countFault adds one for an error of a driver that was not counted before.
func countFault(count *atomic.Int64, err error) {
	var counted *auth.Error
	if errors.As(err, &counted) {
		return
	}
	var pg *pq.Error
	if errors.As(err, &pg) && pg.Code.Class() == "23" { // integrity constraint violation: PostgreSQL, appendix A
		return
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) && lite.Code()&0xff == sqlite3.SQLITE_CONSTRAINT {
		return
	}
	if count == &faults.other && pg == nil && lite == nil { // an answer such as errNoEffect
		return
	}
	count.Add(1)
}
