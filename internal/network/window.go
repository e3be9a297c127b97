package network

import (
	"sync"
	"time"
)

// Window counts what clients have used within a window of time, for each client and for each network around it (by
// Level.Share). The window of a network begins with its first use and is fixed. It is safe for concurrent use.
type Window struct {
	mu     sync.Mutex
	limit  int64
	length time.Duration
	max    int // networks that are kept
	now    func() time.Time
	tree   *Tree[used]
	swept  time.Time
}

type used struct {
	count  int64
	ends   time.Time
	within int // networks that are kept in this one, itself included; of the widest networks only
}

// crowd is the part of the networks that are kept which may lie in a single widest network, a /32 of IPv6: one in four.
const crowd = 4

// spare is the part of max that is kept for widest networks when max is reached: one in four more.
const spare = 4

// NewWindow returns a window of a length in which a single client may use limit. At most max networks are kept, some
// 200 bytes each, a quarter of them in a single /32 of IPv6. Above max, clients of new networks share the allowance of
// their widest network, a /32 of IPv6 or a /24 of IPv4, of which max/4 more are kept. Above that, they share the allowance
// of unknown addresses.
func NewWindow(limit int64, length time.Duration, max int, now func() time.Time) *Window {
	return &Window{limit: limit, length: length, max: max, now: now, tree: NewTree[used]()}
}

// Add uses n for a client. Above the limit of the client or of a network around it, it uses nothing and returns false
// with the time until the window of that network ends. So a client that is refused takes nothing from its neighbours.
func (w *Window) Add(p Path, n int64) (remaining time.Duration, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	p = w.kept(p, now)
	if remaining = w.wait(p, n, now); remaining > 0 {
		return remaining, false
	}
	kept := w.tree.Len()
	node := w.tree.Leaf(p)
	for ; ; node = node.Parent {
		if u := &node.Value; u.ends.IsZero() || !now.Before(u.ends) {
			*u = used{ends: now.Add(w.length), within: u.within}
		}
		node.Value.count += n
		if node.Parent.Parent == nil {
			break
		}
	}
	node.Value.within += w.tree.Len() - kept
	return 0, true
}

// Fits reports whether Add would use n, without using it.
func (w *Window) Fits(p Path, n int64) (remaining time.Duration, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	remaining = w.wait(w.kept(p, now), n, now)
	return remaining, remaining == 0
}

// wait returns the time until the windows end of all networks in p that can't use n; 0 if each of them can.
func (w *Window) wait(p Path, n int64, now time.Time) (remaining time.Duration) {
	for i := range p.len() {
		level := p.level(i)
		u := w.at(level, now)
		if u.count+n > w.limit*level.Share {
			if u.ends.IsZero() { // n alone is more than the limit
				return w.length
			}
			remaining = max(remaining, u.ends.Sub(now))
		}
	}
	return remaining
}

// Return gives back n that the client has used, if the window is still the one in which it was used.
func (w *Window) Return(p Path, n int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	p = w.found(p)
	for i := range p.len() {
		if node := w.tree.Find(p.level(i).Network); node != nil && now.Before(node.Value.ends) {
			node.Value.count = max(node.Value.count-n, 0)
		}
	}
}

// Used returns what a client has used in its window.
func (w *Window) Used(p Path) int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at(p.level(0), w.now()).count
}

// at returns what a network has used; zero if its window has ended.
func (w *Window) at(level Level, now time.Time) used {
	node := w.tree.Find(level.Network)
	if node == nil || !now.Before(node.Value.ends) {
		return used{}
	}
	return node.Value
}

// sweepPause is the minimum time between two searches for windows that have ended.
const sweepPause = time.Second

// found returns the path by which the client of p is counted, see kept.
func (w *Window) found(p Path) Path {
	for _, p := range []Path{p, p.widest()} {
		if w.tree.Find(p.level(0).Network) != nil {
			return p
		}
	}
	return Path{}
}

// kept returns p if it is known or there is room for it, else the path of its widest network on the same terms, else the
// path of unknown addresses.
func (w *Window) kept(p Path, now time.Time) Path {
	if w.tree.Find(p.level(0).Network) != nil || w.hasRoom(p) {
		return p
	}
	if now.Sub(w.swept) >= sweepPause {
		w.swept = now
		w.sweep(now)
	}
	if w.hasRoom(p) {
		return p
	}
	if wide := p.widest(); w.tree.Find(wide.level(0).Network) != nil || w.tree.Len() < w.max+w.max/spare {
		return wide
	}
	return Path{}
}

func (w *Window) hasRoom(p Path) bool {
	widest := w.tree.Find(p.level(p.len() - 1).Network)
	return w.tree.Len()+p.len() <= w.max && (widest == nil || widest.Value.within+p.len() <= w.max/crowd)
}

// sweep drops the networks whose windows have ended.
func (w *Window) sweep(now time.Time) {
	w.tree.PruneAll(func(u used) bool { return !now.Before(u.ends) })
	for _, widest := range w.tree.root.Children {
		widest.Value.within = 0
	}
	for _, node := range w.tree.nodes {
		for node.Parent.Parent != nil {
			node = node.Parent
		}
		node.Value.within++
	}
}
