package auditchain

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
)

// Checkpoint is a position in the chain: the number of records up to it, and the MAC of the last one. A checkpoint that is
// stored outside the database proves later that no record before it was changed or removed.
type Checkpoint struct {
	Position int64
	MAC      []byte
}

// Genesis returns the checkpoint of an empty log.
func (k *Keys) Genesis() Checkpoint {
	return Checkpoint{MAC: sum(hmac.New(sha256.New, k.chain), []byte("genesis"))}
}

// Link appends r to the chain and returns the chain's new end.
func (k *Keys) Link(end Checkpoint, r *Record) Checkpoint {
	r.Position = end.Position + 1
	r.MAC = k.mac(end.MAC, r)
	return Checkpoint{r.Position, r.MAC}
}

// mac covers the record and, through the MAC of the one before, everything before it. A MAC has a fixed length, so the
// two can't be shifted into each other.
func (k *Keys) mac(before []byte, r *Record) []byte {
	return sum(hmac.New(sha256.New, k.chain), before, r.text())
}

// Follows reports whether r is the record that was appended at end.
func (k *Keys) Follows(end Checkpoint, r *Record) bool {
	return r.Position == end.Position+1 && hmac.Equal(r.MAC, k.mac(end.MAC, r))
}

// End returns the head of the log; its genesis if no record was ever appended.
func (k *Keys) End(state State) Checkpoint {
	if state.Head.Position == 0 && len(state.Head.MAC) == 0 {
		return k.Genesis()
	}
	return state.Head
}

// Start returns the checkpoint before the first record: the anchor, or the log's genesis.
func (k *Keys) Start(state State) Checkpoint {
	if state.Anchor.Position == 0 {
		return k.Genesis()
	}
	return state.Anchor
}

// SignHead signs m as the head of the log. Without the signature a writer of the database could move the head back to any
// record and drop the records after it. Heads and anchors have different keys, so that neither is valid as the other.
func (k *Keys) SignHead(m Checkpoint) []byte { return sign(k.head, m) }

// HeadSigned reports whether the signature of the head is valid.
func (k *Keys) HeadSigned(state State) bool {
	return hmac.Equal(k.SignHead(k.End(state)), state.HeadSignature)
}

// SignAnchor signs m as the anchor: the records up to m were dropped because of their age.
func (k *Keys) SignAnchor(m Checkpoint) []byte { return sign(k.anchor, m) }

// AnchorSigned reports whether the signature of the anchor is valid, or no record was dropped.
func (k *Keys) AnchorSigned(state State) bool {
	return state.Anchor.Position == 0 || hmac.Equal(k.SignAnchor(state.Anchor), state.AnchorSignature)
}

func sign(key []byte, m Checkpoint) []byte {
	return sum(hmac.New(sha256.New, key), binary.BigEndian.AppendUint64(nil, uint64(m.Position)), m.MAC)
}

// String returns the checkpoint as text: "1234:9f86…".
func (m Checkpoint) String() string {
	return strconv.FormatInt(m.Position, 10) + ":" + hex.EncodeToString(m.MAC)
}

// ParseCheckpoint parses the text of String.
func ParseCheckpoint(text string) (Checkpoint, error) {
	number, mac, _ := strings.Cut(strings.TrimSpace(text), ":")
	position, err := strconv.ParseInt(number, 10, 64)
	raw, bad := hex.DecodeString(mac)
	if err != nil || bad != nil || position < 0 || len(raw) != sha256.Size {
		return Checkpoint{}, errors.New("not an anchor: it must be a number, a colon and 64 hexadecimal digits")
	}
	return Checkpoint{position, raw}, nil
}
