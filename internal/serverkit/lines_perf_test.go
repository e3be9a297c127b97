package serverkit

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
)

// file is the destination of lines. It takes a single write at a time, each after the test permits it.
type file struct {
	bytes.Buffer
	writes int
	may    chan struct{} // nil: at once
}

func (f *file) Write(p []byte) (int, error) {
	if f.may != nil {
		<-f.may
	}
	f.writes++
	return f.Buffer.Write(p)
}

// Each line is there once, whole, and behind those that the same writer wrote before it; what comes after the end, too.
func TestLines(t *testing.T) {
	out := &file{}
	l := newLines(out)
	const writers, each = 8, 500
	write := func(writer, i int) {
		if _, err := fmt.Fprintf(l, "%d %d\n", writer, i); err != nil {
			t.Error(err)
		}
	}
	var writing sync.WaitGroup
	for writer := range writers {
		writing.Go(func() {
			for i := range each {
				write(writer, i)
			}
		})
	}
	writing.Go(l.Close) // somewhere in between
	writing.Wait()
	next := map[int]int{}
	for line := range strings.Lines(out.String()) {
		var writer, i int
		if n, err := fmt.Sscanf(line, "%d %d\n", &writer, &i); n != 2 || err != nil || i != next[writer] {
			t.Fatalf("%q: %v, want %d", line, err, next[writer])
		}
		next[writer]++
	}
	for writer := range writers {
		if next[writer] != each {
			t.Errorf("of writer %d there are %d lines, want %d", writer, next[writer], each)
		}
	}
}

// No caller waits for the file, and the lines gathered during a write are a single write. Only a caller above maxPending waits.
func TestLines_SlowFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &file{may: make(chan struct{})}
		l := newLines(out)
		write := func(p string) {
			if _, err := l.Write([]byte(p)); err != nil {
				t.Error(err)
			}
		}
		write("first\n")
		synctest.Wait() // the file has it, and takes its time
		for range 100 {
			write("more\n")
		}
		long := strings.Repeat("x", maxPending) + "\n"
		write(long)
		waiting := true
		go func() {
			write("last\n")
			waiting = false
		}()
		synctest.Wait()
		if !waiting || out.writes != 0 {
			t.Errorf("waiting: %v, writes: %d", waiting, out.writes)
		}
		out.may <- struct{}{}
		out.may <- struct{}{}
		synctest.Wait()
		if waiting || out.writes != 2 {
			t.Errorf("waiting: %v, writes: %d", waiting, out.writes)
		}
		close(out.may)
		l.Close()
		if want := "first\n" + strings.Repeat("more\n", 100) + long + "last\n"; out.String() != want {
			t.Errorf("got %d bytes, want %d", out.Len(), len(want))
		}
	})
}
