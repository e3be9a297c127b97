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

// Mark is a place in the chain: how many records there are up to it, and the MAC of the last. Whoever keeps one outside of the
// database can prove later that nothing before it was changed, nor the log cut back to before it.
type Mark struct {
	Position int64
	MAC      []byte
}

// Genesis is the mark of an empty log.
func (k *Keys) Genesis() Mark {
	return Mark{MAC: sum(hmac.New(sha256.New, k.chain), []byte("genesis"))}
}

// Link puts r behind the record that the chain ended with, and returns the chain's new end.
func (k *Keys) Link(end Mark, r *Record) Mark {
	r.Position = end.Position + 1
	r.MAC = k.mac(end.MAC, r)
	return Mark{r.Position, r.MAC}
}

// mac covers the record and, through the MAC of the one before, everything before it. A MAC has a fixed length, so the
// two can't be shifted into each other.
func (k *Keys) mac(before []byte, r *Record) []byte {
	return sum(hmac.New(sha256.New, k.chain), before, r.text())
}

// Follows reports whether r is the record that was put behind end.
func (k *Keys) Follows(end Mark, r *Record) bool {
	return r.Position == end.Position+1 && hmac.Equal(r.MAC, k.mac(end.MAC, r))
}

// End is where the log ends by what is kept beside it: at its genesis if nothing was ever sealed.
func (k *Keys) End(kept Kept) Mark {
	if kept.Head.Position == 0 && len(kept.Head.MAC) == 0 {
		return k.Genesis()
	}
	return kept.Head
}

// Start is what the first record that is left follows: what was dropped last, or the log's genesis.
func (k *Keys) Start(kept Kept) Mark {
	if kept.Anchor.Position == 0 {
		return k.Genesis()
	}
	return kept.Anchor
}

// SignHead signs that the log ended at m. Without it whoever can write where the log ends could set that back to any
// record whose MAC they can read, and drop those behind it. It has a key of its own: no anchor is taken for a head.
func (k *Keys) SignHead(m Mark) []byte { return sign(k.head, m) }

// HeadSigned reports whether SignHead made the signature of where the log ends.
func (k *Keys) HeadSigned(kept Kept) bool {
	return hmac.Equal(k.SignHead(k.End(kept)), kept.HeadSignature)
}

// SignAnchor signs that everything up to m was dropped because it was older than the log is kept. Without it the log
// would have to begin at its first record.
func (k *Keys) SignAnchor(m Mark) []byte { return sign(k.anchor, m) }

// AnchorSigned reports whether SignAnchor made the signature of where the log begins, or nothing was dropped.
func (k *Keys) AnchorSigned(kept Kept) bool {
	return kept.Anchor.Position == 0 || hmac.Equal(k.SignAnchor(kept.Anchor), kept.AnchorSignature)
}

func sign(key []byte, m Mark) []byte {
	return sum(hmac.New(sha256.New, key), binary.BigEndian.AppendUint64(nil, uint64(m.Position)), m.MAC)
}

// String returns the mark as people keep it: "1234:9f86…".
func (m Mark) String() string {
	return strconv.FormatInt(m.Position, 10) + ":" + hex.EncodeToString(m.MAC)
}

// ParseMark reads what String returned.
func ParseMark(text string) (Mark, error) {
	number, mac, _ := strings.Cut(strings.TrimSpace(text), ":")
	position, err := strconv.ParseInt(number, 10, 64)
	raw, bad := hex.DecodeString(mac)
	if err != nil || bad != nil || position < 0 || len(raw) != sha256.Size {
		return Mark{}, errors.New("this is no anchor: one is a number, a colon and 64 hexadecimal digits")
	}
	return Mark{position, raw}, nil
}
