// Package note keeps notes in memory.
package note

import (
	"fmt"
	"sync"
)

// Note is a note of an account.
type Note struct {
	ID     string
	Owner  string // the account: `sub` of its token
	Title  string
	Text   *string
	Remark *string
}

// OwnerID implements auth.Owned: rules with `owner: true` compare it with the caller.
func (n *Note) OwnerID() string { return n.Owner }

// Store keeps notes until the process ends. Its zero value is empty and ready.
type Store struct {
	mu    sync.Mutex
	made  int
	notes []*Note
}

// Add keeps a copy of n under a new id and returns it.
func (s *Store) Add(n Note) *Note {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made++
	n.ID = fmt.Sprintf("note_%d", s.made)
	s.notes = append(s.notes, &n)
	return &n
}

// All returns every note, oldest first.
func (s *Store) All() []*Note {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*Note{}, s.notes...)
}

// ByID returns the note with this id, or nil if it does not exist.
func (s *Store) ByID(id string) *Note {
	for _, n := range s.All() {
		if n.ID == id {
			return n
		}
	}
	return nil
}

// DeleteOf deletes the notes of an owner and returns their ids.
func (s *Store) DeleteOf(owner string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids, kept := []string{}, []*Note{}
	for _, n := range s.notes {
		if n.Owner == owner {
			ids = append(ids, n.ID)
		} else {
			kept = append(kept, n)
		}
	}
	s.notes = kept
	return ids
}
