package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"authgraph/mail"
)

// plainSealer binds a value to its row, and hides nothing.
type plainSealer struct{}

func (plainSealer) Seal(purpose, subject string, plain []byte) []byte {
	return []byte(purpose + "|" + subject + "|" + string(plain))
}

func (plainSealer) Open(purpose, subject string, sealed []byte) ([]byte, error) {
	plain, ok := strings.CutPrefix(string(sealed), purpose+"|"+subject+"|")
	if !ok {
		return nil, errors.New("sealed for another row")
	}
	return []byte(plain), nil
}

// memoryQueue is a MailQueue of one instance.
type memoryQueue struct {
	mu       sync.Mutex
	began    time.Time
	rows     map[string]*memoryMail
	log      []string // changes, with their times
	polls    int
	err      error // returned by MailDelivered
	claimErr error
}

type memoryMail struct {
	ClaimedMail
	due, expires time.Time
}

func newMemoryQueue() *memoryQueue {
	return &memoryQueue{began: time.Now(), rows: map[string]*memoryMail{}}
}

func (q *memoryQueue) note(format string, args ...any) {
	q.log = append(q.log, time.Since(q.began).Round(time.Second).String()+" "+fmt.Sprintf(format, args...))
}

func (q *memoryQueue) AddMails(_ context.Context, mails []OutgoingMail) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, m := range mails {
		q.rows[m.ID] = &memoryMail{
			ClaimedMail{ID: m.ID, Kind: m.Kind, UserID: m.UserID, Sealed: m.Sealed, QueuedAt: time.Now()}, time.Now(), time.Now().Add(m.Lifetime),
		}
	}
	return nil
}

func (q *memoryQueue) ClaimMails(_ context.Context, max int, lease time.Duration) (claimed []ClaimedMail, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.polls++; q.claimErr != nil {
		return nil, q.claimErr
	}
	for _, row := range q.rows {
		if len(claimed) < max && !row.due.After(time.Now()) {
			row.due = time.Now().Add(lease)
			row.Attempts++
			row.Claim = fmt.Sprint(row.Attempts)
			row.Remaining = time.Until(row.expires)
			claimed = append(claimed, row.ClaimedMail)
		}
	}
	return claimed, nil
}

func (q *memoryQueue) MailDelivered(_ context.Context, id string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err != nil {
		return q.err
	}
	delete(q.rows, id)
	return nil
}

func (q *memoryQueue) RetryMail(_ context.Context, c ClaimedMail, after time.Duration) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.rows[c.ID].due = time.Now().Add(after)
	q.note("retry after %v", after)
	return nil
}

func (q *memoryQueue) GiveUpMail(_ context.Context, c ClaimedMail, reason string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.rows, c.ID)
	q.note("give up: %s", reason)
	return nil
}

// sending is a mail.Sender that a test decides about.
type sending func(ctx context.Context, r *mail.Rendered) error

func (f sending) Send(ctx context.Context, r *mail.Rendered) error { return f(ctx, r) }

func mailTemplates(t *testing.T) *mail.Templates {
	t.Helper()
	templates, err := mail.Load(mail.Settings{AppURL: "https://id.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	return templates
}

// steady are retries without chance.
func steady(attempts int) time.Duration { return mailRetries[min(attempts, len(mailRetries))-1] }

func queueMail(t *testing.T, q MailQueue, m NewMail) []OutgoingMail {
	t.Helper()
	rows := NewOutbox(plainSealer{}).Seal(m)
	if err := q.AddMails(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

// deliverFor runs a delivery for a time, and returns its attempts.
func deliverFor(t *testing.T, q *memoryQueue, sender mail.Sender, d time.Duration) (attempts []MailAttempt) {
	t.Helper()
	var mu sync.Mutex
	delivery := NewMailDelivery(q, plainSealer{}, mailTemplates(t), sender, MailPace{Retry: steady}, func(a MailAttempt) {
		mu.Lock()
		defer mu.Unlock()
		attempts = append(attempts, a)
	}, func(err error) { t.Log(err) })
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { delivery.Run(ctx); close(done) }()
	time.Sleep(d)
	cancel()
	<-done
	return attempts
}

func TestMailDelivery_Sends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newMemoryQueue()
		u := &User{ID: "user_ada", Email: "Ada@example.org", Locale: new("de")}
		queueMail(t, q, MailTo(u, mail.ResetPassword, mail.Data{Token: "T0KEN", ValidFor: time.Hour}))
		var got []*mail.Rendered
		attempts := deliverFor(t, q, sending(func(_ context.Context, r *mail.Rendered) error {
			got = append(got, r)
			return nil
		}), time.Minute)
		if len(got) != 1 || len(attempts) != 1 || len(q.rows) != 0 {
			t.Fatalf("got %+v, %+v and rows %v, want one mail, one attempt and no row", got, attempts, q.rows)
		}
		if got[0].To != "Ada@example.org" || !strings.Contains(got[0].Subject, "Passwort") || !strings.Contains(got[0].Text, "T0KEN") {
			t.Errorf("got %+v, want the German mail to Ada", got[0])
		}
		if attempts[0].Outcome != MailSent || attempts[0].UserID != "user_ada" {
			t.Errorf("got %+v, want that Ada's mail was sent", attempts[0])
		}
		if q.polls > 14 {
			t.Errorf("got %d looks at the queue in a minute, want one every 5 s", q.polls)
		}
	})
}

// A temporary error is tried again after growing pauses, until the mail expires.
func TestMailDelivery_Retries(t *testing.T) {
	for name, row := range map[string]struct {
		lifetime time.Duration
		want     []string
	}{
		"token of 15 minutes": {15 * time.Minute, []string{
			"0s retry after 1m0s", "1m0s retry after 5m0s", "6m0s retry after 8m0s", "14m0s give up: unreachable",
		}},
		"longest": {0, []string{
			"0s retry after 1m0s", "1m0s retry after 5m0s", "6m0s retry after 15m0s", "21m0s retry after 1h0m0s", "1h21m0s retry after 4h0m0s",
			"5h21m0s retry after 4h0m0s", "9h21m0s retry after 4h0m0s", "13h21m0s retry after 4h0m0s", "17h21m0s retry after 4h0m0s",
			"21h21m0s retry after 4h0m0s", "25h21m0s retry after 4h0m0s", "29h21m0s retry after 4h0m0s", "33h21m0s retry after 4h0m0s",
			"37h21m0s retry after 4h0m0s", "41h21m0s retry after 4h0m0s", "45h21m0s retry after 2h38m0s", "47h59m0s give up: unreachable",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q := newMemoryQueue()
				queueMail(t, q, NewMail{Kind: mail.LoginLink, To: "ada@example.org", Lifetime: row.lifetime})
				ids := map[string]bool{}
				attempts := deliverFor(t, q, sending(func(_ context.Context, r *mail.Rendered) error {
					ids[r.ID] = true
					return &mail.SendError{Step: "connecting"}
				}), 72*time.Hour)
				if !slices.Equal(q.log, row.want) {
					t.Errorf("got\n%s\nwant\n%s", strings.Join(q.log, "\n"), strings.Join(row.want, "\n"))
				}
				if last := attempts[len(attempts)-1]; last.Outcome != MailGivenUp || last.Attempts != len(row.want) || len(ids) != 1 {
					t.Errorf("got the last attempt %+v and the ids %v", last, ids)
				}
			})
		})
	}
}

func TestMailDelivery_Outcomes(t *testing.T) {
	for name, row := range map[string]struct {
		err  error
		want string
	}{
		"refused for good":   {&mail.SendError{Permanent: true, Code: 550, Enhanced: "5.1.1"}, "0s give up: 550 5.1.1"},
		"refused for now":    {&mail.SendError{Code: 451}, "0s retry after 1m0s"},
		"timeout":            {context.DeadlineExceeded, "0s retry after 1m0s"},
		"sign-in is refused": {&mail.SendError{Code: 535, Enhanced: "5.7.8"}, "0s retry after 1m0s"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q := newMemoryQueue()
				queueMail(t, q, NewMail{Kind: mail.LoginLink, To: "ada@example.org"})
				deliverFor(t, q, sending(func(context.Context, *mail.Rendered) error { return row.err }), 10*time.Second)
				if len(q.log) != 1 || q.log[0] != row.want {
					t.Errorf("got %q, want %q", q.log, row.want)
				}
			})
		})
	}
}

// A mail that has expired, or does not open, is not sent.
func TestMailDelivery_NotSent(t *testing.T) {
	for name, row := range map[string]struct {
		change func(*memoryMail)
		want   string
	}{
		"expired":              {func(m *memoryMail) { m.expires = time.Now() }, "0s give up: expired"},
		"sealed for other row": {func(m *memoryMail) { m.Sealed = plainSealer{}.Seal(mailPurpose, "mail_other", []byte("{}")) }, "0s retry after 1m0s"},
		"not a mail":           {func(m *memoryMail) { m.Sealed = plainSealer{}.Seal(mailPurpose, m.ID, []byte("secret words")) }, "0s retry after 1m0s"},
		"unknown kind":         {func(m *memoryMail) { m.Sealed = plainSealer{}.Seal(mailPurpose, m.ID, []byte(`{"kind":"newer"}`)) }, "0s retry after 1m0s"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q := newMemoryQueue()
				rows := queueMail(t, q, NewMail{Kind: mail.LoginLink, To: "ada@example.org"})
				row.change(q.rows[rows[0].ID])
				attempts := deliverFor(t, q, sending(func(context.Context, *mail.Rendered) error {
					t.Error("it was sent")
					return nil
				}), 10*time.Second)
				if len(q.log) != 1 || q.log[0] != row.want || strings.Contains(attempts[0].Err.Error(), "secret") {
					t.Errorf("got %q and %+v, want %q", q.log, attempts, row.want)
				}
			})
		})
	}
}

// Mails are sent at once, but no more than workers exist, and a stop leaves them mailGrace.
func TestMailDelivery_Stop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newMemoryQueue()
		for range 2 * mailWorkers {
			queueMail(t, q, NewMail{Kind: mail.LoginLink, To: "ada@example.org"})
		}
		var mu sync.Mutex
		began, ended := 0, []time.Duration{}
		start := time.Now()
		deliverFor(t, q, sending(func(ctx context.Context, _ *mail.Rendered) error {
			mu.Lock()
			began++
			mu.Unlock()
			<-ctx.Done()
			mu.Lock()
			defer mu.Unlock()
			ended = append(ended, time.Since(start))
			return ctx.Err()
		}), time.Second)
		if began != mailWorkers {
			t.Errorf("got %d sendings at once, want %d", began, mailWorkers)
		}
		for _, d := range ended {
			if d != time.Second+mailGrace {
				t.Errorf("a sending ended after %v, want %v after the stop", d, mailGrace)
			}
		}
		if len(q.log) != mailWorkers || q.log[0] != "6s retry after 0s" {
			t.Errorf("got %q, want that each is due at once for another instance", q.log)
		}
	})
}

// A mail whose row cannot be deleted after it was sent is not sent again before its claim ends.
func TestMailDelivery_DeletionFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newMemoryQueue()
		q.err = errors.New("out of reach")
		queueMail(t, q, NewMail{Kind: mail.LoginLink, To: "ada@example.org"})
		go func() {
			time.Sleep(time.Minute)
			q.mu.Lock()
			defer q.mu.Unlock()
			q.err = nil
		}()
		sent := 0
		deliverFor(t, q, sending(func(context.Context, *mail.Rendered) error { sent++; return nil }), time.Hour)
		if sent != 1 || len(q.rows) != 0 {
			t.Errorf("sent %d times, %d rows left, want once and none", sent, len(q.rows))
		}
	})
}

// Errors of the queue are reported, and do not stop the delivery.
func TestMailDelivery_QueueFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newMemoryQueue()
		q.claimErr = errors.New("out of reach")
		failures := 0
		d := NewMailDelivery(q, plainSealer{}, mailTemplates(t), nil, MailPace{}, nil, func(error) { failures++ })
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		d.Run(ctx)
		if failures < 10 || failures > 13 {
			t.Errorf("got %d reports in a minute, want one every 5 s", failures)
		}
	})
}

func TestMailDelivery_Wake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, sent := newMemoryQueue(), make(chan time.Duration, 1)
		start := time.Now()
		d := NewMailDelivery(q, plainSealer{}, mailTemplates(t), sending(func(context.Context, *mail.Rendered) error {
			sent <- time.Since(start)
			return nil
		}), MailPace{}, func(MailAttempt) {}, func(error) {})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go d.Run(ctx)
		time.Sleep(time.Second)
		queueMail(t, q, NewMail{Kind: mail.LoginLink, To: "ada@example.org"})
		d.Wake()
		d.Wake()
		if after := <-sent; after != time.Second {
			t.Errorf("sent after %v, want at once", after)
		}
	})
}

func TestMailRetry_Spread(t *testing.T) {
	for attempts, want := range map[int]time.Duration{0: time.Minute, 1: time.Minute, 2: 5 * time.Minute, 5: 4 * time.Hour, 99: 4 * time.Hour} {
		if got := mailRetry(attempts); got < want || got >= want+want/5 {
			t.Errorf("after %d attempts: got %v, want %v and up to a fifth more", attempts, got, want)
		}
	}
}

func TestOutbox_Seal(t *testing.T) {
	if rows := (*Outbox)(nil).Seal(NewMail{Kind: mail.LoginLink, To: "ada@example.org"}); rows != nil {
		t.Errorf("without mail: got %+v, want no rows", rows)
	}
	o := NewOutbox(plainSealer{})
	rows := o.Seal(
		NewMail{Kind: mail.LoginLink, To: "ada@example.org", UserID: "user_ada", TokenHash: []byte("hash"), Lifetime: 15 * time.Minute},
		NewMail{Kind: mail.PasswordChanged, To: "ada@example.org"},
		NewMail{Kind: mail.Invitation, To: "ada@example.org", Lifetime: 7 * 24 * time.Hour},
	)
	if len(rows) != 3 {
		t.Fatalf("got %+v, want 3 rows", rows)
	}
	if rows[0].UserID != "user_ada" || string(rows[0].TokenHash) != "hash" || rows[0].Kind != mail.LoginLink {
		t.Errorf("got %+v", rows[0])
	}
	for i, want := range []time.Duration{15 * time.Minute, 48 * time.Hour, 48 * time.Hour} {
		if rows[i].Lifetime != want || !isID(mailPrefix, rows[i].ID) {
			t.Errorf("got %+v, want an id and the lifetime %v", rows[i], want)
		}
		if i > 0 && rows[i].ID == rows[0].ID {
			t.Errorf("got the id %s twice", rows[i].ID)
		}
	}
}

func TestClient_MailData(t *testing.T) {
	for _, row := range []struct {
		client Client
		want   mail.Data
	}{
		{Client{IPAddress: "192.0.2.7", UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Firefox/128.0"}, mail.Data{Network: "192.0.2.7", Browser: "Firefox (Linux)"}},
		{Client{IPAddress: "2001:db8:1:2:3::4", UserAgent: "visit https://evil.example"}, mail.Data{Network: "2001:db8:1:2::/64"}},
		{Client{}, mail.Data{}},
	} {
		if got := row.client.MailData(); got != row.want {
			t.Errorf("%+v: got %+v, want %+v", row.client, got, row.want)
		}
	}
}
