package db_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/db"
	"authgraph/internal/seal"
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
		var remaining []string
		if err := s.Select(t.Context(), &remaining, `SELECT id FROM mail_queue`); err != nil || len(remaining) != 1 || remaining[0] != "mail_b" {
			t.Errorf("got %v, %v, want b alone", remaining, err)
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

// Mails that no worker gives up are deleted a day after they expired.
func TestPurgeMails(t *testing.T) {
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s, now := open(t), time.Now().UnixMicro()
		for id, age := range map[string]time.Duration{"mail_old": 25 * time.Hour, "mail_late": 23 * time.Hour, "mail_new": -time.Hour} {
			expires := now - age.Microseconds()
			if err := s.Exec(t.Context(), `INSERT INTO mail_queue (id, kind, sealed, created_at, due_at, expires_at)
				VALUES ($1, 'login_link', $2, $3, $3, $3)`, id, []byte("s"), expires); err != nil {
				t.Fatal(err)
			}
		}
		waiting, oldest, err := s.MailBacklog(t.Context())
		if err != nil || len(waiting) != 1 || waiting[mail.LoginLink] != 3 {
			t.Errorf("backlog: got %v, %v, want three mails", waiting, err)
		}
		if oldest < 24*time.Hour || oldest > 26*time.Hour {
			t.Errorf("backlog: got %v, want that the oldest has 25 h", oldest)
		}
		if err := s.PurgeMails(t.Context()); err != nil {
			t.Fatal(err)
		}
		var remaining []string
		if err := s.Select(t.Context(), &remaining, `SELECT id FROM mail_queue ORDER BY id`); err != nil || len(remaining) != 2 || remaining[0] != "mail_late" {
			t.Errorf("got %v, %v, want all but the old one", remaining, err)
		}
	})
}

// Waiting mails are sealed again, so that an old secret can be dropped. The others are sealed even if one can't be decrypted.
func TestResealMails(t *testing.T) {
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		box := func(ids ...string) *seal.Box {
			var secrets []seal.Secret
			for _, id := range ids {
				secrets = append(secrets, seal.Secret{ID: id, Key: [32]byte{id[0]}})
			}
			b, err := seal.New(secrets)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		s := open(t)
		for id, n := range map[string]int{"old": 501, "new": 1, "lost": 1} {
			mails := make([]account.NewMail, n)
			for i := range mails {
				mails[i] = account.NewMail{Kind: mail.LoginLink, To: "ada@example.org"}
			}
			if err := s.AddMails(t.Context(), account.NewOutbox(box(id)).Seal(mails...)); err != nil {
				t.Fatal(err)
			}
		}
		for _, want := range []int{501, 0} {
			if n, err := account.ResealMails(t.Context(), s, box("new", "old")); n != want || err == nil || !strings.Contains(err.Error(), "lost") {
				t.Errorf("got %d, %v, want %d and the mail of the lost secret", n, err, want)
			}
		}
		opened := 0
		mails, err := s.SealedMails(t.Context(), "", 1000)
		for _, m := range mails {
			if _, err := box("new").Open("mail", m.ID, m.Sealed); err == nil {
				opened++
			}
		}
		if err != nil || opened != 502 {
			t.Errorf("got %d mails that open without the old secret, %v, want 502", opened, err)
		}
	})
}
