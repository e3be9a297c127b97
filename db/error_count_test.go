package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"

	"github.com/lib/pq"

	"authgraph/account"
)

func TestKindOfFault(t *testing.T) {
	refused := &pq.Error{Code: "08006"}
	for _, row := range []struct {
		name               string
		err                error
		unavailable, other bool
	}{
		{"nothing", nil, false, false},
		{"a lost connection", refused, true, false},
		{"a lost connection, wrapped", fmt.Errorf("reading: %w", refused), true, false},
		{"a lost connection, counted before", storeError(refused), false, false},
		{"a deadline", context.DeadlineExceeded, true, false},
		{"a client that gave up", context.Canceled, false, false},
		{"a wrong statement", &pq.Error{Code: "42601"}, false, true},
		{"a unique constraint", &pq.Error{Code: "23505"}, false, false},
		{"no row", sql.ErrNoRows, false, false},
		{"no effect", errNoEffect, false, false},
		{"an answer", account.ErrChanged, false, false},
		{"an error of ours", errors.New("x"), false, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if unavailable, other := kindOfFault(row.err); unavailable != row.unavailable || other != row.other {
				t.Errorf("got %v, %v, want %v, %v", unavailable, other, row.unavailable, row.other)
			}
		})
	}
}

func TestFaults_Statement(t *testing.T) {
	s, err := OpenSQLite(t.TempDir() + "/authgraph.db")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	_, before := Faults()
	if _, err := s.exec(t.Context(), `DELETE FROM nothing`); err == nil {
		t.Fatal("got no error, want one: the table does not exist")
	}
	if _, after := Faults(); after != before+1 {
		t.Errorf("got %d more, want 1", after-before)
	}
}
