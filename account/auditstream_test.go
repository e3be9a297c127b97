package account

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// sealedEvents is an audit log that has been sealed as far as it goes.
type sealedEvents struct {
	AuditLog
	mu      sync.Mutex
	events  []*AuditEvent
	queries int
	err     error
}

func (s *sealedEvents) add(action string, outcome AuditOutcome, actor string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, &AuditEvent{
		Position: int64(len(s.events) + 1), Action: action, Outcome: outcome, ActorID: &actor, SubjectID: &actor,
	})
}

func (s *sealedEvents) addOf(actor, subject *string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, &AuditEvent{
		Position: int64(len(s.events) + 1), Action: "x", Outcome: Succeeded, ActorID: actor, SubjectID: subject,
	})
}

func (s *sealedEvents) AuditEnd(context.Context) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int64(len(s.events)), s.err
}

func (s *sealedEvents) AuditAfter(_ context.Context, position int64, limit int) ([]*AuditEvent, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queries++
	rest := s.events[position:]
	return slices.Clone(rest[:min(limit, len(rest))]), s.err
}

func received(c <-chan *AuditEvent) (positions []int64, open bool) {
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

func TestAuditStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &sealedEvents{}
		stream := NewAuditStream(log)
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { stream.Run(ctx) })
		follow := func(f AuditFilter) <-chan *AuditEvent {
			t.Helper()
			c, err := stream.Follow(ctx, f)
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		log.add("x", Succeeded, "ada") // before anybody follows
		time.Sleep(2 * auditInterval)
		log.mu.Lock()
		if log.queries != 0 {
			t.Errorf("%d queries while nobody follows", log.queries)
		}
		log.mu.Unlock()
		ada, failed := "ada", Failed
		all, actor := follow(AuditFilter{}), follow(AuditFilter{ActorID: &ada})
		subject, outcome := follow(AuditFilter{SubjectID: &ada}), follow(AuditFilter{Outcome: &failed})
		actions := follow(AuditFilter{Actions: []string{"y", "z"}})
		past := time.Now().Add(-time.Hour)
		timed := follow(AuditFilter{Until: &past})
		log.add("x", Succeeded, "ada")
		log.add("y", Failed, "bob")
		time.Sleep(2 * auditInterval)
		log.mu.Lock()
		log.err = errors.New("out of reach")
		log.mu.Unlock()
		log.add("z", Succeeded, "ada")
		time.Sleep(2 * auditInterval)
		log.mu.Lock()
		log.err = nil
		log.mu.Unlock()
		stream.Sealed()
		synctest.Wait()
		for name, row := range map[string]struct {
			c    <-chan *AuditEvent
			want []int64
		}{
			"all": {all, []int64{2, 3, 4}}, "an actor": {actor, []int64{2, 4}}, "a subject": {subject, []int64{2, 4}},
			"failures": {outcome, []int64{3}}, "actions": {actions, []int64{3, 4}}, "in the past": {timed, []int64{2, 3, 4}},
		} {
			if got, open := received(row.c); !slices.Equal(got, row.want) || !open {
				t.Errorf("%s: got %v, open %v, want %v", name, got, open, row.want)
			}
		}

		// One reads nothing, and is let go; the others miss nothing.
		for range eventBuffer + auditBatch {
			log.add("w", Succeeded, "bob")
		}
		slow := timed
		var got []int64
		running.Go(func() {
			for e := range all {
				got = append(got, e.Position)
			}
		})
		for range 2 {
			stream.Sealed()
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
		if stream.Followers() != 0 {
			t.Errorf("%d follow still", stream.Followers())
		}
	})
}

// TestAuditStream_Account proves that a stream of an account has the events in which it is the actor, the subject or both.
func TestAuditStream_Account(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &sealedEvents{}
		stream := NewAuditStream(log)
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { stream.Run(ctx) })
		ada, bob, nobody := "ada", "bob", ""
		rows := map[string]struct {
			filter AuditFilter
			want   []int64
		}{
			"ada":                 {AuditFilter{AccountID: &ada}, []int64{1, 2, 3, 5}},
			"bob":                 {AuditFilter{AccountID: &bob}, []int64{2, 3, 4, 6}},
			"ada, as the actor":   {AuditFilter{AccountID: &ada, ActorID: &ada}, []int64{1, 2}},
			"ada, by bob":         {AuditFilter{AccountID: &ada, ActorID: &bob}, []int64{3}},
			"ada, other actions":  {AuditFilter{AccountID: &ada, Actions: []string{"y"}}, nil},
			"what is no account":  {AuditFilter{AccountID: &nobody}, nil},
			"everybody's account": {AuditFilter{}, []int64{1, 2, 3, 4, 5, 6, 7}},
		}
		streams := map[string]<-chan *AuditEvent{}
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
		stream.Sealed()
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
