package auth

import (
	"testing"
	"time"
)

type thing struct{ owner string }

func (t *thing) OwnerID() string { return t.owner }

func TestRule(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	plain := &Principal{Subject: "user_1", Assurance: SingleFactor, AuthTime: now.Add(-10 * time.Minute),
		Permissions: []string{"READ"}, Roles: []string{"user"}}
	proven := func(change func(*Principal)) *Principal {
		p := *plain
		change(&p)
		return &p
	}
	key := proven(func(p *Principal) { p.APIKey = true })
	enrolledKey := proven(func(p *Principal) { p.APIKey, p.SecondFactor = true, true })
	actor := proven(func(p *Principal) { p.Actor = "user_9" })
	enrolled := &Principal{Subject: "user_1", Assurance: SingleFactor, SecondFactor: true, AuthTime: now}
	mine, nobodys := &thing{"user_1"}, &thing{}
	var none *thing
	for _, row := range []struct {
		name   string
		rule   Rule
		caller *Principal
		object any
		at     place
		want   *Error
	}{
		{"signed in", Rule{}, plain, nil, place{}, nil},
		{"a permission held", Rule{Permissions: []string{"READ"}}, plain, nil, place{}, nil},
		{"one of two permissions", Rule{Permissions: []string{"READ", "WRITE"}}, plain, nil, place{}, ErrForbidden},
		{"one of two roles", Rule{Roles: []string{"admin", "user"}}, plain, nil, place{}, nil},
		{"another role", Rule{Roles: []string{"admin"}}, plain, nil, place{}, ErrForbidden},
		{"own", Rule{Owner: true}, plain, mine, place{}, nil},
		{"own, in a list", Rule{Owner: true}, plain, &mine, place{}, nil},
		{"another's", Rule{Owner: true}, plain, &thing{"user_2"}, place{}, ErrForbidden},
		{"nobody's", Rule{Owner: true}, plain, nobodys, place{}, ErrForbidden},
		{"nobody's, asked by nobody", Rule{Owner: true}, &Principal{Assurance: SingleFactor}, nobodys, place{}, ErrForbidden},
		{"no object", Rule{Owner: true}, plain, nil, place{}, ErrForbidden},
		{"a nil object", Rule{Owner: true}, plain, none, place{}, ErrForbidden},
		{"an object that can't say", Rule{Owner: true}, plain, &struct{ owner string }{"user_1"}, place{}, ErrForbidden},
		{"all must hold", Rule{Owner: true, Permissions: []string{"WRITE"}}, plain, mine, place{}, ErrForbidden},
		{"two factors asked", Rule{Assurance: MultiFactor}, plain, nil, place{}, ErrSecondFactorRequired},
		{"as good as the account can do", Rule{}, enrolled, nil, place{}, ErrSecondFactorRequired},
		{"one factor will do", Rule{Assurance: SingleFactor}, enrolled, nil, place{}, nil},
		{"no known assurance", Rule{}, &Principal{Assurance: "?"}, nil, place{}, ErrSecondFactorRequired},
		{"recent", Rule{MaxAge: 10 * time.Minute}, plain, nil, place{}, nil},
		{"too long ago", Rule{MaxAge: 10*time.Minute - 1}, plain, nil, place{}, ErrReauthenticationRequired},
		{"a step that would not help is not told", Rule{MaxAge: 1, Permissions: []string{"WRITE"}}, plain, nil, place{}, ErrForbidden},
		{"a key, and no permission named", Rule{}, key, nil, place{}, ErrForbidden},
		{"a key, and its own object", Rule{Owner: true}, key, mine, place{}, ErrForbidden},
		{"a key, and a permission that it holds", Rule{Permissions: []string{"READ"}}, key, nil, place{}, nil},
		{"a key, and one that it does not", Rule{Permissions: []string{"WRITE"}}, key, nil, place{}, ErrForbidden},
		{"a key, and a recent proof", Rule{Permissions: []string{"READ"}, MaxAge: time.Hour}, key, nil, place{}, ErrForbidden},
		{"a key, and two factors", Rule{Permissions: []string{"READ"}, Assurance: MultiFactor}, key, nil, place{}, ErrForbidden},
		{"a key of an account with two factors", Rule{Permissions: []string{"READ"}}, enrolledKey, nil, place{}, nil},
		{"a key, and whose it is", Rule{}, key, nil, place{query: true, field: "me"}, nil},
		{"an actor reads", Rule{}, actor, nil, place{query: true, field: "me"}, nil},
		{"an actor, and the account's own object", Rule{Owner: true}, actor, mine, place{}, nil},
		{"an actor changes what is the person's own", Rule{}, actor, nil, place{mutation: true}, ErrForbidden},
		{"an actor changes by a permission", Rule{Permissions: []string{"READ"}}, actor, nil, place{mutation: true}, nil},
		{"an actor, and a recent proof", Rule{MaxAge: time.Hour}, actor, nil, place{}, ErrForbidden},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := row.rule.refusal(row.caller, row.object, row.at, func() time.Time { return now }); got != row.want {
				t.Errorf("got %v, want %v", got, row.want)
			}
		})
	}
}
