package db_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/db"
	"authgraph/mail"
)

func outgoing(id string) account.OutgoingMail {
	return account.OutgoingMail{ID: "mail_" + id, Kind: mail.LoginLink, Lifetime: time.Hour, Sealed: []byte("s"), TokenHash: []byte("hash " + id)}
}

// A mail whose token is void is deleted, even while an instance sends it.
func TestMail_Voided(t *testing.T) {
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s := open(t)
		if err := s.AddMails(t.Context(), []account.OutgoingMail{outgoing("a"), outgoing("b"), outgoing("c")}); err != nil {
			t.Fatal(err)
		}
		if claimed, err := s.ClaimMails(t.Context(), 1, time.Hour); err != nil || len(claimed) != 1 {
			t.Fatalf("got %v, %v", claimed, err)
		}
		if err := s.DropMails(t.Context(), []byte("hash a"), []byte("hash c"), []byte("hash of none")); err != nil {
			t.Fatal(err)
		}
		if err := s.DropMails(t.Context()); err != nil {
			t.Fatal(err)
		}
		var left []string
		if err := s.Select(t.Context(), &left, `SELECT id FROM mail_queue`); err != nil || len(left) != 1 || left[0] != "mail_b" {
			t.Errorf("got %v, %v, want b alone", left, err)
		}
	})
}

// Mails are queued with the change that they belong to, and workers are woken after its commit.
func TestMail_WithChange(t *testing.T) {
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s := open(t)
		woken := 0
		s.SubscribeMails(func() {
			woken++
			if claimed, err := s.ClaimMails(t.Context(), 10, time.Hour); err != nil || len(claimed) != 1 || claimed[0].ID != "mail_a" {
				t.Errorf("when woken: got %v, %v, want the committed mail", claimed, err)
			}
		})
		cause := errors.New("the change fails")
		if err := s.FailWithMails(t.Context(), []account.OutgoingMail{outgoing("lost")}, cause); !errors.Is(err, cause) {
			t.Fatalf("got %v", err)
		}
		if woken != 0 {
			t.Errorf("woken by a change that failed")
		}
		if err := s.AddMails(t.Context(), []account.OutgoingMail{outgoing("a")}); err != nil {
			t.Fatal(err)
		}
		add(t, s, "ada") // a change without mails
		if woken != 1 {
			t.Errorf("woken %d times, want once", woken)
		}
	})
}

// The statement that finds due mails uses an index, because it runs every few seconds.
func TestMail_Plan(t *testing.T) {
	s := openSQLite(t)
	var plan []struct {
		ID, Parent, NotUsed int
		Detail              string
	}
	if err := s.Select(t.Context(), &plan, `EXPLAIN QUERY PLAN SELECT id FROM mail_queue WHERE due_at <= 1 ORDER BY due_at, id LIMIT 5`); err != nil {
		t.Fatal(err)
	}
	for _, step := range plan {
		if strings.Contains(step.Detail, "SCAN") || strings.Contains(step.Detail, "TEMP B-TREE") {
			t.Errorf("got %q, want the index alone", step.Detail)
		}
	}
	if len(plan) == 0 {
		t.Error("no plan")
	}
}
