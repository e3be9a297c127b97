package db_test

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/db"
	"authgraph/db/dbtest"
	"authgraph/internal/seal"
	"authgraph/internal/smtptest"
	"authgraph/mail"
)

// mailInstances opens n stores of one database.
func mailInstances(t *testing.T, n int, test func(t *testing.T, stores []*db.Store)) {
	t.Run("SQLite", func(t *testing.T) {
		path, stores := dbtest.SQLite(t), make([]*db.Store, n)
		for i := range stores {
			stores[i] = dbtest.OpenSQLite(t, path)
		}
		test(t, stores)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		dsn, stores := dbtest.Postgres(t), make([]*db.Store, n)
		for i := range stores {
			stores[i] = dbtest.OpenPostgres(t, dsn)
		}
		test(t, stores)
	})
}

func mailBox(t *testing.T) *seal.Box {
	t.Helper()
	box, err := seal.New([]seal.Secret{{ID: "a", Key: [32]byte{1}}})
	if err != nil {
		t.Fatal(err)
	}
	return box
}

// delivery starts a delivery of mails from a queue to a server, with short pauses, until the test ends.
func delivery(t *testing.T, q account.MailQueue, server *smtptest.Server, lease time.Duration, attempted func(account.MailAttempt)) {
	t.Helper()
	templates, err := mail.Load(mail.Settings{AppURL: "https://id.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	sender := mail.NewSMTP(mail.SMTPSettings{
		Host: server.Host, Port: server.Port, TLS: server.ClientTLS(), From: netmail.Address{Address: "no-reply@example.com"},
	})
	d := account.NewMailDelivery(q, mailBox(t), templates, sender, account.MailPace{
		Lease: lease, Poll: 5 * time.Millisecond, Retry: func(int) time.Duration { return time.Millisecond },
	}, attempted, func(err error) { t.Log(err) })
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { d.Run(ctx); close(done) }()
	t.Cleanup(func() { cancel(); <-done; sender.Close() })
}

// messageIDs counts the accepted mails by Message-ID.
func messageIDs(t *testing.T, server *smtptest.Server) map[string]int {
	t.Helper()
	ids := map[string]int{}
	for _, received := range server.Mails() {
		m, err := netmail.ReadMessage(strings.NewReader(received.Data))
		if err != nil {
			t.Fatal(err)
		}
		ids[m.Header.Get("Message-Id")]++
	}
	return ids
}

func queued(t *testing.T, s *db.Store) (rows int) {
	t.Helper()
	var counts []int
	if err := s.Select(t.Context(), &counts, `SELECT count(*) FROM mail_queue`); err != nil {
		t.Fatal(err)
	}
	return counts[0]
}

func sealedMails(t *testing.T, n int) []account.OutgoingMail {
	t.Helper()
	var mails []account.NewMail
	for i := range n {
		mails = append(mails, account.NewMail{Kind: mail.PasswordChanged, To: fmt.Sprintf("user%d@example.org", i)})
	}
	return account.NewOutbox(mailBox(t)).Seal(mails...)
}

// Three instances send each mail once, while the server refuses some for now and drops connections.
func TestMailDelivery_Instances(t *testing.T) {
	const mails = 60
	mailInstances(t, 3, func(t *testing.T, stores []*db.Store) {
		var step atomic.Int64
		server := smtptest.New(t, smtptest.Options{Answer: func(at, _ string) error {
			switch n := step.Add(1); {
			case at == "RCPT" && n%5 == 0:
				return smtptest.Reply(451, [3]int{4, 3, 0}, "busy")
			case at == "RCPT" && n%7 == 0:
				return smtptest.Drop
			}
			return nil
		}})
		var sent, retried atomic.Int64
		for _, s := range stores {
			delivery(t, s, server, time.Minute, func(a account.MailAttempt) {
				switch a.Outcome {
				case account.MailSent:
					sent.Add(1)
				case account.MailRetried:
					retried.Add(1)
				default:
					t.Errorf("got %+v", a)
				}
			})
		}
		if err := stores[0].AddMails(t.Context(), sealedMails(t, mails)); err != nil {
			t.Fatal(err)
		}
		await(t, func() bool { return sent.Load() == mails })
		ids := messageIDs(t, server)
		for id, n := range ids {
			if n != 1 {
				t.Errorf("%s was sent %d times", id, n)
			}
		}
		if len(ids) != mails || queued(t, stores[0]) != 0 || retried.Load() == 0 {
			t.Errorf("got %d mails, %d rows and %d retries, want %d, none and some", len(ids), queued(t, stores[0]), retried.Load(), mails)
		}
	})
}

// A mail of an instance that was killed before it sent is sent when its claim ends.
func TestMailDelivery_KilledBefore(t *testing.T) {
	mailInstances(t, 2, func(t *testing.T, stores []*db.Store) {
		if err := stores[0].AddMails(t.Context(), sealedMails(t, 3)); err != nil {
			t.Fatal(err)
		}
		claimed, err := stores[0].ClaimMails(t.Context(), 3, 300*time.Millisecond) // and then nothing
		if err != nil || len(claimed) != 3 {
			t.Fatalf("got %v, %v", claimed, err)
		}
		server := smtptest.New(t, smtptest.Options{})
		var sent atomic.Int64
		delivery(t, stores[1], server, time.Minute, func(a account.MailAttempt) {
			if a.Attempts != 2 || a.Outcome != account.MailSent {
				t.Errorf("got %+v, want that the second attempt sends it", a)
			}
			sent.Add(1)
		})
		await(t, func() bool { return sent.Load() == 3 })
		if ids := messageIDs(t, server); len(ids) != 3 || queued(t, stores[0]) != 0 {
			t.Errorf("got %v, want each once", ids)
		}
	})
}

// undeleting is a queue whose instance is killed between the server's reply and the deletion of the row.
type undeleting struct {
	*db.Store
	once sync.Once
}

var errKilled = errors.New("killed")

// MailDelivered implements account.MailQueue.
func (u *undeleting) MailDelivered(ctx context.Context, id string) error {
	err := error(nil)
	u.once.Do(func() { err = errKilled })
	if err != nil {
		return err
	}
	return u.Store.MailDelivered(ctx, id)
}

// A kill between the server's confirmation and the commit may repeat a mail, with the same Message-ID.
func TestMailDelivery_KilledAfter(t *testing.T) {
	mailInstances(t, 1, func(t *testing.T, stores []*db.Store) {
		rows := sealedMails(t, 1)
		if err := stores[0].AddMails(t.Context(), rows); err != nil {
			t.Fatal(err)
		}
		server := smtptest.New(t, smtptest.Options{})
		var sent atomic.Int64
		delivery(t, &undeleting{Store: stores[0]}, server, 200*time.Millisecond, func(account.MailAttempt) { sent.Add(1) })
		await(t, func() bool { return sent.Load() == 2 })
		ids := messageIDs(t, server)
		if len(ids) != 1 || ids["<"+rows[0].ID+"@example.com>"] != 2 || queued(t, stores[0]) != 0 {
			t.Errorf("got %v, want the same Message-ID twice", ids)
		}
	})
}

// A reader of the database learns neither recipient nor token.
func TestMailDelivery_Sealed(t *testing.T) {
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s := open(t)
		rows := account.NewOutbox(mailBox(t)).Seal(account.NewMail{
			Kind: mail.LoginLink, To: "ada@example.org", Data: mail.Data{Token: "T0KEN", Code: "12345678"},
		})
		if err := s.AddMails(t.Context(), rows); err != nil {
			t.Fatal(err)
		}
		var found []struct {
			ID     string `db:"id"`
			Sealed []byte `db:"sealed"`
		}
		if err := s.Select(t.Context(), &found, `SELECT id, sealed FROM mail_queue`); err != nil || len(found) != 1 {
			t.Fatalf("got %v, %v", found, err)
		}
		for _, secret := range []string{"ada", "T0KEN", "12345678"} {
			if strings.Contains(string(found[0].Sealed), secret) {
				t.Errorf("the row has %q", secret)
			}
		}
		if plain, err := mailBox(t).Open("mail", found[0].ID, found[0].Sealed); err != nil || !strings.Contains(string(plain), "T0KEN") {
			t.Errorf("got %q, %v, want the mail", plain, err)
		}
		if _, err := mailBox(t).Open("mail", "mail_other", found[0].Sealed); err == nil {
			t.Error("it opens for another row")
		}
	})
}
