package network

import "slices"

// Line is a queue in which networks take turns: the first element is of the network that has waited longest for a turn among
// the networks of the same parent, at each level. A client, each network around it (by Level.Share) and all clients together
// have a bounded number of elements. It is not safe for concurrent use.
type Line[T any] struct {
	total, client int
	tree          *Tree[queued[T]]
}

// queued is the elements of a network.
type queued[T any] struct {
	count    int         // elements of this network and of its subnetworks
	elements []*Place[T] // only for the narrowest networks, oldest first
}

// Place is an element in a Line.
type Place[T any] struct {
	Value T
	node  *Node[queued[T]] // nil once it has left
}

// NewLine returns a line in which all clients together have at most total elements, and a single client at most client.
func NewLine[T any](total, client int) *Line[T] {
	return &Line[T]{total: total, client: client, tree: NewTree[queued[T]]()}
}

// Len returns the number of elements.
func (l *Line[T]) Len() int { return l.tree.root.Value.count }

// Push adds an element of a client at the end. It returns nil, and adds nothing, if a bound would be exceeded.
func (l *Line[T]) Push(p Path, value T) *Place[T] {
	if l.Len() >= l.total {
		return nil
	}
	for i := range p.len() {
		level := p.level(i)
		if node := l.tree.Find(level.Network); node != nil && node.Value.count >= l.client*int(level.Share) {
			return nil
		}
	}
	place := &Place[T]{value, l.tree.Leaf(p)}
	place.node.Value.elements = append(place.node.Value.elements, place)
	for n := place.node; n != nil; n = n.Parent {
		n.Value.count++
	}
	return place
}

// Pop removes the first element and ends the turn of its networks; ok is false if the line is empty.
func (l *Line[T]) Pop() (value T, ok bool) {
	n := &l.tree.root
	if n.Value.count == 0 {
		return value, false
	}
	for len(n.Children) > 0 {
		n = n.Children[0]
	}
	n.Pass()
	place := n.Value.elements[0]
	l.Remove(place)
	return place.Value, true
}

// Remove removes an element. It returns false if the element has left.
func (l *Line[T]) Remove(place *Place[T]) bool {
	node := place.node
	if node == nil {
		return false
	}
	place.node = nil
	node.Value.elements = slices.DeleteFunc(node.Value.elements, func(other *Place[T]) bool { return other == place })
	for n := node; n != nil; n = n.Parent {
		n.Value.count--
	}
	l.tree.Prune(node, func(q queued[T]) bool { return q.count == 0 })
	return true
}
