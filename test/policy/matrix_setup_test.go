package policy

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/test/harness"
)

// setup is what a caller asks for by a route, and what is known of it beforehand.
type setup struct {
	arguments map[string]any
	bearer    string
	subject   string // the caller's id, which tells own objects from others; "" if unknown
	owns      bool   // whether what the root field returns is the subject's
	// eyes are the columns of who looks below the root field; nil for the caller's.
	eyes func(owns bool) []string
	// refusal is the code with which the use case refuses a caller whom the policy lets in.
	refusal string
	// happens makes an event, for a subscription.
	happens func()
}

// newRole makes a role that permits nothing and returns its id.
func (h *fixture) newRole(t *testing.T) string {
	t.Helper()
	h.made++
	a := h.Query(t, h.root, `mutation($n: String!) { createRole(input: {name: $n, permissions: []}) { role { id } } }`,
		map[string]any{"n": fmt.Sprintf("role-%d", h.made)})
	var got struct {
		Data struct {
			CreateRole struct{ Role struct{ ID string } }
		}
	}
	if err := json.Unmarshal([]byte(a.Body), &got); err != nil || got.Data.CreateRole.Role.ID == "" {
		t.Fatal(a.Body)
	}
	return got.Data.CreateRole.Role.ID
}

// newRoleOf is newRole for a role that the caller holds, which they may change and delete.
func (h *fixture) newRoleOf(t *testing.T, v *caller) string {
	t.Helper()
	id := h.newRole(t)
	if v.all {
		return id
	}
	users, err := h.App.Store.UsersByID(t.Context(), []string{v.now.ID})
	if err != nil || len(users) != 1 {
		t.Fatalf("%s: %d accounts, %v", v.name, len(users), err)
	}
	by := account.Administrator{UserID: h.AccountID(t, h.root)}
	if _, err := h.App.Accounts.SetRoles(t.Context(), by, v.now.ID, append(users[0].Roles, fmt.Sprintf("role-%d", h.made))); err != nil {
		t.Fatal(err)
	}
	return id
}

// preparations write the arguments with which a root field does its work; admitted says that the caller may. Fields that
// are not here get a sample of each argument that they demand.
var preparations = map[string]func(t *testing.T, h *fixture, s *setup, w route, v *caller){
	"Query.node": func(t *testing.T, h *fixture, s *setup, w route, v *caller) {
		s.arguments = map[string]any{"id": h.object(t, v, w[0].on)}
	},
	"Query.nodes": func(t *testing.T, h *fixture, s *setup, w route, v *caller) {
		s.arguments = map[string]any{"ids": []any{h.object(t, v, w[0].on)}}
	},
	"Query.me": func(_ *testing.T, _ *fixture, s *setup, _ route, _ *caller) { s.owns = true },
	"Query.can": func(_ *testing.T, _ *fixture, s *setup, _ route, _ *caller) {
		s.arguments = map[string]any{"fields": []any{"Query.me", "Query.nonsense"}}
	},
	"Mutation.register": func(_ *testing.T, h *fixture, s *setup, _ route, _ *caller) {
		s.arguments = map[string]any{"input": map[string]any{"email": h.fresh(), "password": harness.Password}}
		s.eyes, s.owns, s.subject = plainColumns, true, ""
	},
	"Mutation.login": func(_ *testing.T, h *fixture, s *setup, _ route, _ *caller) {
		s.arguments = map[string]any{"input": map[string]any{"email": "other@example.com", "password": harness.Password}}
		s.eyes, s.owns, s.subject = plainColumns, true, h.other.ID
	},
	"Mutation.refresh": func(t *testing.T, h *fixture, s *setup, _ route, _ *caller) {
		signedIn, a := h.Login(t, "other@example.com", nil)
		if signedIn.RefreshToken == "" {
			t.Fatal(a.Body)
		}
		s.arguments = map[string]any{"refreshToken": signedIn.RefreshToken}
		s.eyes, s.owns, s.subject = plainColumns, true, h.other.ID
	},
	"Mutation.updateProfile": func(_ *testing.T, _ *fixture, s *setup, _ route, _ *caller) {
		s.arguments, s.owns = map[string]any{"input": map[string]any{"displayName": "Renamed"}}, true
	},
	"Mutation.changePassword": func(_ *testing.T, _ *fixture, s *setup, _ route, v *caller) {
		s.arguments = map[string]any{"currentPassword": harness.Password, "newPassword": harness.Password}
		ownSession(s, v)
	},
	"Mutation.reauthenticate": func(_ *testing.T, _ *fixture, s *setup, _ route, v *caller) {
		s.arguments = map[string]any{"password": harness.Password}
		ownSession(s, v)
	},
	"Mutation.requestPasswordReset": func(_ *testing.T, _ *fixture, s *setup, _ route, _ *caller) {
		s.arguments = map[string]any{"email": "other@example.com"}
	},
	"Mutation.resetPassword": func(t *testing.T, h *fixture, s *setup, _ route, _ *caller) {
		email := h.fresh()
		p := h.Register(t, email, harness.Password)
		s.arguments = map[string]any{"token": h.resetToken(t, email), "newPassword": harness.Password}
		s.eyes, s.owns, s.subject = plainColumns, true, p.ID
	},
	"Mutation.restoreAccount": func(_ *testing.T, _ *fixture, s *setup, _ route, v *caller) {
		if v.name != "restoring" {
			s.refusal = "CONFLICT" // nothing is to be restored
		}
		s.eyes, s.owns = plainColumns, true
	},
	"Mutation.revokeSession": func(t *testing.T, h *fixture, s *setup, _ route, v *caller) {
		s.arguments, s.owns = map[string]any{"id": h.secondSession(t, v)}, true
	},
	"Mutation.suspendUser":        onSomebody,
	"Mutation.reinstateUser":      onSomebody,
	"Mutation.deleteUser":         onSomebody,
	"Mutation.revokeUserSessions": onSomebody,
	"Mutation.revokeUserSession": func(t *testing.T, h *fixture, s *setup, _ route, _ *caller) {
		s.arguments, s.owns = map[string]any{"id": h.Register(t, h.fresh(), harness.Password).Session}, false
	},
	"Mutation.updateUser": func(t *testing.T, h *fixture, s *setup, w route, v *caller) {
		onSomebody(t, h, s, w, v)
		s.arguments["input"] = map[string]any{"displayName": "Renamed"}
	},
	"Mutation.setUserRoles": func(t *testing.T, h *fixture, s *setup, w route, v *caller) {
		onSomebody(t, h, s, w, v)
		s.arguments["roles"] = []any{"user"}
	},
	"Mutation.impersonate": func(t *testing.T, h *fixture, s *setup, w route, v *caller) {
		onSomebody(t, h, s, w, v)
		s.arguments = map[string]any{"userId": s.arguments["id"], "reason": "a complaint"}
		s.subject, s.owns = s.arguments["userId"].(string), true
		s.eyes = plainColumns // as the account itself, without permissions
	},
	"Mutation.createRole": func(_ *testing.T, h *fixture, s *setup, _ route, v *caller) {
		if !v.all {
			s.refusal = "FORBIDDEN" // it takes every permission
		}
		h.made++
		s.arguments = map[string]any{"input": map[string]any{"name": fmt.Sprintf("role-%d", h.made), "permissions": []string{}}}
	},
	"Mutation.updateRole": func(t *testing.T, h *fixture, s *setup, _ route, v *caller) {
		s.arguments = map[string]any{"id": h.newRoleOf(t, v), "input": map[string]any{}}
	},
	"Mutation.deleteRole": func(t *testing.T, h *fixture, s *setup, _ route, v *caller) {
		s.arguments = map[string]any{"id": h.newRoleOf(t, v)}
	},
	"Query.auditEvents": func(_ *testing.T, _ *fixture, s *setup, _ route, _ *caller) {
		s.arguments = map[string]any{"filter": map[string]any{"actions": []any{account.ActionImpersonate}}} // it names three accounts
	},
	"Subscription.auditEvents": func(t *testing.T, h *fixture, s *setup, _ route, _ *caller) {
		s.happens = func() { h.writeDown(t) }
	},
	"Subscription.sessionEvents": func(t *testing.T, h *fixture, s *setup, _ route, v *caller) {
		s.owns, s.happens = true, func() {
			h.secondSession(t, v)
			h.App.Events.Wake() // rather than at the next tick: the beginning of a session is not announced
		}
	},
	"Subscription.revocations": func(_ *testing.T, _ *fixture, s *setup, _ route, _ *caller) {
		s.happens = func() {} // it begins with an event
	},
}

// resetToken returns the token of a mail that resets the password of an account.
func (h *fixture) resetToken(t *testing.T, email string) string {
	t.Helper()
	h.Query(t, "", `mutation($e: EmailAddress!) { requestPasswordReset(email: $e) { ok } }`, map[string]any{"e": email})
	for deadline := time.Now().Add(harness.Patience); time.Now().Before(deadline); runtime.Gosched() {
		for _, m := range h.App.Mails.Mailbox.Mails(email) {
			_, token, _ := strings.Cut(m.Link, "token=")
			return token
		}
	}
	t.Fatalf("no mail to %s", email)
	return ""
}

// ownSession is of a field whose payload is of a new session of the caller's account, which wears no disguise.
func ownSession(s *setup, v *caller) {
	s.owns = true
	if v.all {
		s.eyes = column("all")
	}
}

// onSomebody makes an account that may be changed.
func onSomebody(t *testing.T, h *fixture, s *setup, _ route, _ *caller) {
	t.Helper()
	s.arguments, s.owns = map[string]any{"id": h.Register(t, h.fresh(), harness.Password).ID}, false
}

// object returns the id of an object of a type: the caller's own, or another account's.
func (h *fixture) object(t *testing.T, v *caller, typeName string) string {
	t.Helper()
	p := h.other
	if v.owns {
		p = v.now
	}
	switch typeName {
	case "User":
		return p.ID
	case "Session":
		return p.Session
	case "Role":
		return h.roleID
	case "AuditEvent":
		return h.eventID
	}
	t.Fatalf("an id of a %s is needed, to ask for it by `node`", typeName)
	return ""
}

// writeDown has the audit log say something that names three accounts, and seals it.
func (h *fixture) writeDown(t *testing.T) {
	t.Helper()
	if err := h.App.AuditLog.Note(t.Context(), account.AuditNote{
		Action: account.ActionImpersonate, Outcome: account.Succeeded, Actor: h.other.ID, Impersonator: h.AccountID(t, h.root),
		Subject: h.other.ID, Session: h.other.Session, Client: account.Client{IPAddress: "192.0.2.1"},
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.App.AuditLog.Append(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.App.AuditStream.Wake()
}

// secondSession begins another session of the caller's account and returns its id.
func (h *fixture) secondSession(t *testing.T, v *caller) string {
	t.Helper()
	a := h.Query(t, h.root, `query($id: ID!) { node(id: $id) { ... on User { email } } }`, map[string]any{"id": v.now.ID})
	var got struct {
		Data struct{ Node struct{ Email string } }
	}
	if err := json.Unmarshal([]byte(a.Body), &got); err != nil || got.Data.Node.Email == "" {
		t.Fatal(a.Body)
	}
	return h.enter(t, got.Data.Node.Email).Session
}

// set prepares a setup. A route that refuses the caller needs no objects.
func (h *fixture) set(t *testing.T, w route, v *caller, admitted bool) *setup {
	t.Helper()
	p := v.here(t, h)
	s := &setup{bearer: p.Token, subject: p.ID, owns: v.owns}
	if prepare := preparations[w[0].coordinate()]; prepare != nil && (admitted || v.lives() && w[0].object == "Subscription") {
		prepare(t, h, s, w, v)
	}
	return s
}

// ask plays a setup and returns the answer: its first event, where it is a subscription.
func (h *fixture) ask(t *testing.T, w route, s *setup, document string, variables map[string]any, admitted bool) string {
	t.Helper()
	if !strings.HasPrefix(document, "subscription") {
		return h.Query(t, s.bearer, document, variables).Body
	}
	response, next := h.EventStream(t, s.bearer, document, variables)
	if response.StatusCode != http.StatusOK {
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	switch {
	case s.happens != nil:
		s.happens()
	case admitted:
		t.Fatalf("%s: something must happen for there to be an event", w)
	default: // admitted, but no event can be made for this caller
		_ = response.Body.Close()
		return `{"data":{}}`
	}
	event := next()
	_ = response.Body.Close()
	return event
}
