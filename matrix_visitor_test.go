package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/graph/stream"
)

// visitor is a kind of caller, whom the matrix has a column for.
type visitor struct {
	name string
	// columns are those of `policy show` that tell what they get: one that lets in is enough.
	columns func(owns bool) []string
	owns    bool // whether the objects that they ask for are theirs
	all     bool // whether their column is of who owns the object too
	enter   func(t *testing.T, h *hall) person
	now     person // as they have entered
	entered bool
}

// hall is where visitors come in: a server, an administrator, and somebody else's objects.
type hall struct {
	*world
	root   string
	other  person
	roleID string
	// eventID is of an event of the audit log that names three accounts.
	eventID string
	made    int
}

// disguises change who a token speaks for, by the word before it: what accounts of this server can't be yet.
var disguises = map[string]func(*auth.Principal){
	"half": func(p *auth.Principal) { p.SecondFactor, p.Assurance = true, auth.SingleFactor },
	"late": func(p *auth.Principal) { p.AuthTime = time.Now().Add(-24 * time.Hour) },
	"key":  func(p *auth.Principal) { p.APIKey = true },
}

// disguising is an authenticator that knows the disguises, also of those whose streams are open.
type disguising struct{ *account.Authenticator }

func (d disguising) Authenticate(ctx context.Context, token string) (*auth.Principal, error) {
	word, real, worn := strings.Cut(token, "~")
	if !worn {
		return d.Authenticator.Authenticate(ctx, token)
	}
	who, err := d.Authenticator.Authenticate(ctx, real)
	return disguised(word, who, err)
}

func (d disguising) Renew(ctx context.Context, who *auth.Principal) (*auth.Principal, error) {
	now, err := d.Authenticator.Renew(ctx, who)
	word, _, _ := strings.Cut(who.TokenID, ":")
	return disguised(word, now, err)
}

func disguised(word string, who *auth.Principal, err error) (*auth.Principal, error) {
	change := disguises[word]
	if err != nil || change == nil {
		return who, err
	}
	worn := *who
	if !strings.Contains(worn.TokenID, ":") {
		worn.TokenID = word + ":" + worn.TokenID
	}
	change(&worn)
	return &worn, nil
}

// openHall starts a server, under its whole HTTP surface, that lets disguises pass.
func openHall(t *testing.T) *hall {
	t.Helper()
	store := fresh(t)
	w := startWith(t, cheap(t), time.Now, store, func(a *app) {
		real, ok := a.authenticator.(*account.Authenticator)
		if !ok {
			t.Fatalf("the server's authenticator is a %T", a.authenticator)
		}
		a.authenticator = disguising{real}
		a.streams = stream.New(disguising{real}, store, stream.Limits{PerSession: 1000, Total: 1000}, time.Now)
		store.Subscribe(a.streams.Forget)
	})
	h := &hall{world: w, root: w.administrator(t, "root@example.com")}
	h.other = h.register(t, "other@example.com", pass)
	h.roleID = h.newRole(t)
	h.writeDown(t)
	h.sealed(t)
	events, err := h.app.log.AuditPage(t.Context(), account.AuditQuery{
		Filter: account.AuditFilter{Actions: []string{account.ActionImpersonate}}, Limit: 1,
	})
	if err != nil || len(events.Events) != 1 {
		t.Fatalf("%d events, %v", len(events.Events), err)
	}
	h.eventID = events.Events[0].ID
	return h
}

// fresh returns an address that nobody has.
func (h *hall) fresh() string {
	h.made++
	return fmt.Sprintf("visitor%d@example.com", h.made)
}

// newAdministrator makes an account that holds every permission.
func (h *hall) newAdministrator(t *testing.T) person {
	t.Helper()
	email := h.fresh()
	if _, err := h.app.accounts.Create(t.Context(), account.Registration{Email: email, Password: pass}, account.RoleAdmin); err != nil {
		t.Fatal(err)
	}
	return h.enter(t, email)
}

// enter logs an account in.
func (h *hall) enter(t *testing.T, email string) person {
	t.Helper()
	s, a := h.login(t, email, nil)
	if s.AccessToken == "" {
		t.Fatal(a.body)
	}
	return person{s.AccessToken, s.User.ID, s.Session.ID}
}

func column(name string) func(bool) []string { return func(bool) []string { return []string{name} } }

func ownerOr(name string) func(bool) []string {
	return func(owns bool) []string {
		if owns {
			return []string{name, "owner"}
		}
		return []string{name}
	}
}

// plainColumns are those of somebody who holds nothing.
var plainColumns = ownerOr("signed in")

// visitors are all kinds of callers, in the order of the matrix.
func visitors() []*visitor {
	register := func(t *testing.T, h *hall) person { t.Helper(); return h.register(t, h.fresh(), pass) }
	all := []*visitor{
		{name: "nobody", columns: column("nobody"), enter: func(*testing.T, *hall) person { return person{} }},
		{name: "plain", columns: plainColumns, enter: register},
		{name: "owner", columns: plainColumns, owns: true, enter: register},
	}
	for i, permission := range account.Permissions() {
		all = append(all, &visitor{name: string(permission), columns: ownerOr(string(permission)), enter: func(t *testing.T, h *hall) person {
			t.Helper()
			email := h.fresh()
			role := fmt.Sprintf("only-%d-%d", i, h.made)
			_, id := h.withRole(t, h.root, email, role, permission)
			p := h.enter(t, email)
			p.id = id
			return p
		}})
	}
	disguise := func(word string) func(*testing.T, *hall) person {
		return func(t *testing.T, h *hall) person {
			t.Helper()
			p := h.newAdministrator(t)
			p.token = word + "~" + p.token
			return p
		}
	}
	return append(all,
		&visitor{name: "all", columns: column("all"), owns: true, all: true, enter: func(t *testing.T, h *hall) person {
			t.Helper()
			return h.newAdministrator(t)
		}},
		&visitor{name: "half", columns: column("all, one factor of two"), owns: true, all: true, enter: disguise("half")},
		&visitor{name: "late", columns: column("all, proven long ago"), owns: true, all: true, enter: disguise("late")},
		&visitor{name: "key", columns: column("all, by API key"), owns: true, all: true, enter: disguise("key")},
		&visitor{name: "acting", columns: column("all, as another"), owns: true, all: true, enter: func(t *testing.T, h *hall) person {
			t.Helper()
			as := h.newAdministrator(t)
			s, a := h.acts(t, h.root, as.id)
			if s.AccessToken == "" {
				t.Fatal(a.body)
			}
			return person{s.AccessToken, as.id, s.Session.ID}
		}},
		&visitor{name: "suspended", columns: column("nobody"), owns: true, enter: func(t *testing.T, h *hall) person {
			t.Helper()
			p := h.register(t, h.fresh(), pass)
			if a := h.query(t, h.root, `mutation($id: ID!) { suspendUser(id: $id) { user { id } } }`, map[string]any{"id": p.id}); strings.Contains(a.body, "errors") {
				t.Fatal(a.body)
			}
			return p
		}},
	)
}

// lives reports whether the visitor has an account that may sign in.
func (v *visitor) lives() bool { return v.name != "nobody" && v.name != "suspended" }

// here returns the visitor as they are now. They come in anew when their session has ended.
func (v *visitor) here(t *testing.T, h *hall) person {
	t.Helper()
	if v.entered && v.lives() {
		word, real, worn := strings.Cut(v.now.token, "~")
		if !worn {
			real = word
		}
		v.entered = h.counts(t, real)
	}
	if !v.entered {
		v.now, v.entered = v.enter(t, h), true
	}
	return v.now
}
