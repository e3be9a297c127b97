package account

import (
	"testing"
	"time"
)

// A sign-in keeps its age when its time is converted from the database's clock to the server's, however far the two
// differ, and tokens of one session agree on the second.
func TestSession_ProvedAt(t *testing.T) {
	read := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) // by the database's clock
	for _, row := range []struct {
		name      string
		ahead     time.Duration // the server's clock
		age, want time.Duration
	}{
		{"no difference", 0, 16 * time.Minute, 16 * time.Minute},
		{"the query took a while", 40 * time.Millisecond, 16 * time.Minute, 16*time.Minute + 40*time.Millisecond},
		{"20 minutes ahead", 20 * time.Minute, 16 * time.Minute, 16 * time.Minute},
		{"20 minutes behind", -20 * time.Minute, 16 * time.Minute, 16 * time.Minute},
		{"just signed in, 20 minutes behind", -20 * time.Minute, 0, 0},
	} {
		s, now := &Session{AuthTime: read.Add(-row.age), ReadAt: read}, read.Add(row.ahead)
		if got := now.Sub(s.provedAt(now)); got != row.want {
			t.Errorf("%s: got an age of %v, want %v", row.name, got, row.want)
		}
	}
}
