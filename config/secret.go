package config

import (
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Secret is a key that seals what must not be read from the database alone,
// with the id that is stored beside what it sealed.
type Secret struct {
	ID  string
	Key Hidden[[32]byte]
}

var secretID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)

const secretForm = "give id:key pairs separated by commas, " +
	"each id of 1 to 32 of A-Z a-z 0-9 _ - and each key 32 bytes in base64"

// NewSecret returns the secret, or an error if the id could not be written
// into a list of secrets.
func NewSecret(id string, key [32]byte) (Secret, error) {
	if !secretID.MatchString(id) {
		return Secret{}, errors.New("the id of a secret is 1 to 32 of A-Z a-z 0-9 _ -")
	}
	return Secret{ID: id, Key: Hide(key)}, nil
}

// Reveal spells the secret as ParseSecrets reads it.
func (s Secret) Reveal() string {
	key := s.Key.Reveal()
	return s.ID + ":" + base64.StdEncoding.EncodeToString(key[:])
}

// ParseSecrets reads a list of id:key pairs separated by commas: the content
// of AUTHGRAPH_SECRETS and of the secret file. Keys are 32 bytes in the
// standard or the URL alphabet of base64, padded or not. The error names an
// entry by its place in the list alone: when somebody writes the parts in the
// wrong order, the id is the key.
func ParseSecrets(list string) ([]Secret, error) {
	if strings.TrimSpace(list) == "" {
		return nil, problem{"holds no secret", secretForm}
	}
	var secrets []Secret
	place := map[string]int{}
	for i, entry := range strings.Split(list, ",") {
		secret, err := parseSecret(strings.TrimSpace(entry))
		if err != nil {
			return nil, problem{fmt.Sprintf("entry %d %v", i+1, err), secretForm}
		}
		if first, taken := place[secret.ID]; taken {
			return nil, problem{fmt.Sprintf("entry %d has the id of entry %d", i+1, first), "give each secret an id of its own"}
		}
		place[secret.ID] = i + 1
		secrets = append(secrets, secret)
	}
	return secrets, nil
}

func parseSecret(entry string) (Secret, error) {
	id, encoded, found := strings.Cut(entry, ":")
	if !found {
		return Secret{}, errors.New("has no colon between an id and a key")
	}
	if !secretID.MatchString(id) {
		return Secret{}, errors.New("has an id that is empty, too long or of other characters")
	}
	encoded = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(encoded, "="))
	key, err := base64.RawStdEncoding.DecodeString(encoded)
	if err != nil {
		return Secret{}, errors.New("has a key that is not base64")
	}
	if len(key) != 32 {
		return Secret{}, fmt.Errorf("has a key of %d bytes", len(key))
	}
	return NewSecret(id, [32]byte(key))
}
