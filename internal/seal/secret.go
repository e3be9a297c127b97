package seal

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
)

// Secret is a key with a name. The name is public: it stands in every value
// sealed with the key. Printed, logged or marshalled as text or JSON, a Secret
// shows its name alone.
type Secret struct {
	ID  string
	Key [32]byte
}

// Generate makes a secret with a random id of 8 hexadecimal digits.
func Generate(rand io.Reader) (Secret, error) {
	var (
		id [4]byte
		s  Secret
	)
	if _, err := io.ReadFull(rand, id[:]); err != nil {
		return Secret{}, fmt.Errorf("seal: %w", err)
	}
	if _, err := io.ReadFull(rand, s.Key[:]); err != nil {
		return Secret{}, fmt.Errorf("seal: %w", err)
	}
	s.ID = hex.EncodeToString(id[:])
	return s, nil
}

// Encode writes the secret, key and all, in the form that Parse reads.
func (s Secret) Encode() string {
	return s.ID + ":" + base64.StdEncoding.EncodeToString(s.Key[:])
}

// String names the secret without its key.
func (s Secret) String() string { return s.ID + ":[redacted]" }

// Format answers every verb with String: %d or %#v would otherwise reach the key
// by reflection.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue is String.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText is String; it serves encoding/json too.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
