package network

import (
	"net/netip"
	"slices"
)

// Tree keeps a value for each network of the paths that were added, and knows which network lies in which. Networks
// without a path are dropped. It is not safe for concurrent use.
type Tree[T any] struct {
	root  Node[T]
	nodes map[netip.Prefix]*Node[T]
}

// Node is a network in a Tree.
type Node[T any] struct {
	Level
	Value    T
	Parent   *Node[T]   // nil for the root, which stands for all networks
	Children []*Node[T] // in an order that the user of the tree may change
}

// Pass moves a network behind the other networks of its parent, and each network around it likewise. So networks take turns
// if the first child is always next.
func (n *Node[T]) Pass() {
	for ; n.Parent != nil; n = n.Parent {
		siblings := n.Parent.Children
		at := slices.Index(siblings, n)
		n.Parent.Children = append(slices.Delete(siblings, at, at+1), n)
	}
}

// NewTree returns an empty tree.
func NewTree[T any]() *Tree[T] { return &Tree[T]{nodes: map[netip.Prefix]*Node[T]{}} }

// Root returns the node of all networks.
func (t *Tree[T]) Root() *Node[T] { return &t.root }

// Len returns the number of networks, the root aside.
func (t *Tree[T]) Len() int { return len(t.nodes) }

// Leaf returns the node of the narrowest network of p. It adds the nodes that are missing.
func (t *Tree[T]) Leaf(p Path) *Node[T] {
	parent := &t.root
	for i := p.len() - 1; i >= 0; i-- {
		level := p.level(i)
		node := t.nodes[level.Network]
		if node == nil {
			node = &Node[T]{Level: level, Parent: parent}
			parent.Children = append(parent.Children, node)
			t.nodes[level.Network] = node
		}
		parent = node
	}
	return parent
}

// Find returns the node of a network; nil if the tree has none.
func (t *Tree[T]) Find(network netip.Prefix) *Node[T] { return t.nodes[network] }

// Prune removes n if it has no children and empty reports true for its value, then the same for its ancestors. The root
// stays.
func (t *Tree[T]) Prune(n *Node[T], empty func(T) bool) {
	for n != nil && n.Parent != nil && len(n.Children) == 0 && empty(n.Value) {
		parent := n.Parent
		parent.Children = slices.DeleteFunc(parent.Children, func(c *Node[T]) bool { return c == n })
		delete(t.nodes, n.Network)
		n = parent
	}
}

// PruneAll does for all nodes what Prune does for one, in a time that grows with their number.
func (t *Tree[T]) PruneAll(empty func(T) bool) { t.prune(&t.root, empty) }

func (t *Tree[T]) prune(n *Node[T], empty func(T) bool) {
	n.Children = slices.DeleteFunc(n.Children, func(c *Node[T]) bool {
		if t.prune(c, empty); len(c.Children) > 0 || !empty(c.Value) {
			return false
		}
		delete(t.nodes, c.Network)
		return true
	})
}
