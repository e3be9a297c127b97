package seal

import (
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

var validID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)

// Parse reads a list of secrets, id:key each, separated by commas or line ends.
// The key is base64 of 32 bytes in either alphabet, padded or not. Blanks around
// an entry and empty entries are skipped.
//
// Its errors name an entry by its position. They quote nothing of it, since what
// stands in the wrong place may be the key.
func Parse(list string) ([]Secret, error) {
	var secrets []Secret
	for entry := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ',' || r == '\n' }) {
		entry = strings.TrimSpace(entry)
		if entry == "" {
			continue
		}
		s, err := parseEntry(entry)
		if err != nil {
			return nil, fmt.Errorf("seal: secret %d: %w", len(secrets)+1, err)
		}
		secrets = append(secrets, s)
	}
	if err := checkIDs(secrets); err != nil {
		return nil, err
	}
	return secrets, nil
}

func parseEntry(entry string) (Secret, error) {
	id, key, found := strings.Cut(entry, ":")
	if !found {
		return Secret{}, errors.New("not of the form id:key")
	}
	if !validID.MatchString(id) {
		return Secret{}, errors.New("the id must be 1 to 32 letters, digits, _ or -")
	}
	key = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimSuffix(key, "="))
	raw, err := base64.RawStdEncoding.DecodeString(key)
	if err != nil || len(raw) != len(Secret{}.Key) {
		return Secret{}, errors.New("the key must be base64 of 32 bytes")
	}
	return Secret{ID: id, Key: [32]byte(raw)}, nil
}

// checkIDs holds what a list of secrets must be: not empty, its ids well formed
// and unique. Two keys under one id would make values that do not open.
func checkIDs(secrets []Secret) error {
	if len(secrets) == 0 {
		return errors.New("seal: no secret")
	}
	seen := make(map[string]bool, len(secrets))
	for i, s := range secrets {
		if !validID.MatchString(s.ID) {
			return fmt.Errorf("seal: secret %d: the id must be 1 to 32 letters, digits, _ or -", i+1)
		}
		if seen[s.ID] {
			return fmt.Errorf("seal: secret %d: the id %s occurs twice", i+1, s.ID)
		}
		seen[s.ID] = true
	}
	return nil
}
