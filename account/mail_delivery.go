package account

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"authgraph/mail"
)

const (
	// mailWorkers is the number of mails that an instance sends at once.
	mailWorkers = 4
	// mailLease is the time after which another instance may send a claimed mail. It exceeds the time of all steps.
	mailLease = 2 * time.Minute
	// mailPoll is the pause between two looks at the queue without a signal: for mails of other instances, and for retries.
	mailPoll = 5 * time.Second
	// mailTimeout bounds the sending of a mail.
	mailTimeout = 30 * time.Second
	// mailGrace is the time that a sending has left when the server stops.
	mailGrace = 5 * time.Second
	// mailStoreTimeout bounds a change of the queue.
	mailStoreTimeout = 5 * time.Second
)

// mailRetries are the pauses after the attempts of a mail. The last one repeats.
var mailRetries = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour}

// MailOutcome is the result of an attempt.
type MailOutcome string

// The outcomes.
const (
	MailSent    MailOutcome = "sent"
	MailRetried MailOutcome = "retried" // it is tried again later
	MailGivenUp MailOutcome = "given_up"
)

// MailOutcomes returns all outcomes.
func MailOutcomes() []MailOutcome { return []MailOutcome{MailSent, MailRetried, MailGivenUp} }

// MailAttempt describes an attempt to send a mail. It has no address and no contents.
type MailAttempt struct {
	ID       string
	Kind     mail.Kind
	UserID   string // "" for none
	Attempts int
	Outcome  MailOutcome
	Err      error // nil if the mail was sent
}

// MailPace changes the times of a MailDelivery. Zero values stand for the defaults.
type MailPace struct {
	Lease, Poll time.Duration
	Retry       func(attempts int) time.Duration // pause after an attempt
}

// MailDelivery sends the mails of the queue. It runs on every instance.
type MailDelivery struct {
	queue     MailQueue
	sealer    Sealer
	templates *mail.Templates
	sender    mail.Sender
	pace      MailPace
	attempted func(MailAttempt)
	failed    func(error)
	woken     chan struct{}
}

// NewMailDelivery returns a MailDelivery. attempted is called after each attempt, and failed with errors of the queue.
func NewMailDelivery(
	queue MailQueue, sealer Sealer, templates *mail.Templates, sender mail.Sender, pace MailPace,
	attempted func(MailAttempt), failed func(error),
) *MailDelivery {
	if pace.Lease == 0 {
		pace.Lease = mailLease
	}
	if pace.Poll == 0 {
		pace.Poll = mailPoll
	}
	if pace.Retry == nil {
		pace.Retry = mailRetry
	}
	return &MailDelivery{queue, sealer, templates, sender, pace, attempted, failed, make(chan struct{}, 1)}
}

// mailRetry returns the pause after an attempt, with up to a fifth more, so that mails do not stay in step.
func mailRetry(attempts int) time.Duration {
	pause := mailRetries[min(max(attempts, 1), len(mailRetries))-1]
	return pause + rand.N(pause/5)
}

// Wake looks at the queue at once. It does not block.
func (d *MailDelivery) Wake() {
	select {
	case d.woken <- struct{}{}:
	default:
	}
}

// Run sends mails until ctx ends. Sendings that are under way then have mailGrace left.
func (d *MailDelivery) Run(ctx context.Context) {
	var sending sync.WaitGroup
	defer sending.Wait()
	free := make(chan struct{}, mailWorkers)
	for range mailWorkers {
		free <- struct{}{}
	}
	tick := time.NewTicker(d.pace.Poll)
	defer tick.Stop()
	for {
		// 1. Claim as many mails as can be sent at once, so that no claim waits for a worker.
		workers := d.freeWorkers(ctx, free)
		if workers == 0 {
			return
		}
		claimed, err := d.queue.ClaimMails(ctx, workers, d.pace.Lease)
		if err != nil && ctx.Err() == nil {
			d.failed(err)
		}
		// 2. Send them.
		began := time.Now()
		for _, c := range claimed {
			sending.Go(func() {
				d.deliver(ctx, c, began)
				free <- struct{}{}
			})
		}
		for range workers - len(claimed) {
			free <- struct{}{}
		}
		// 3. Wait, unless more mails may be due.
		if len(claimed) == workers {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-d.woken:
		case <-tick.C:
		}
	}
}

// freeWorkers takes all free workers, and waits for one; 0 when ctx ends.
func (d *MailDelivery) freeWorkers(ctx context.Context, free chan struct{}) (workers int) {
	if ctx.Err() != nil {
		return 0
	}
	select {
	case <-ctx.Done():
		return 0
	case <-free:
	}
	for workers = 1; ; workers++ {
		select {
		case <-free:
		default:
			return workers
		}
	}
}

// Reasons for giving up, as the audit log has them, besides replies of mail servers.
const (
	reasonExpired     = "expired"
	reasonUnreachable = "unreachable"
	reasonUnreadable  = "unreadable" // the row does not open, or its template fails
)

var errExpired = errors.New("the mail has expired")

// deliver makes an attempt for a mail that was claimed at began.
func (d *MailDelivery) deliver(ctx context.Context, c ClaimedMail, began time.Time) {
	// 1. Give up a mail whose time has passed.
	if c.Remaining <= 0 {
		d.giveUp(ctx, c, reasonExpired, errExpired)
		return
	}
	// 2. Open and render it. Another instance may have the secret or the template that this one lacks.
	rendered, err := d.render(c)
	if err != nil {
		d.retry(ctx, c, reasonUnreadable, err)
		return
	}
	// A mail without a recipient stands for an address without an account (RequestPasswordReset).
	if rendered.To == "" {
		if err := d.delivered(ctx, c, began); err != nil {
			d.failed(err)
		}
		return
	}
	// 3. Send it, while no other instance can have claimed it.
	within, cancel := graceful(ctx, min(mailTimeout, d.pace.Lease/2))
	err = d.sender.Send(within, rendered)
	cancel()
	// 4. Delete it, or make it due again.
	var refused *mail.SendError
	switch {
	case err == nil:
		if err := d.delivered(ctx, c, began); err != nil {
			d.failed(fmt.Errorf("the mail %s was sent, and may be sent again: %w", c.ID, err))
		}
		d.attempted(MailAttempt{c.ID, c.Kind, c.UserID, c.Attempts, MailSent, nil})
	case errors.As(err, &refused) && refused.Permanent:
		d.giveUp(ctx, c, reasonOf(err), err)
	default:
		d.retry(ctx, c, reasonOf(err), err)
	}
}

// render opens a row and renders its mail.
func (d *MailDelivery) render(c ClaimedMail) (*mail.Rendered, error) {
	plain, err := d.sealer.Open(mailPurpose, c.ID, c.Sealed)
	if err != nil {
		return nil, err
	}
	var m sealedMail
	if err := json.Unmarshal(plain, &m); err != nil {
		return nil, errors.New("the row is not a mail") // the error would quote it
	}
	return d.templates.Render(mail.Mail{ID: c.ID, Kind: m.Kind, To: m.To, Locale: m.Locale, At: c.QueuedAt, Data: m.Data})
}

// graceful returns a context that ends after timeout, or mailGrace after ctx.
func graceful(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-within.Done():
		case <-time.After(mailGrace):
			cancel()
		}
	})
	return within, func() { stop(); cancel() }
}

// delivered deletes a mail that was sent. It tries again until the claim ends, because a row that stays is sent again.
func (d *MailDelivery) delivered(ctx context.Context, c ClaimedMail, began time.Time) error {
	for {
		err := d.change(ctx, func(ctx context.Context) error { return d.queue.MailDelivered(ctx, c.ID) })
		if err == nil || ctx.Err() != nil || time.Since(began) > d.pace.Lease-mailStoreTimeout {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// retry makes a mail due again, or gives it up if it expires before. The last attempt is a minute before that.
func (d *MailDelivery) retry(ctx context.Context, c ClaimedMail, reason string, cause error) {
	pause := d.pace.Retry(c.Attempts)
	switch {
	case ctx.Err() != nil: // the server stops, so another instance sends it
		pause = 0
	case pause >= c.Remaining && c.Remaining > 2*time.Minute:
		pause = c.Remaining - time.Minute
	case pause >= c.Remaining:
		d.giveUp(ctx, c, reason, cause)
		return
	}
	if err := d.change(ctx, func(ctx context.Context) error { return d.queue.RetryMail(ctx, c, pause) }); err != nil {
		d.failed(err) // its claim expires
	}
	d.attempted(MailAttempt{c.ID, c.Kind, c.UserID, c.Attempts, MailRetried, cause})
}

func (d *MailDelivery) giveUp(ctx context.Context, c ClaimedMail, reason string, cause error) {
	if err := d.change(ctx, func(ctx context.Context) error { return d.queue.GiveUpMail(ctx, c, reason) }); err != nil {
		d.failed(err) // its claim expires
		return
	}
	d.attempted(MailAttempt{c.ID, c.Kind, c.UserID, c.Attempts, MailGivenUp, cause})
}

// change runs a change of the queue, which the end of ctx does not interrupt.
func (d *MailDelivery) change(ctx context.Context, f func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), mailStoreTimeout)
	defer cancel()
	return f(ctx)
}

// reasonOf returns the reply of a mail server, without its words.
func reasonOf(err error) string {
	var refused *mail.SendError
	if !errors.As(err, &refused) || refused.Code == 0 {
		return reasonUnreachable
	}
	if refused.Enhanced != "" {
		return fmt.Sprintf("%d %s", refused.Code, refused.Enhanced)
	}
	return fmt.Sprint(refused.Code)
}
