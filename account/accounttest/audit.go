package accounttest

import (
	"context"
	"slices"
	"testing"

	"authgraph/account"
)

// Log is an audit log that can append the waiting records to its chain.
type Log interface {
	account.AuditLog
	Append(ctx context.Context) (int, error)
}

// RunLog holds an AuditLog to its contract. open returns one, and its store, with an empty, migrated database.
func RunLog(t *testing.T, open func(t *testing.T) (account.Store, Log)) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, account.Store, Log){
		"Written":  written,
		"Note":     noted,
		"Filters":  auditFilters,
		"Pages":    auditPages,
		"After":    auditAfter,
		"Erased":   erased,
		"Unsealed": erasedUnsealed,
		"GiveUp":   mailGivenUp,
	} {
		t.Run(name, func(t *testing.T) {
			s, log := open(t)
			test(t, s, log)
		})
	}
}

// appendAll appends the waiting records and returns all events, newest first.
func appendAll(t *testing.T, log Log) []*account.AuditEvent {
	t.Helper()
	if _, err := log.Append(t.Context()); err != nil {
		t.Fatal(err)
	}
	page, err := log.AuditPage(t.Context(), account.AuditQuery{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return page.Events
}

// eventsOf returns the events of an action, newest first.
func eventsOf(events []*account.AuditEvent, action string) (found []*account.AuditEvent) {
	for _, e := range events {
		if e.Action == action {
			found = append(found, e)
		}
	}
	return found
}

func is(got *string, want string) bool {
	if got == nil {
		return want == ""
	}
	return *got == want
}

func detail(e *account.AuditEvent, name string) any {
	details, _ := e.Details.(map[string]any)
	return details[name]
}

// Each change of the database is recorded with its actor.
func written(t *testing.T, s account.Store, log Log) {
	root := administrator(t, s, "root", account.RoleAdmin)
	u := newUser("ada")
	if _, _, err := s.AddUserWithSession(t.Context(), u, newSession("1", "ada")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AddImpersonation(t.Context(), root, acting("acted", "ada")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.EndSessions(t.Context(), account.SessionEnd{
		UserID: "user_ada", Session: "session_acted", Reason: account.SignedOut, Impersonator: root.UserID,
		Client: account.Client{IPAddress: "192.0.2.9"},
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Suspend(t.Context(), root, "user_ada", "she knows why"); err != nil {
		t.Fatal(err)
	}
	events := appendAll(t, log)
	registered := eventsOf(events, account.ActionRegister)
	if len(registered) != 1 || !is(registered[0].SubjectID, "user_ada") || !is(registered[0].ActorID, "user_ada") {
		t.Errorf("register: %+v", registered)
	} else if registered[0].Outcome != account.Succeeded || !is(registered[0].IPAddress, "127.0.0.1") {
		t.Errorf("register: %+v", registered)
	}
	acted := eventsOf(events, account.ActionStart)[0]
	if !is(acted.ActorID, root.UserID) || !is(acted.SubjectID, "user_ada") {
		t.Errorf("impersonate: %+v", acted)
	} else if !is(acted.SessionID, "session_acted") || detail(acted, "reason") != "a complaint" {
		t.Errorf("impersonate: %+v", acted)
	}
	ends := eventsOf(events, "session.end")
	if i := slices.IndexFunc(ends, func(e *account.AuditEvent) bool { return is(e.SessionID, "session_acted") }); i < 0 || !is(ends[i].ImpersonatorID, root.UserID) || !is(ends[i].ActorID, "user_ada") {
		t.Errorf("the end of it: %+v", ends)
	} else if !is(ends[i].IPAddress, "192.0.2.9") || detail(ends[i], "reason") != "SIGNED_OUT" {
		t.Errorf("the end of it: %+v", ends)
	}
	suspended := eventsOf(events, "user.suspend")
	if len(suspended) != 1 || !is(suspended[0].ActorID, root.UserID) || detail(suspended[0], "reason") != "she knows why" {
		t.Errorf("suspend: %+v", suspended)
	}
	found, err := log.AuditByID(t.Context(), []string{acted.ID, "event_none", suspended[0].ID})
	if err != nil || len(found) != 2 {
		t.Errorf("by id: %v, %v", found, err)
	}
}

func noted(t *testing.T, s account.Store, log Log) {
	mustAdd(t, s, newUser("ada"))
	note := account.AuditNote{
		Action: account.ActionStart, Outcome: account.Failed, Address: "ada@example.com",
		Client: account.Client{UserAgent: "curl/8 \U0001F600", IPAddress: "127.0.0.1"}, Details: map[string]any{"reason": "X"},
	}
	nobody := note
	note.Subject = "user_ada"
	for _, n := range []account.AuditNote{note, nobody} {
		if err := log.Note(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	failed := eventsOf(appendAll(t, log), account.ActionStart)
	if len(failed) != 2 {
		t.Fatalf("got %d events, want 2", len(failed))
	}
	for _, e := range failed {
		if e.Outcome != account.Failed || !is(e.IPAddress, "127.0.0.1") || !is(e.UserAgent, "curl/8 \U0001F600") {
			t.Errorf("got %+v", e)
		} else if e.ActorID != nil || detail(e, "reason") != "X" {
			t.Errorf("got %+v", e)
		}
	}
	if is(failed[0].SubjectID, "user_ada") == is(failed[1].SubjectID, "user_ada") {
		t.Error("one of the two is about an account")
	}
}

func auditFilters(t *testing.T, s account.Store, log Log) {
	root := administrator(t, s, "root", account.RoleAdmin)
	mustAdd(t, s, newUser("ada"))
	mustAddSession(t, s, newSession("1", "ada"))
	if _, err := s.Suspend(t.Context(), root, "user_ada", ""); err != nil {
		t.Fatal(err)
	}
	if err := log.Note(t.Context(), account.AuditNote{Action: account.ActionDenied, Outcome: account.Failed, Actor: "user_ada"}); err != nil {
		t.Fatal(err)
	}
	all := appendAll(t, log)
	ada, nobody, failed, succeeded := "user_ada", "user_nobody", account.Failed, account.Succeeded
	middle := all[1].At
	for _, row := range []struct {
		name   string
		filter account.AuditFilter
		want   func(e *account.AuditEvent) bool
	}{
		{"actor", account.AuditFilter{ActorID: &ada}, func(e *account.AuditEvent) bool { return is(e.ActorID, ada) }},
		{"subject", account.AuditFilter{SubjectID: &ada}, func(e *account.AuditEvent) bool { return is(e.SubjectID, ada) }},
		{"account", account.AuditFilter{AccountID: &ada}, func(e *account.AuditEvent) bool { return is(e.ActorID, ada) || is(e.SubjectID, ada) }},
		{"an account as actor and as subject", account.AuditFilter{AccountID: &ada, ActorID: &root.UserID},
			func(e *account.AuditEvent) bool { return is(e.ActorID, root.UserID) && is(e.SubjectID, ada) }},
		{"an account's actions", account.AuditFilter{AccountID: &ada, Actions: []string{"user.suspend", "session.start"}},
			func(e *account.AuditEvent) bool {
				return (is(e.ActorID, ada) || is(e.SubjectID, ada)) && (e.Action == "user.suspend" || e.Action == "session.start")
			}},
		{"an unknown account in either role", account.AuditFilter{AccountID: &nobody}, func(*account.AuditEvent) bool { return false }},
		{"an account that the log knows nothing of", account.AuditFilter{ActorID: &nobody}, func(*account.AuditEvent) bool { return false }},
		{"an action", account.AuditFilter{Actions: []string{"user.suspend"}}, func(e *account.AuditEvent) bool { return e.Action == "user.suspend" }},
		{"actions", account.AuditFilter{Actions: []string{"user.suspend", "session.end", "x", "session.end"}},
			func(e *account.AuditEvent) bool { return e.Action == "user.suspend" || e.Action == "session.end" }},
		{"no action", account.AuditFilter{Actions: []string{}}, func(*account.AuditEvent) bool { return false }},
		{"failure", account.AuditFilter{Outcome: &failed}, func(e *account.AuditEvent) bool { return e.Outcome == failed }},
		{"success", account.AuditFilter{Outcome: &succeeded}, func(e *account.AuditEvent) bool { return e.Outcome == succeeded }},
		{"since", account.AuditFilter{Since: &middle}, func(e *account.AuditEvent) bool { return !e.At.Before(middle) }},
		{"until", account.AuditFilter{Until: &middle}, func(e *account.AuditEvent) bool { return e.At.Before(middle) }},
		{"all at once", account.AuditFilter{ActorID: &ada, Actions: []string{account.ActionDenied}, Outcome: &failed, Since: &middle},
			func(e *account.AuditEvent) bool {
				return is(e.ActorID, ada) && e.Action == account.ActionDenied && !e.At.Before(middle)
			}},
	} {
		var want []string
		for _, e := range all {
			if row.want(e) {
				want = append(want, e.ID)
			}
		}
		page, err := log.AuditPage(t.Context(), account.AuditQuery{Filter: row.filter, Limit: 100})
		if err != nil || !slices.Equal(ids(page.Events), want) {
			t.Errorf("%s: got %v, %v, want %v", row.name, ids(page.Events), err, want)
		}
		if n, err := log.CountAudit(t.Context(), row.filter, 100); err != nil || n != len(want) {
			t.Errorf("%s: counted %d, %v, want %d", row.name, n, err, len(want))
		}
	}
	if n, err := log.CountAudit(t.Context(), account.AuditFilter{}, 2); err != nil || n != 2 {
		t.Errorf("counted %d, %v, want no more than 2", n, err)
	}
}

func ids(events []*account.AuditEvent) (all []string) {
	for _, e := range events {
		all = append(all, e.ID)
	}
	return all
}

// Both ways through the log, in pages of each size, while more comes.
func auditPages(t *testing.T, _ account.Store, log Log) {
	for range 11 {
		if err := log.Note(t.Context(), account.AuditNote{Action: "x", Outcome: account.Succeeded}); err != nil {
			t.Fatal(err)
		}
	}
	want := ids(appendAll(t, log))
	for _, filter := range []account.AuditFilter{{}, {Actions: []string{"x", "y"}}} {
		for size := 1; size <= 12; size++ {
			for _, backward := range []bool{false, true} {
				var got []string
				q := account.AuditQuery{Filter: filter, Limit: size, Backward: backward}
				for more := true; more; {
					page, err := log.AuditPage(t.Context(), q)
					if err != nil {
						t.Fatal(err)
					}
					if backward {
						mark := page.Events[0].Cursor()
						got, q.Before, more = append(ids(page.Events), got...), &mark, page.HasPrev
					} else {
						mark := page.Events[len(page.Events)-1].Cursor()
						got, q.After, more = append(got, ids(page.Events)...), &mark, page.HasNext
					}
				}
				if !slices.Equal(got, want) {
					t.Errorf("size %d, backward %v: got %v, want %v", size, backward, got, want)
				}
			}
		}
	}
}

// A reader that follows the log by positions gets each event once.
func auditAfter(t *testing.T, _ account.Store, log Log) {
	var got, want []string
	end, err := log.AuditEnd(t.Context())
	if err != nil || end != 0 {
		t.Fatalf("an empty log ends at %d, %v", end, err)
	}
	for range 3 {
		for range 5 {
			if err := log.Note(t.Context(), account.AuditNote{Action: "x", Outcome: account.Succeeded}); err != nil {
				t.Fatal(err)
			}
		}
		appendAll(t, log)
		for {
			events, err := log.AuditAfter(t.Context(), end, 2)
			if err != nil {
				t.Fatal(err)
			}
			if len(events) == 0 {
				break
			}
			got, end = append(got, ids(events)...), events[len(events)-1].Position
		}
	}
	want = ids(appendAll(t, log))
	slices.Reverse(want)
	slices.Sort(want)
	slices.Sort(got)
	if last, err := log.AuditEnd(t.Context()); err != nil || last != end || last != 15 {
		t.Errorf("ends at %d, %v, want %d", last, err, end)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Records that were appended before the erasure of an account stay, without personal values.
func erased(t *testing.T, s account.Store, log Log) {
	root := administrator(t, s, "root", account.RoleAdmin)
	mustAdd(t, s, newUser("ada"))
	mustAddSession(t, s, newSession("1", "ada"))
	if _, err := s.Suspend(t.Context(), root, "user_ada", "she knows why"); err != nil {
		t.Fatal(err)
	}
	before := appendAll(t, log)
	if _, err := s.EraseUser(t.Context(), root, "user_ada"); err != nil {
		t.Fatal(err)
	}
	after := appendAll(t, log)
	if len(after) <= len(before) {
		t.Errorf("%d events became %d", len(before), len(after))
	}
	checkErased(t, after, root)
}

// Records that waited during the erasure of an account stay, without personal values.
func erasedUnsealed(t *testing.T, s account.Store, log Log) {
	root := administrator(t, s, "root", account.RoleAdmin)
	mustAdd(t, s, newUser("ada"))
	mustAddSession(t, s, newSession("1", "ada"))
	if _, err := s.Suspend(t.Context(), root, "user_ada", "she knows why"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.EraseUser(t.Context(), root, "user_ada"); err != nil {
		t.Fatal(err)
	}
	// This one was under way, and is written down after it.
	late := account.AuditNote{
		Action: account.ActionStart, Outcome: account.Failed, Subject: "user_ada", Address: "ada@example.com",
		Client: account.Client{IPAddress: "192.0.2.77"},
	}
	if err := log.Note(t.Context(), late); err != nil {
		t.Fatal(err)
	}
	checkErased(t, appendAll(t, log), root)
}

func checkErased(t *testing.T, events []*account.AuditEvent, root account.Administrator) {
	t.Helper()
	for _, e := range events {
		if is(e.ActorID, "user_ada") || is(e.SubjectID, "user_ada") {
			t.Errorf("%s still names the account", e.Action)
		}
		if started := e.Action == account.ActionStart && is(e.SessionID, "session_1"); started && (e.IPAddress != nil || e.UserAgent != nil) {
			t.Errorf("%s still has the client: %+v", e.Action, e)
		}
		if is(e.IPAddress, "192.0.2.77") {
			t.Errorf("%s still has the address: %+v", e.Action, e)
		}
		if detail(e, "reason") == "she knows why" {
			t.Errorf("%s still says what was said of them", e.Action)
		}
	}
	if deleted := eventsOf(events, "user.delete"); len(deleted) != 1 || !is(deleted[0].ActorID, root.UserID) {
		t.Errorf("the deletion: %+v", deleted)
	}
}
