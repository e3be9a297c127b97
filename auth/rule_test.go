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
	enrolled := &Principal{Subject: "user_1", Assurance: SingleFactor, SecondFactor: true, AuthTime: now}
	mine, nobodys := &thing{"user_1"}, &thing{}
	var none *thing
	for _, row := range []struct {
		name   string
		rule   Rule
		who    *Principal
		object any
		want   *Error
	}{
		{"signed in", Rule{}, plain, nil, nil},
		{"a permission held", Rule{Permissions: []string{"READ"}}, plain, nil, nil},
		{"one of two permissions", Rule{Permissions: []string{"READ", "WRITE"}}, plain, nil, ErrForbidden},
		{"one of two roles", Rule{Roles: []string{"admin", "user"}}, plain, nil, nil},
		{"another role", Rule{Roles: []string{"admin"}}, plain, nil, ErrForbidden},
		{"own", Rule{Owner: true}, plain, mine, nil},
		{"own, in a list", Rule{Owner: true}, plain, &mine, nil},
		{"another's", Rule{Owner: true}, plain, &thing{"user_2"}, ErrForbidden},
		{"nobody's", Rule{Owner: true}, plain, nobodys, ErrForbidden},
		{"nobody's, asked by nobody", Rule{Owner: true}, &Principal{Assurance: SingleFactor}, nobodys, ErrForbidden},
		{"no object", Rule{Owner: true}, plain, nil, ErrForbidden},
		{"a nil object", Rule{Owner: true}, plain, none, ErrForbidden},
		{"an object that can't say", Rule{Owner: true}, plain, &struct{ owner string }{"user_1"}, ErrForbidden},
		{"all must hold", Rule{Owner: true, Permissions: []string{"WRITE"}}, plain, mine, ErrForbidden},
		{"two factors asked", Rule{Assurance: MultiFactor}, plain, nil, ErrSecondFactorRequired},
		{"as good as the account can do", Rule{}, enrolled, nil, ErrSecondFactorRequired},
		{"one factor will do", Rule{Assurance: SingleFactor}, enrolled, nil, nil},
		{"no known assurance", Rule{}, &Principal{Assurance: "?"}, nil, ErrSecondFactorRequired},
		{"recent", Rule{MaxAge: 10 * time.Minute}, plain, nil, nil},
		{"too long ago", Rule{MaxAge: 10*time.Minute - 1}, plain, nil, ErrReauthenticationRequired},
		{"a step that would not help is not told", Rule{MaxAge: 1, Permissions: []string{"WRITE"}}, plain, nil, ErrForbidden},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := row.rule.refusal(row.who, row.object, now); got != row.want {
				t.Errorf("got %v, want %v", got, row.want)
			}
		})
	}
}
