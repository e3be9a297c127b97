package accounttest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/mail"
)

func newMail(id, user string) account.OutgoingMail {
	m := account.OutgoingMail{
		ID: "mail_" + id, Kind: mail.PasswordChanged, Lifetime: time.Hour, Sealed: []byte("sealed " + id), TokenHash: []byte("hash " + id),
	}
	if user != "" {
		m.UserID = "user_" + user
	}
	return m
}

func mustQueue(t *testing.T, s account.Store, mails ...account.OutgoingMail) {
	t.Helper()
	if err := s.AddMails(t.Context(), mails); err != nil {
		t.Fatal(err)
	}
}

// claim claims mails and sorts them by id.
func claim(t *testing.T, s account.Store, max int, lease time.Duration) []account.ClaimedMail {
	t.Helper()
	claimed, err := s.ClaimMails(t.Context(), max, lease)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(claimed, func(a, b account.ClaimedMail) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return claimed
}

// claimOne claims a mail when one is due.
func claimOne(t *testing.T, s account.Store, lease time.Duration) account.ClaimedMail {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		if claimed := claim(t, s, 1, lease); len(claimed) == 1 {
			return claimed[0]
		}
	}
	t.Fatal("no mail became due")
	return account.ClaimedMail{}
}

func mailClaim(t *testing.T, s account.Store) {
	mustAdd(t, s, newUser("ada"))
	mustQueue(t, s, newMail("a", "ada"), newMail("b", ""), newMail("c", ""))
	first := claim(t, s, 2, time.Hour)
	if len(first) != 2 || len(claim(t, s, 10, time.Hour)) != 1 || len(claim(t, s, 10, time.Hour)) != 0 {
		t.Fatalf("got %d mails first, want 2, then 1, then none", len(first))
	}
	a := first[0]
	if a.ID != "mail_a" || a.UserID != "user_ada" {
		t.Errorf("got %+v", a)
	} else if a.Kind != mail.PasswordChanged || string(a.Sealed) != "sealed a" {
		t.Errorf("got %+v", a)
	}
	if a.Attempts != 1 || a.Remaining <= 59*time.Minute {
		t.Errorf("got %+v, want the first attempt of a mail that expires in an hour", a)
	} else if a.Remaining > time.Hour || time.Since(a.QueuedAt) > time.Minute {
		t.Errorf("got %+v, want the first attempt of a mail that expires in an hour", a)
	}
	if first[1].UserID != "" {
		t.Errorf("got %+v, want no account", first[1])
	}
}

func mailRetry(t *testing.T, s account.Store) {
	mustQueue(t, s, newMail("a", ""))
	if err := s.RetryMail(t.Context(), claimOne(t, s, time.Hour), time.Hour); err != nil {
		t.Fatal(err)
	}
	if got := claim(t, s, 1, time.Hour); len(got) != 0 {
		t.Fatalf("an hour early: got %+v", got)
	}
	mustQueue(t, s, newMail("b", ""))
	if err := s.RetryMail(t.Context(), claimOne(t, s, time.Hour), time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if got := claimOne(t, s, time.Hour); got.ID != "mail_b" || got.Attempts != 2 {
		t.Errorf("got %+v, want the second attempt of b", got)
	}
}

func mailDelivered(t *testing.T, s account.Store) {
	mustQueue(t, s, newMail("a", ""))
	for range 2 {
		if err := s.MailDelivered(t.Context(), "mail_a"); err != nil {
			t.Error(err)
		}
	}
	if got := claim(t, s, 1, time.Hour); len(got) != 0 {
		t.Errorf("got %+v, want none", got)
	}
}

// A claim that has expired can be replaced. Then it changes nothing, except that a delivered mail is deleted.
func mailLease(t *testing.T, s account.Store) {
	mustQueue(t, s, newMail("a", ""))
	old := claimOne(t, s, time.Microsecond)
	present := claimOne(t, s, time.Hour)
	if present.ID != old.ID || present.Claim == old.Claim || present.Attempts != 2 {
		t.Fatalf("got %+v after %+v, want another claim of the same mail", present, old)
	}
	if err := s.RetryMail(t.Context(), old, 0); err != nil {
		t.Error(err)
	}
	if err := s.GiveUpMail(t.Context(), old, "late"); err != nil {
		t.Error(err)
	}
	if got := claim(t, s, 1, time.Hour); len(got) != 0 {
		t.Errorf("the old claim released it: got %+v", got)
	}
	if err := s.RetryMail(t.Context(), present, 0); err != nil {
		t.Error(err)
	}
	claimOne(t, s, time.Microsecond) // the old claim did not delete it either
	if err := s.MailDelivered(t.Context(), old.ID); err != nil {
		t.Error(err)
	}
	if got := claim(t, s, 1, time.Hour); len(got) != 0 {
		t.Errorf("delivered by the old claim: got %+v", got)
	}
}

// Instances that claim at once claim each mail once.
func mailClaimAtOnce(t *testing.T, s account.Store) {
	const mails, instances = 60, 6
	var queued []account.OutgoingMail
	for n := range mails {
		queued = append(queued, newMail(fmt.Sprint(n), ""))
	}
	mustQueue(t, s, queued...)
	var mu sync.Mutex
	var wait sync.WaitGroup
	claims := map[string]int{}
	for range instances {
		wait.Go(func() {
			for range mails {
				claimed, err := s.ClaimMails(t.Context(), 4, time.Hour)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				for _, c := range claimed {
					claims[c.ID]++
				}
				done := len(claims) == mails
				mu.Unlock()
				if done {
					return
				}
			}
		})
	}
	wait.Wait()
	if len(claims) != mails {
		t.Errorf("got %d mails, want %d", len(claims), mails)
	}
	for id, n := range claims {
		if n != 1 {
			t.Errorf("%s was claimed %d times", id, n)
		}
	}
}

func mailExpired(t *testing.T, s account.Store) {
	m := newMail("a", "")
	m.Lifetime = time.Microsecond
	mustQueue(t, s, m)
	if got := claimOne(t, s, 2*time.Millisecond); got.Remaining > 0 {
		got = claimOne(t, s, time.Hour) // SQLite's clock goes in steps of a millisecond
		if got.Remaining > 0 {
			t.Errorf("got %+v, want an expired mail", got)
		}
	}
}

// The erasure of an account deletes its mails, and no others.
func mailErased(t *testing.T, s account.Store) {
	root := administrator(t, s, "root", account.RoleAdmin)
	mustAdd(t, s, newUser("ada"))
	mustQueue(t, s, newMail("a", "ada"), newMail("b", ""), newMail("c", "root"))
	if _, err := s.EraseUser(t.Context(), root, "user_ada"); err != nil {
		t.Fatal(err)
	}
	if got := claim(t, s, 10, time.Hour); len(got) != 2 || got[0].ID != "mail_b" || got[1].ID != "mail_c" {
		t.Errorf("got %+v, want b and c", got)
	}
}

// A mail that is given up is deleted and recorded.
func mailGivenUp(t *testing.T, s account.Store, log Log) {
	mustAdd(t, s, newUser("ada"))
	mustQueue(t, s, newMail("a", "ada"))
	abandoned := claimOne(t, s, time.Hour)
	for range 2 {
		if err := s.GiveUpMail(t.Context(), abandoned, "550"); err != nil {
			t.Fatal(err)
		}
	}
	events := eventsOf(appendAll(t, log), account.ActionMailGiveUp)
	if len(events) != 1 || !is(events[0].SubjectID, "user_ada") || events[0].Outcome != account.Failed {
		t.Fatalf("got %+v, want one failure of ada", events)
	}
	if detail(events[0], "kind") != "password_changed" || detail(events[0], "reason") != "550" ||
		fmt.Sprint(detail(events[0], "attempts")) != "1" {
		t.Errorf("got details %+v", events[0].Details)
	}
	if err := s.RetryMail(t.Context(), abandoned, 0); err != nil {
		t.Error(err)
	}
	if got := claim(t, s, 1, time.Hour); len(got) != 0 {
		t.Errorf("got %+v, want none", got)
	}
}
