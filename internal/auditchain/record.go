package auditchain

import "encoding/binary"

// Record is one record of the log. It names accounts by random references.
type Record struct {
	Position int64 // 1, 2, 3 and so on
	ID       string
	At       int64 // microseconds since 1970-01-01 00:00:00 UTC
	Action   string
	Outcome  string

	Actor, Impersonator, Subject string // references; "" for none

	Session  string
	Details  string // JSON without personal values
	Personal []byte // sealed for the actor; empty for none
	Private  []byte // sealed for the subject; empty for none
	Address  []byte // the keyed hash of an address that no account has; empty for none
	MAC      []byte // covers all of the above and the MAC of the record before
}

// formatVersion is the start of the text under the MAC. A changed format needs a new version.
const formatVersion = 1

// text returns the text under the MAC: each value with its length, so that no byte can move from one value to the next.
func (r *Record) text() []byte {
	b := make([]byte, 0, 512)
	b = append(b, formatVersion)
	b = binary.BigEndian.AppendUint64(b, uint64(r.Position))
	b = binary.BigEndian.AppendUint64(b, uint64(r.At))
	for _, s := range []string{
		r.ID, r.Action, r.Outcome, r.Actor, r.Impersonator, r.Subject, r.Session, r.Details,
		string(r.Personal), string(r.Private), string(r.Address),
	} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	return b
}
