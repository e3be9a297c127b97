package password

import (
	"errors"
	"testing"

	"authgraph/internal/network"
)

func TestNormalize(t *testing.T) {
	for _, tt := range []struct{ name, typed, want string }{
		{"ASCII", "correct horse", "correct horse"},
		{"composed", "Gr\u00fc\u00dfe", "Gr\u00fc\u00dfe"},
		{"decomposed", "Gru\u0308\u00dfe", "Gr\u00fc\u00dfe"},
		{"no-break space", "a\u00a0b", "a b"},
		{"ideographic space", "a\u3000b", "a b"},
		{"en quad, whose NFC is another space", "a\u2000b", "a b"},
		{"ogham space", "a\u1680b", "a b"},
		{"space and combining mark", "a\u00a0\u0308b", "a \u0308b"},
		{"spaces are kept", "  a  ", "  a  "},
		{"compatibility characters stay", "\ufb01\uff21\u00b2", "\ufb01\uff21\u00b2"},
		{"case stays", "\u00c4\u00e4", "\u00c4\u00e4"},
		{"ohm sign", "\u2126", "\u03a9"},
		{"hangul jamo", "\u1112\u1161\u11ab", "\ud55c"},
		{"controls and invisible characters stay", "a\tb\x00\u200d\u202e", "a\tb\x00\u200d\u202e"},
		{"invalid UTF-8", "a\u00a0\xff", "a\u00a0\xff"},
		{"empty", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Normalize(tt.typed); got != tt.want {
				t.Errorf("got %+q, want %+q", got, tt.want)
			}
		})
	}
}

const composed, decomposed = "Gr\u00fc\u00dfe aus K\u00f6ln", "Gru\u0308\u00dfe aus\u00a0Ko\u0308ln"

func TestMatches_Normalized(t *testing.T) {
	h := newHasher(t, testCost)
	asTyped := func(password string) string { // a stored value from before normalization
		stored, err := h.hash(password)
		if err != nil {
			t.Fatal(err)
		}
		return stored
	}
	long := decomposed
	for len(long) <= maxBytes {
		long += decomposed
	}
	for _, tt := range []struct {
		name, stored, given string
		want, outdated      bool
	}{
		{"composed, given decomposed", mustHash(t, h, composed), decomposed, true, false},
		{"decomposed, given composed", mustHash(t, h, decomposed), composed, true, false},
		{"long, decomposed", mustHash(t, h, long), Normalize(long), true, false},
		{"stored as typed, given as typed", asTyped(decomposed), decomposed, true, true},
		{"stored as typed and long", asTyped(long), long, true, true},
		{"stored as typed, given composed", asTyped(decomposed), composed, false, false},
		{"stored as typed, in normalized form", asTyped(composed), composed, true, false},
		{"another password", mustHash(t, h, composed), decomposed + "!", false, false},
		{"malformed", "bcrypt:nonsense", decomposed, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ticket, err := h.AdmitFor(network.Parse("192.0.2.1"), nil, tt.given)
			if err != nil {
				t.Fatal(err)
			}
			defer ticket.Leave()
			got, err := ticket.Matches(t.Context(), tt.stored, tt.given)
			if malformed := tt.name == "malformed"; got != tt.want || errors.Is(err, ErrMalformed) != malformed {
				t.Errorf("got %t, %v, want %t", got, err, tt.want)
			} else if !malformed && err != nil {
				t.Errorf("got %t, %v, want %t", got, err, tt.want)
			}
			if got := ticket.Outdated(tt.stored); got != tt.outdated {
				t.Errorf("outdated: got %t, want %t", got, tt.outdated)
			}
		})
	}
}

// A password that differs from its normalized form costs twice as much, whether or not there is an account.
func TestMatches_NormalizedRounds(t *testing.T) {
	h := newHasher(t, testCost+2)
	cheap := newHasher(t, testCost)
	rounds := countRounds(t, h)
	for _, tt := range []struct {
		name, stored, given string
		want                int
	}{
		{"ASCII, no account", "", "correct horse", 1},
		{"ASCII, account", mustHash(t, h, composed), "correct horse", 1},
		{"composed, account", mustHash(t, h, "correct horse"), composed, 1},
		{"decomposed, no account", "", decomposed, 2},
		{"decomposed, account", mustHash(t, h, "correct horse"), decomposed, 2},
		{"decomposed, cheaper hash", mustHash(t, cheap, "correct horse"), decomposed, 2},
		{"decomposed, malformed", "nonsense", decomposed, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			*rounds = 0
			if ok, _ := matches(t.Context(), t, h, tt.stored, tt.given); ok {
				t.Error("got a match")
			}
			if got, want := *rounds, tt.want<<(testCost+2); got != want {
				t.Errorf("got %d rounds, want %d", got, want)
			}
		})
	}
}

func TestAdmitFor_Places(t *testing.T) {
	h := newHasher(t, testCost)
	for _, tt := range []struct {
		name, typed string
		want        int
	}{
		{"normalized", composed, 1},
		{"not normalized", decomposed, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ticket, err := h.AdmitFor(network.Parse("192.0.2.1"), nil, tt.typed)
			if err != nil {
				t.Fatal(err)
			}
			if got := h.Waiting(); got != tt.want {
				t.Errorf("got %d places, want %d", got, tt.want)
			}
			if _, err := ticket.Matches(t.Context(), "", tt.typed); err != nil {
				t.Error(err)
			}
			ticket.Leave()
			if got := h.Waiting(); got != 0 {
				t.Errorf("got %d places after Leave, want 0", got)
			}
		})
	}
	t.Run("one place left", func(t *testing.T) {
		var held []*Ticket
		for ticket, err := h.Admit(network.Parse("192.0.2.1"), nil); err == nil; ticket, err = h.Admit(network.Parse("192.0.2.1"), nil) {
			held = append(held, ticket)
		}
		held[0].Leave()
		var full *Overload
		if _, err := h.AdmitFor(network.Parse("192.0.2.1"), nil, decomposed); !errors.As(err, &full) {
			t.Errorf("got %v, want an Overload", err)
		}
		if got, want := h.Waiting(), len(held)-1; got != want {
			t.Errorf("got %d places, want %d", got, want)
		}
	})
}
