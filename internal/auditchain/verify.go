package auditchain

import (
	"crypto/hmac"
	"fmt"
	"time"
)

// State is what the database keeps beside the records: where the log begins and where it ends.
type State struct {
	Head            Checkpoint
	HeadSignature   []byte
	Anchor          Checkpoint // Position 0: nothing was dropped
	AnchorSignature []byte
}

// maxProblems is how many problems are put into words; all are counted.
const maxProblems = 100

// Report is what a verification has found.
type Report struct {
	First, Last Checkpoint // of the records that are there; both are Anchor if there are none
	Records     int64      // that were read
	Oldest      time.Time
	Newest      time.Time
	Problems    []string // the first so many
	Count       int      // of all
}

// Sound reports whether nothing is wrong.
func (r *Report) Sound() bool { return r.Count == 0 }

func (r *Report) problem(format string, args ...any) {
	if r.Count++; len(r.Problems) < maxProblems {
		r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
	}
}

// Verifier reads a log from its first record to its last and finds what was altered, removed or moved, and whether the
// end is missing. What it can't find is that the log and all that is kept beside it are together what they once were:
// that takes a mark that was kept elsewhere.
type Verifier struct {
	keys    *Keys
	state   State
	outside []Checkpoint // that somebody has kept elsewhere
	end     Checkpoint
	report  Report
}

// NewVerifier begins a verification. Marks that were kept elsewhere must be found in the log.
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

// Add takes the next record, in the order of their positions.
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
	v.end = Checkpoint{r.Position, r.MAC} // what is wrong is told once, and the rest is judged by itself
	v.compare(v.end)
}

// compare holds the place against what was kept elsewhere.
func (v *Verifier) compare(at Checkpoint) {
	for _, m := range v.outside {
		if m.Position == at.Position && !hmac.Equal(m.MAC, at.MAC) {
			v.report.problem("the log at %d is not the one that the given anchor is of", m.Position)
		}
	}
}

// Report ends the verification.
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
