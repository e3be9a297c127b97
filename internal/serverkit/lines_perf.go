package serverkit

import (
	"io"
	"sync"
	"time"
)

const (
	// maxPending is the maximum number of bytes that wait to be written. Above it, logging blocks.
	maxPending = 1 << 20
	// gathering is the pause after a write, because waking the writer for each line costs more than the line.
	gathering = 5 * time.Millisecond
)

// lines is a log whose writers don't wait for the file: what many write in gathering is one system call of another goroutine, in
// the order in which it came. A line that comes alone is written at once. A process that is killed loses what it wrote last.
type lines struct {
	out   io.Writer
	wake  chan struct{}
	ended chan struct{}

	mu      sync.Mutex
	room    sync.Cond // there is room again
	pending []byte
	spare   []byte
	closed  bool // from then on what is written is written at once
}

func newLines(out io.Writer) *lines {
	l := &lines{out: out, wake: make(chan struct{}, 1), ended: make(chan struct{})}
	l.room.L = &l.mu
	go l.run()
	return l
}

// Write implements io.Writer.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.pending) > maxPending && !l.closed {
		l.room.Wait()
	}
	if l.closed {
		l.mu.Unlock()
		<-l.ended // after all earlier lines
		l.mu.Lock()
		return l.out.Write(p)
	}
	l.pending = append(l.pending, p...)
	select {
	case l.wake <- struct{}{}:
	default: // the writer is awake already
	}
	return len(p), nil
}

// Close writes what is pending.
func (l *lines) Close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.room.Broadcast()
	close(l.wake)
	<-l.ended
}

func (l *lines) run() {
	defer close(l.ended)
	for range l.wake {
		l.flush()
		time.Sleep(gathering)
	}
	l.flush()
}

func (l *lines) flush() {
	l.mu.Lock()
	p := l.pending
	l.pending, l.spare = l.spare[:0], nil
	l.mu.Unlock()
	l.room.Broadcast()
	if len(p) > 0 {
		_, _ = l.out.Write(p) // where it fails there is nowhere to say so, as with any log
	}
	l.mu.Lock()
	l.spare = p
	l.mu.Unlock()
}
