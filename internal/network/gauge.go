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

// keptNetworks is how many networks stay in the tree although they hold nothing, so that a client that comes back costs no
// allocation.
const keptNetworks = 1024

// NewGauge returns a gauge of which all clients together hold at most total, and a single client at most client.
func NewGauge(total, client int64) *Gauge {
	return &Gauge{total: total, client: client, tree: NewTree[int64]()}
}

// Acquire takes n for a client. It takes nothing and returns false if a bound would be exceeded. The caller must release
// n.
func (g *Gauge) Acquire(p Path, n int64) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.acquire(p, n, 0, p.len(), 0)
}

// AcquireWithin is Acquire, but a client or network may hold up to free if that is more than its bound. If free is
// the unused rest, a single network gets at most half of the total, two networks get a third each.
func (g *Gauge) AcquireWithin(p Path, n, free int64) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.acquire(p, n, 0, p.len(), free)
}

// AcquireSole is Acquire for a client that holds nothing but own: the bound of a single client does not apply, those of the
// networks around it and the total do.
func (g *Gauge) AcquireSole(p Path, n, own int64) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if node := g.tree.Find(p.level(0).Network); node != nil && node.Value != own {
		return false
	}
	return g.acquire(p, n, 1, p.len(), 0)
}

// AcquireTotal is Acquire for what only the total bounds.
func (g *Gauge) AcquireTotal(p Path, n int64) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.acquire(p, n, 0, 0, 0)
}

// acquire takes n if the total allows it and the levels of p from first on, before end. Each level may hold at least free.
func (g *Gauge) acquire(p Path, n int64, first, end int, free int64) bool {
	if g.tree.root.Value+n > g.total {
		return false
	}
	leaf, i := g.tree.Leaf(p), 0
	for node := leaf; node.Parent != nil; node = node.Parent {
		if first <= i && i < end && node.Value+n > max(g.client*node.Share, free) {
			g.prune(leaf)
			return false
		}
		i++
	}
	add(leaf, n)
	return true
}

// Release gives back n of what the client has acquired.
func (g *Gauge) Release(p Path, n int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	leaf := g.tree.Leaf(p)
	add(leaf, -n)
	g.prune(leaf)
}

// add adds n to what a network holds, and to what the networks around it hold.
func add(leaf *Node[int64], n int64) {
	for node := leaf; node != nil; node = node.Parent {
		node.Value += n
	}
}

// prune drops a network that holds nothing, if the tree has many.
func (g *Gauge) prune(leaf *Node[int64]) {
	if g.tree.Len() > keptNetworks {
		g.tree.Prune(leaf, func(held int64) bool { return held <= 0 })
	}
}

// Held returns what all clients hold together.
func (g *Gauge) Held() int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.tree.root.Value
}
