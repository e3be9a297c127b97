package network

import "sync"

// Gauge bounds an amount that clients hold at a moment, such as bytes or open streams: for each client, for each network
// around it (by Level.Share), and in total. It is safe for concurrent use.
type Gauge struct {
	mu     sync.Mutex
	total  int64
	client int64
	tree   *Tree[int64]
}

// NewGauge returns a gauge of which all clients together hold at most total, and a single client at most client.
func NewGauge(total, client int64) *Gauge {
	return &Gauge{total: total, client: client, tree: NewTree[int64]()}
}

// Acquire takes n for a client. It takes nothing and returns false if a bound would be exceeded. What was taken must be
// released.
func (g *Gauge) Acquire(p Path, n int64) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.tree.root.Value+n > g.total {
		return false
	}
	for i := range p.len() {
		level := p.level(i)
		held := int64(0)
		if node := g.tree.Find(level.Network); node != nil {
			held = node.Value
		}
		if held+n > g.client*level.Share {
			return false
		}
	}
	for node := g.tree.Leaf(p); node != nil; node = node.Parent {
		node.Value += n
	}
	return true
}

// Release gives back n of what the client has acquired.
func (g *Gauge) Release(p Path, n int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	leaf := g.tree.Leaf(p)
	for node := leaf; node != nil; node = node.Parent {
		node.Value -= n
	}
	g.tree.Prune(leaf, func(held int64) bool { return held <= 0 })
}

// Held returns what all clients hold together.
func (g *Gauge) Held() int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.tree.root.Value
}
