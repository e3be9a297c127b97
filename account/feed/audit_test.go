package feed

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"authgraph/account"
)

// sealedEvents is an audit log that has been sealed as far as it goes.
type sealedEvents struct {
	account.AuditLog
	mu      sync.Mutex
	events  []*account.AuditEvent
	queries int
	err     error
}

func (s *sealedEvents) add(action string, outcome account.AuditOutcome, actor string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, &account.AuditEvent{
		Position: int64(len(s.events) + 1), Action: action, Outcome: outcome, ActorID: &actor, SubjectID: &actor,
	})
}

func (s *sealedEvents) addOf(actor, subject *string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, &account.AuditEvent{
		Position: int64(len(s.events) + 1), Action: "x", Outcome: account.Succeeded, ActorID: actor, SubjectID: subject,
	})
}

func (s *sealedEvents) AuditEnd(context.Context) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int64(len(s.events)), s.err
}

func (s *sealedEvents) AuditAfter(_ context.Context, position int64, limit int) ([]*account.AuditEvent, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queries++
	rest := s.events[position:]
	return slices.Clone(rest[:min(limit, len(rest))]), s.err
}

func received(c <-chan *account.AuditEvent) (positions []int64, open bool) {
	for {
		select {
		case e, ok := <-c:
			if !ok {
				return positions, false
			}
			positions = append(positions, e.Position)
		default:
			return positions, true
		}
	}
}

func TestAudit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &sealedEvents{}
		stream := NewAudit(log)
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { stream.Run(ctx) })
		follow := func(f account.AuditFilter) <-chan *account.AuditEvent {
			t.Helper()
			c, err := stream.Follow(ctx, f)
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		log.add("x", account.Succeeded, "ada") // before anybody follows
		time.Sleep(2 * auditInterval)
		log.mu.Lock()
		if log.queries != 0 {
			t.Errorf("%d queries while nobody follows", log.queries)
		}
		log.mu.Unlock()
		ada, failed := "ada", account.Failed
		all, actor := follow(account.AuditFilter{}), follow(account.AuditFilter{ActorID: &ada})
		subject, outcome := follow(account.AuditFilter{SubjectID: &ada}), follow(account.AuditFilter{Outcome: &failed})
		actions := follow(account.AuditFilter{Actions: []string{"y", "z"}})
		past := time.Now().Add(-time.Hour)
		timed := follow(account.AuditFilter{Until: &past})
		log.add("x", account.Succeeded, "ada")
		log.add("y", account.Failed, "bob")
		time.Sleep(2 * auditInterval)
		log.mu.Lock()
		log.err = errors.New("out of reach")
		log.mu.Unlock()
		log.add("z", account.Succeeded, "ada")
		time.Sleep(2 * auditInterval)
		log.mu.Lock()
		log.err = nil
		log.mu.Unlock()
		stream.Wake()
		synctest.Wait()
		for name, row := range map[string]struct {
			c    <-chan *account.AuditEvent
			want []int64
		}{
			"all": {all, []int64{2, 3, 4}}, "an actor": {actor, []int64{2, 4}}, "a subject": {subject, []int64{2, 4}},
			"failures": {outcome, []int64{3}}, "actions": {actions, []int64{3, 4}}, "in the past": {timed, []int64{2, 3, 4}},
		} {
			if got, open := received(row.c); !slices.Equal(got, row.want) || !open {
				t.Errorf("%s: got %v, open %v, want %v", name, got, open, row.want)
			}
		}

		// A subscription without a reader ends. The others miss nothing.
		for range eventBuffer + auditBatch {
			log.add("w", account.Succeeded, "bob")
		}
		slow := timed
		var got []int64
		running.Go(func() {
			for e := range all {
				got = append(got, e.Position)
			}
		})
		for range 2 {
			stream.Wake()
			time.Sleep(2 * auditInterval)
		}
		if _, open := received(slow); open {
			t.Error("who reads nothing is not let go")
		}
		cancel()
		running.Wait()
		if len(got) != eventBuffer+auditBatch || got[0] != 5 {
			t.Errorf("who reads got %d events, want %d", len(got), eventBuffer+auditBatch)
		}
		synctest.Wait()
		if stream.Subscriptions() != 0 {
			t.Errorf("%d follow still", stream.Subscriptions())
		}
	})
}

// TestAudit_Account proves that a stream of an account has the events in which it is the actor, the subject or both.
func TestAudit_Account(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &sealedEvents{}
		stream := NewAudit(log)
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { stream.Run(ctx) })
		ada, bob, nobody := "ada", "bob", ""
		rows := map[string]struct {
			filter account.AuditFilter
			want   []int64
		}{
			"ada":                 {account.AuditFilter{AccountID: &ada}, []int64{1, 2, 3, 5}},
			"bob":                 {account.AuditFilter{AccountID: &bob}, []int64{2, 3, 4, 6}},
			"ada, as the actor":   {account.AuditFilter{AccountID: &ada, ActorID: &ada}, []int64{1, 2}},
			"ada, by bob":         {account.AuditFilter{AccountID: &ada, ActorID: &bob}, []int64{3}},
			"ada, other actions":  {account.AuditFilter{AccountID: &ada, Actions: []string{"y"}}, nil},
			"what is no account":  {account.AuditFilter{AccountID: &nobody}, nil},
			"everybody's account": {account.AuditFilter{}, []int64{1, 2, 3, 4, 5, 6, 7}},
		}
		streams := map[string]<-chan *account.AuditEvent{}
		for name, row := range rows {
			c, err := stream.Follow(ctx, row.filter)
			if err != nil {
				t.Fatal(err)
			}
			streams[name] = c
		}
		for _, event := range [][2]*string{{&ada, &ada}, {&ada, &bob}, {&bob, &ada}, {&bob, nil}, {nil, &ada}, {nil, &bob}, {nil, nil}} {
			log.addOf(event[0], event[1])
		}
		stream.Wake()
		synctest.Wait()
		for name, row := range rows {
			if got, _ := received(streams[name]); !slices.Equal(got, row.want) {
				t.Errorf("%s: got %v, want %v", name, got, row.want)
			}
		}
		cancel()
		running.Wait()
	})
}
