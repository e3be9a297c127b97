package policy

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/graph/stream"
	"authgraph/internal/serverkit"
	"authgraph/test/harness"
)

// caller is a kind of caller, whom the matrix has a column for.
type caller struct {
	name string
	// columns are those of `policy show` that tell what they get: one that lets in is enough.
	columns func(owns bool) []string
	owns    bool // whether the objects that they ask for are theirs
	all     bool // whether their column is of who owns the object too
	enter   func(t *testing.T, h *fixture) harness.Account
	now     harness.Account // as they have entered
	entered bool
}

// fixture is a server with an administrator and another account's objects.
type fixture struct {
	*harness.Server
	root   string
	other  harness.Account
	roleID string
	// eventID is of an event of the audit log that names three accounts.
	eventID string
	made    int
}

// overrides change the principal of a token, by the word before it, to kinds that accounts of this server cannot be yet.
var overrides = map[string]func(*auth.Principal){
	"half": func(p *auth.Principal) { p.SecondFactor, p.Assurance = true, auth.SingleFactor },
	"late": func(p *auth.Principal) { p.AuthTime = time.Now().Add(-24 * time.Hour) },
	"key":  func(p *auth.Principal) { p.APIKey = true },
}

// overriding is an authenticator that applies the overrides, to open streams too.
type overriding struct{ *account.Authenticator }

func (d overriding) Authenticate(ctx context.Context, token string) (*auth.Principal, error) {
	word, real, worn := strings.Cut(token, "~")
	if !worn {
		return d.Authenticator.Authenticate(ctx, token)
	}
	principal, err := d.Authenticator.Authenticate(ctx, real)
	return overridden(word, principal, err)
}

func (d overriding) Renew(ctx context.Context, principal *auth.Principal) (*auth.Principal, error) {
	now, err := d.Authenticator.Renew(ctx, principal)
	word, _, _ := strings.Cut(principal.TokenID, ":")
	return overridden(word, now, err)
}

func overridden(word string, principal *auth.Principal, err error) (*auth.Principal, error) {
	change := overrides[word]
	if err != nil || change == nil {
		return principal, err
	}
	worn := *principal
	if !strings.Contains(worn.TokenID, ":") {
		worn.TokenID = word + ":" + worn.TokenID
	}
	change(&worn)
	return &worn, nil
}

// openFixture starts a server, under its whole HTTP surface, that accepts overrides.
func openFixture(t *testing.T) *fixture {
	t.Helper()
	store := harness.OpenSQLite(t)
	w := harness.StartWith(t, harness.CheapHasher(t), time.Now, store, func(a *serverkit.App) {
		real, ok := a.Authenticator.(*account.Authenticator)
		if !ok {
			t.Fatalf("the server's authenticator is a %T", a.Authenticator)
		}
		a.Authenticator = overriding{real}
		a.Streams = stream.New(overriding{real}, store, stream.Limits{PerSession: 1000, Total: 1000}, time.Now)
		store.Subscribe(a.Streams.HandleChange)
	})
	h := &fixture{Server: w, root: w.Administrator(t, "root@example.com")}
	h.other = h.Register(t, "other@example.com", harness.Password)
	h.roleID = h.newRole(t)
	h.writeDown(t)
	h.AwaitSealed(t)
	events, err := h.App.AuditLog.AuditPage(t.Context(), account.AuditQuery{
		Filter: account.AuditFilter{Actions: []string{account.ActionImpersonate}}, Limit: 1,
	})
	if err != nil || len(events.Events) != 1 {
		t.Fatalf("%d events, %v", len(events.Events), err)
	}
	h.eventID = events.Events[0].ID
	return h
}

// fresh returns an unused address.
func (h *fixture) fresh() string {
	h.made++
	return fmt.Sprintf("caller%d@example.com", h.made)
}

// newAdministrator makes an account that holds every permission.
func (h *fixture) newAdministrator(t *testing.T) harness.Account {
	t.Helper()
	email := h.fresh()
	if _, err := h.App.Accounts.Create(t.Context(), account.Registration{Email: email, Password: harness.Password}, account.RoleAdmin); err != nil {
		t.Fatal(err)
	}
	return h.enter(t, email)
}

// enter logs an account in.
func (h *fixture) enter(t *testing.T, email string) harness.Account {
	t.Helper()
	s, a := h.Login(t, email, nil)
	if s.AccessToken == "" {
		t.Fatal(a.Body)
	}
	return harness.Account{Token: s.AccessToken, ID: s.User.ID, Session: s.Session.ID}
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

// plainColumns are the columns of a caller without permissions.
var plainColumns = ownerOr("signed in")

// callers are all kinds of callers, in the order of the matrix.
func callers() []*caller {
	register := func(t *testing.T, h *fixture) harness.Account {
		t.Helper()
		return h.Register(t, h.fresh(), harness.Password)
	}
	all := []*caller{
		{name: "nobody", columns: column("nobody"), enter: func(*testing.T, *fixture) harness.Account { return harness.Account{} }},
		{name: "plain", columns: plainColumns, enter: register},
		{name: "owner", columns: plainColumns, owns: true, enter: register},
	}
	for i, permission := range account.Permissions() {
		all = append(all, &caller{name: string(permission), columns: ownerOr(string(permission)), enter: func(t *testing.T, h *fixture) harness.Account {
			t.Helper()
			email := h.fresh()
			role := fmt.Sprintf("only-%d-%d", i, h.made)
			_, id := h.WithRole(t, h.root, email, role, permission)
			p := h.enter(t, email)
			p.ID = id
			return p
		}})
	}
	override := func(word string) func(*testing.T, *fixture) harness.Account {
		return func(t *testing.T, h *fixture) harness.Account {
			t.Helper()
			p := h.newAdministrator(t)
			p.Token = word + "~" + p.Token
			return p
		}
	}
	return append(all,
		&caller{name: "all", columns: column("all"), owns: true, all: true, enter: func(t *testing.T, h *fixture) harness.Account {
			t.Helper()
			return h.newAdministrator(t)
		}},
		&caller{name: "half", columns: column("all, one factor of two"), owns: true, all: true, enter: override("half")},
		&caller{name: "late", columns: column("all, proven long ago"), owns: true, all: true, enter: override("late")},
		&caller{name: "key", columns: column("all, by API key"), owns: true, all: true, enter: override("key")},
		&caller{name: "acting", columns: column("all, as another"), owns: true, all: true, enter: func(t *testing.T, h *fixture) harness.Account {
			t.Helper()
			as := h.newAdministrator(t)
			s, a := h.Impersonate(t, h.root, as.ID)
			if s.AccessToken == "" {
				t.Fatal(a.Body)
			}
			return harness.Account{Token: s.AccessToken, ID: as.ID, Session: s.Session.ID}
		}},
		&caller{name: "restoring", columns: column("pending RESTORE_ACCOUNT"), owns: true, enter: enterPending},
		&caller{name: "suspended", columns: column("nobody"), owns: true, enter: func(t *testing.T, h *fixture) harness.Account {
			t.Helper()
			p := h.Register(t, h.fresh(), harness.Password)
			if a := h.Query(t, h.root, `mutation($id: ID!) { suspendUser(id: $id) { user { id } } }`, map[string]any{"id": p.ID}); strings.Contains(a.Body, "errors") {
				t.Fatal(a.Body)
			}
			return p
		}},
	)
}

// enterPending makes an account whose owner requested its deletion, and signs in to it.
func enterPending(t *testing.T, h *fixture) harness.Account {
	t.Helper()
	email := h.fresh()
	p := h.Register(t, email, harness.Password)
	h.Query(t, p.Token, `mutation { deleteAccount { erasedAt } }`, nil)
	s, a := h.Login(t, email, nil)
	if s.AccessToken == "" || !strings.Contains(a.Body, `"session":null`) {
		t.Fatal(a.Body)
	}
	p.Token, p.Session = s.AccessToken, ""
	return p
}

// lives reports whether the caller has an account that may sign in.
func (v *caller) lives() bool { return v.name != "nobody" && v.name != "suspended" }

// here returns the caller as they are now. The caller signs in again when the session has ended.
func (v *caller) here(t *testing.T, h *fixture) harness.Account {
	t.Helper()
	if v.name == "restoring" {
		v.entered = false // the account may be restored
	}
	if v.entered && v.lives() {
		word, real, worn := strings.Cut(v.now.Token, "~")
		if !worn {
			real = word
		}
		v.entered = h.TokenValid(t, real)
	}
	if !v.entered {
		v.now, v.entered = v.enter(t, h), true
	}
	return v.now
}
