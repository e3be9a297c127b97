package auditchain

import (
	"crypto/hmac"
	"fmt"
	"time"
)

// State is the stored state of the chain: its anchor and its head.
type State struct {
	Head            Checkpoint
	HeadSignature   []byte
	Anchor          Checkpoint // Position 0: no record was dropped
	AnchorSignature []byte
}

// maxProblems is the maximum number of problems that a report describes.
const maxProblems = 100

// Report is the result of a verification.
type Report struct {
	First, Last Checkpoint // first and last record; both are Anchor if no record exists
	Records     int64      // number of records read
	Oldest      time.Time
	Newest      time.Time
	Problems    []string // the first maxProblems
	Count       int      // number of problems
}

// Sound reports whether the verification found no problem.
func (r *Report) Sound() bool { return r.Count == 0 }

func (r *Report) problem(format string, args ...any) {
	if r.Count++; len(r.Problems) < maxProblems {
		r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
	}
}

// Verifier reads a log from its first record to its last. It finds altered, removed and moved records, and a missing end. It
// can't find that log and state were set back together to an earlier copy: that takes a checkpoint outside the database.
type Verifier struct {
	keys    *Keys
	state   State
	outside []Checkpoint // stored outside the database
	end     Checkpoint
	report  Report
}

// NewVerifier returns a verifier of a log with a state. The log must contain the checkpoints outside.
func (k *Keys) NewVerifier(state State, outside ...Checkpoint) *Verifier {
	v := &Verifier{keys: k, state: state, outside: outside, end: k.Start(state)}
	if !k.AnchorSigned(state) {
		v.report.problem("the anchor at %d is not signed by this server: what was dropped up to there was not dropped by it",
			state.Anchor.Position)
	}
	v.report.First = v.end
	v.compare(v.end)
	return v
}

// Add verifies the next record, in the order of positions.
func (v *Verifier) Add(r *Record) {
	switch {
	case r.Position <= v.end.Position:
		v.report.problem("record %d comes after record %d", r.Position, v.end.Position)
	case r.Position > v.end.Position+1:
		v.report.problem("records %d to %d are missing", v.end.Position+1, r.Position-1)
	case !v.keys.Follows(v.end, r):
		v.report.problem("record %d (%s) is not what was sealed, or does not follow the one before it", r.Position, r.ID)
	}
	at := time.UnixMicro(r.At).UTC()
	if v.report.Records++; v.report.Records == 1 {
		v.report.First, v.report.Oldest = Checkpoint{r.Position, r.MAC}, at
	}
	v.report.Newest = at
	v.end = Checkpoint{r.Position, r.MAC} // so that a problem is reported once, and later records are verified by themselves
	v.compare(v.end)
}

// compare compares a checkpoint of the log with the outside ones.
func (v *Verifier) compare(at Checkpoint) {
	for _, m := range v.outside {
		if m.Position == at.Position && !hmac.Equal(m.MAC, at.MAC) {
			v.report.problem("the log at %d is not the one that the given anchor is of", m.Position)
		}
	}
}

// Report ends the verification and returns its result.
func (v *Verifier) Report() Report {
	head := v.keys.End(v.state)
	if !v.keys.HeadSigned(v.state) {
		v.report.problem("the end of the log at %d is not signed by this server: what was sealed behind it may have been cut off",
			head.Position)
	}
	switch {
	case v.end.Position < head.Position:
		v.report.problem("records %d to %d are missing at the end", v.end.Position+1, head.Position)
	case v.end.Position > head.Position:
		v.report.problem("records %d to %d are behind the end of the log", head.Position+1, v.end.Position)
	case !hmac.Equal(v.end.MAC, head.MAC):
		v.report.problem("the log ends at %d with another record than the last that was sealed", head.Position)
	}
	for _, m := range v.outside {
		switch {
		case m.Position > v.end.Position:
			v.report.problem("the log ends at %d, before the given anchor at %d: its end is missing", v.end.Position, m.Position)
		case m.Position < v.state.Anchor.Position:
			v.report.problem("the given anchor at %d lies before what is state, which begins behind %d: it can't be compared",
				m.Position, v.state.Anchor.Position)
		}
	}
	v.report.Last = v.end
	return v.report
}
