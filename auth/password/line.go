package password

import (
	"slices"

	"authgraph/internal/network"
)

// node is a network whose clients hold tickets.
type node = network.Node[line]

// line is the tickets of a network. The root's line counts all tickets of a class.
type line struct {
	count   [over]int // tickets by state, of this network and of the networks in it
	tickets []*Ticket // only for the narrowest networks, oldest first
}

// held returns the number of tickets, including the tickets that are being hashed.
func (l *line) held() int { return l.count[waiting] + l.count[ready] + l.count[running] }

// movable returns the number of tickets that can lose their place.
func (l *line) movable() int { return l.count[waiting] + l.count[ready] }

// class is a part of the places, whose tickets wait in one tree of networks. Each network takes turns with the other
// networks of the same parent, so a /48 that sends from all of its /64 gets one turn among the networks of its /32.
type class struct{ tree *network.Tree[line] }

func newClass() *class { return &class{network.NewTree[line]()} }

func (c *class) total() *line { return &c.tree.Root().Value }

func (c *class) add(t *Ticket) {
	t.class, t.node = c, c.tree.Leaf(t.from)
	t.node.Value.tickets = append(t.node.Value.tickets, t)
	for n := t.node; n != nil; n = n.Parent {
		n.Value.count[t.state]++
	}
}

// remove takes a ticket out of its line. The second call does nothing.
func (c *class) remove(t *Ticket) {
	if t.state == over {
		return
	}
	for n := t.node; n != nil; n = n.Parent {
		n.Value.count[t.state]--
	}
	t.state = over
	l := &t.node.Value
	l.tickets = slices.DeleteFunc(l.tickets, func(other *Ticket) bool { return other == t })
	c.tree.Prune(t.node, func(l line) bool { return l.held() == 0 })
}

// setState changes the state of a ticket that holds a place.
func (t *Ticket) setState(s state) {
	for n := t.node; n != nil; n = n.Parent {
		n.Value.count[t.state]--
		n.Value.count[s]++
	}
	t.state = s
}

// first returns the ticket to hash next: the oldest ready one of the client whose turn it is in each network around it.
// It is nil if no ticket is ready.
func (c *class) first() *Ticket {
	n := c.tree.Root()
	if n.Value.count[ready] == 0 {
		return nil
	}
	for len(n.Children) > 0 {
		n = n.Children[slices.IndexFunc(n.Children, func(child *node) bool { return child.Value.count[ready] > 0 })]
	}
	return n.Value.tickets[slices.IndexFunc(n.Value.tickets, func(t *Ticket) bool { return t.state == ready })]
}

// yields returns the ticket whose place a newcomer gets when all places are taken. Networks are compared level by
// level, widest first: the heaviest one yields if it holds at least two places more than the newcomer's own network. It
// returns nil if the newcomer's networks are the heaviest, at each level.
func (c *class) yields(newcomer network.Path) *Ticket {
	n := c.tree.Root()
	for _, level := range slices.Backward(newcomer.Levels()) {
		own, held := c.tree.Find(level.Network), 0
		if own != nil {
			held = own.Value.held()
		}
		if heavy := heaviest(n.Children); heavy != nil && heavy.Value.held() > held+1 {
			return newest(heavy)
		}
		if own == nil {
			return nil
		}
		n = own
	}
	return nil
}

// heaviest returns the network with the most tickets of which one can lose its place; nil if no ticket can.
func heaviest(networks []*node) (heavy *node) {
	for _, n := range networks {
		if n.Value.movable() > 0 && (heavy == nil || n.Value.held() > heavy.Value.held()) {
			heavy = n
		}
	}
	return heavy
}

// newest returns the newest ticket of the heaviest client in a network that is not being hashed.
func newest(n *node) *Ticket {
	for len(n.Children) > 0 {
		n = heaviest(n.Children)
	}
	for _, t := range slices.Backward(n.Value.tickets) {
		if t.state != running {
			return t
		}
	}
	return nil
}
