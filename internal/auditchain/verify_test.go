package auditchain

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"authgraph/internal/prove"
)

func keys(t testing.TB, root byte) *Keys {
	t.Helper()
	k, err := NewKeys(bytes.Repeat([]byte{root}, KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// chain returns a log of n records, and its stored state.
func chain(k *Keys, n int) ([]*Record, State) {
	records, end := make([]*Record, n), k.Genesis()
	for i := range records {
		records[i] = &Record{
			ID: fmt.Sprintf("event_%d", i+1), At: int64(i) * 1000, Action: "session.start", Outcome: "SUCCESS",
			Actor: "ref_a", Subject: "ref_a", Session: "session_x", Details: `{"methods":["PASSWORD"]}`, Personal: []byte("sealed"),
		}
		end = k.Link(end, records[i])
	}
	return records, State{Head: end, HeadSignature: k.SignHead(end)}
}

func verified(k *Keys, records []*Record, state State, outside ...Checkpoint) Report {
	v := k.NewVerifier(state, outside...)
	for _, r := range records {
		v.Add(r)
	}
	return v.Report()
}

// copies lets a record be changed without the chain that it was taken from.
func copies(records []*Record) []*Record {
	all := slices.Clone(records)
	for i, r := range all {
		c := *r
		all[i] = &c
	}
	return all
}

// TestVerify alters a single record among many.
func TestVerify(t *testing.T) {
	k, n := keys(t, 1), prove.Size(5_000, 100_000)
	records, state := chain(k, n)
	if got := verified(k, records, state, Checkpoint{int64(n / 2), records[n/2-1].MAC}); !got.Sound() ||
		got.Records != int64(n) {
		t.Fatalf("untouched: %+v", got)
	}
	at := n / 3 // its position is one more
	for _, row := range []struct {
		name   string
		tamper func([]*Record, *State) []*Record
		want   string
		rest   bool // everything behind it has changed too
	}{
		{"a bit of a detail", func(r []*Record, _ *State) []*Record {
			r[at].Details = strings.Replace(r[at].Details, "P", "Q", 1)
			return r
		}, fmt.Sprintf("record %d ", at+1), false},
		{"a bit of what is sealed", func(r []*Record, _ *State) []*Record {
			r[at].Personal = []byte("sealee")
			return r
		}, fmt.Sprintf("record %d ", at+1), false},
		{"a bit of the MAC", func(r []*Record, _ *State) []*Record {
			r[at].MAC = slices.Clone(r[at].MAC)
			r[at].MAC[7] ^= 1
			return r
		}, fmt.Sprintf("record %d ", at+1), false},
		{"a microsecond", func(r []*Record, _ *State) []*Record {
			r[at].At++
			return r
		}, fmt.Sprintf("record %d ", at+1), false},
		{"who acted, moved to who is concerned", func(r []*Record, _ *State) []*Record {
			r[at].Actor, r[at].Impersonator, r[at].Subject = "", "ref_a", "ref_a"
			return r
		}, fmt.Sprintf("record %d ", at+1), false},
		{"one removed", func(r []*Record, _ *State) []*Record { return slices.Delete(r, at, at+1) },
			fmt.Sprintf("records %d to %d are missing", at+1, at+1), false},
		{"one removed, and the rest moved up", func(r []*Record, state *State) []*Record {
			r = slices.Delete(r, at, at+1)
			for _, later := range r[at:] {
				later.Position--
			}
			state.Head.Position--
			return r // and who has no key leaves the signature as it is
		}, fmt.Sprintf("record %d ", at+1), true},
		{"two that changed places", func(r []*Record, _ *State) []*Record {
			r[at], r[at+1] = r[at+1], r[at]
			r[at].Position, r[at+1].Position = r[at+1].Position, r[at].Position
			return r
		}, fmt.Sprintf("record %d ", at+1), false},
		{"one inserted twice", func(r []*Record, _ *State) []*Record { return slices.Insert(r, at, r[at]) },
			fmt.Sprintf("record %d comes after record %d", at+1, at+1), false},
		{"the tail cut", func(r []*Record, _ *State) []*Record { return r[:n-3] },
			fmt.Sprintf("records %d to %d are missing at the end", n-2, n), false},
		{"the head cut", func(r []*Record, _ *State) []*Record { return r[3:] }, "records 1 to 3 are missing", false},
		{"everything cut", func([]*Record, *State) []*Record { return nil }, fmt.Sprintf("records 1 to %d are missing", n), false},
		{"one put behind the end", func(r []*Record, _ *State) []*Record {
			more := &Record{ID: "event_more"}
			keys(t, 2).Link(Checkpoint{r[n-1].Position, r[n-1].MAC}, more)
			return append(r, more)
		}, fmt.Sprintf("record %d ", n+1), false},
	} {
		t.Run(row.name, func(t *testing.T) {
			other := state
			got := verified(k, row.tamper(copies(records), &other), other)
			if got.Sound() || !strings.Contains(strings.Join(got.Problems, "\n"), row.want) {
				t.Errorf("got %q, want one about %q", got.Problems, row.want)
			}
			if others := got.Count - 4; others > 0 && !row.rest {
				t.Errorf("%d problems: what is as it was is told too", got.Count)
			}
		})
	}
}

// An attacker without the key sets the end back to a record with a readable MAC, and deletes the records after it.
func TestVerify_Head(t *testing.T) {
	k := keys(t, 1)
	records, state := chain(k, 100)
	back := Checkpoint{90, records[89].MAC}
	const unsigned = "is not signed by this server"
	for _, row := range []struct {
		name    string
		records []*Record
		state   State
		want    string
	}{
		{"as it was sealed", records, state, ""},
		{"set back, under the signature of the end", records[:90], State{Head: back, HeadSignature: state.HeadSignature}, unsigned},
		{"set back, without a signature", records[:90], State{Head: back}, unsigned},
		{"set back, signed by another server", records[:90], State{Head: back, HeadSignature: keys(t, 2).SignHead(back)}, unsigned},
		{"set back, signed as an anchor", records[:90], State{Head: back, HeadSignature: k.SignAnchor(back)}, unsigned},
		{"the signature taken away alone", records, State{Head: state.Head}, unsigned},
		{"everything taken away", nil, State{}, unsigned},
		{"nothing was sealed yet", nil, State{HeadSignature: k.SignHead(k.Genesis())}, ""},
	} {
		got := verified(k, row.records, row.state)
		if row.want == "" && !got.Sound() {
			t.Errorf("%s: got %q, want %q", row.name, got.Problems, row.want)
		} else if row.want != "" && (got.Count != 1 || !strings.Contains(got.Problems[0], row.want)) {
			t.Errorf("%s: got %q, want %q", row.name, got.Problems, row.want)
		}
	}
}

// A log that was cut back together with what says where it ends, and with the signature of that from then, is only found by
// a mark that was kept elsewhere.
func TestVerify_Outside(t *testing.T) {
	k := keys(t, 1)
	records, state := chain(k, 100)
	other, _ := chain(k, 50)
	other[49].Details = "{}"
	k.Link(Checkpoint{49, other[48].MAC}, other[49])
	cut := State{Head: Checkpoint{90, records[89].MAC}} // the whole of an earlier state, its signature too
	cut.HeadSignature = k.SignHead(cut.Head)
	for _, row := range []struct {
		name string
		mark Checkpoint
		want string
	}{
		{"of the end", state.Head, "its end is missing"},
		{"of what there still is", cut.Head, ""},
		{"of the beginning", k.Genesis(), ""},
		{"of another log", Checkpoint{50, other[49].MAC}, "is not the one"},
	} {
		got := verified(k, records[:90], cut, row.mark)
		if row.want == "" && !got.Sound() {
			t.Errorf("%s: got %q, want %q", row.name, got.Problems, row.want)
		} else if row.want != "" && !strings.Contains(strings.Join(got.Problems, "\n"), row.want) {
			t.Errorf("%s: got %q, want %q", row.name, got.Problems, row.want)
		}
	}
}

func TestVerify_Anchor(t *testing.T) {
	k := keys(t, 1)
	records, state := chain(k, 100)
	state.Anchor = Checkpoint{40, records[39].MAC}
	state.AnchorSignature = k.SignAnchor(state.Anchor)
	if got := verified(k, records[40:], state); !got.Sound() {
		t.Errorf("dropped for its age: %q", got.Problems)
	}
	if got := verified(k, records[41:], state); got.Sound() {
		t.Error("one more than was signed for is missing, and that is sound")
	}
	if got := verified(k, records[40:], state, Checkpoint{39, records[38].MAC}); got.Sound() {
		t.Error("a mark from before the anchor counts as found")
	}
	forged := state
	forged.Anchor = Checkpoint{60, records[59].MAC}
	if got := verified(k, records[60:], forged); got.Sound() {
		t.Error("an anchor counts that nobody signed")
	}
	forged.AnchorSignature = keys(t, 2).SignAnchor(forged.Anchor)
	if got := verified(k, records[60:], forged); got.Sound() {
		t.Error("an anchor counts that another server signed")
	}
	forged.Anchor, forged.AnchorSignature = state.Head, state.HeadSignature
	if got := verified(k, nil, forged); got.Sound() {
		t.Error("the signature of the end counts as one of a beginning")
	}
	if got := verified(keys(t, 2), records, State{Head: state.Head, HeadSignature: keys(t, 2).SignHead(state.Head)}); got.Sound() {
		t.Error("a chain counts that another server made")
	}
}

func TestMark(t *testing.T) {
	m := Checkpoint{12, bytes.Repeat([]byte{0xab}, 32)}
	if got, err := ParseCheckpoint(m.String() + "\n"); err != nil || got.String() != m.String() {
		t.Errorf("got %v, %v", got, err)
	}
	for _, bad := range []string{"", "12", "12:", "12:ab", ":" + strings.Repeat("ab", 32), "-1:" + strings.Repeat("ab", 32), "x:y"} {
		if _, err := ParseCheckpoint(bad); err == nil {
			t.Errorf("%q counts", bad)
		}
	}
}

func TestSeal(t *testing.T) {
	k, ada, bob := keys(t, 1), []byte("salt of ada"), []byte("salt of bob")
	sealed := k.Seal(ada, Personal, "event_1", []byte("127.0.0.1"))
	if plain, err := k.Open(ada, Personal, "event_1", sealed); err != nil || string(plain) != "127.0.0.1" {
		t.Errorf("got %q, %v", plain, err)
	}
	for name, open := range map[string]func() ([]byte, error){
		"another account": func() ([]byte, error) { return k.Open(bob, Personal, "event_1", sealed) },
		"another kind":    func() ([]byte, error) { return k.Open(ada, Private, "event_1", sealed) },
		"another record":  func() ([]byte, error) { return k.Open(ada, Personal, "event_2", sealed) },
		"another server":  func() ([]byte, error) { return keys(t, 2).Open(ada, Personal, "event_1", sealed) },
		"no salt":         func() ([]byte, error) { return k.Open(nil, Personal, "event_1", sealed) },
	} {
		if plain, err := open(); err == nil {
			t.Errorf("%s: got %q", name, plain)
		}
	}
	if bytes.Equal(k.Address("a@example.com"), keys(t, 2).Address("a@example.com")) ||
		!bytes.Equal(k.Address("a@example.com"), k.Address("a@example.com")) {
		t.Error("an address is hashed without the key, or not always alike")
	}
}
