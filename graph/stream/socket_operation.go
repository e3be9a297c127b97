package stream

import (
	"strconv"

	"authgraph/graph/reqctx"
)

// maxOperations is the number of operations that a connection may run at once. Subscriptions last, so nothing else would bound
// their number.
const maxOperations = 100

// operations are the operations of a connection. gqlgen knows each by a number that is never used again. So its messages about an
// operation that the client has completed differ from those about a later operation with the same id.
type operations struct {
	last  int               // number that was given
	named map[string]string // ids at the client by number, "" once the client has completed it. It runs until it is deleted.
	open  map[string]string // numbers by id at the client
}

// begin returns the number of an operation with an id, or the breach that it is.
func (o *operations) begin(id string) (number string, _ breach) {
	switch {
	case o.open[id] != "":
		return "", breachSubscriber
	case len(o.named) >= maxOperations:
		return "", breachOperations
	case o.named == nil:
		o.named, o.open = map[string]string{}, map[string]string{}
	}
	o.last++
	number = strconv.Itoa(o.last)
	o.named[number], o.open[id] = id, number
	return number, breach{}
}

// complete returns the number of the operation that a client completes; "0", which no operation has, if it is over.
func (o *operations) complete(id string) (number string) {
	number = o.open[id]
	if number == "" {
		return "0"
	}
	o.named[number] = ""
	delete(o.open, id)
	return number
}

// end forgets an operation that has ended here.
func (o *operations) end(number string) {
	if id, ok := o.named[number]; ok && o.open[id] == number {
		delete(o.open, id)
	}
	delete(o.named, number)
}

// operationID returns the client's id of the operation that a message belongs to. open is false if the operation has ended.
func (k *socket) operationID(number, kind string) (id string, open bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	id = k.operations.named[number]
	if kind == "error" || kind == "complete" {
		k.operations.end(number)
	}
	return id, id != ""
}

// receive updates the state of a socket by a client message, and replaces its operation id by a number of this server. It
// returns the close code if the message breaks the protocol, otherwise 0.
func (k *socket) receive(m *socketMessage, ok bool) (code int) {
	if ok && m.kind == "complete" {
		k.sending.Lock()
		defer k.sending.Unlock()
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case !ok:
		k.broken = breachMessage
	case m.kind == "connection_init" && k.initialized:
		k.broken = breachSecondInit
	case m.kind == "connection_init" && reqctx.CountValues(m.members["payload"]) > k.maxValues:
		k.broken = breachMessage // gqlgen would decode them
	case m.kind == "connection_init":
		k.initialized = true
	case m.kind == "subscribe" && !k.initialized:
		k.broken = breachUnauthorized
	case m.kind == "subscribe":
		m.id, k.broken = k.operations.begin(m.id)
	case m.kind == "complete":
		m.id = k.operations.complete(m.id)
	}
	return k.broken.code
}

// hasBegun reports whether the client has sent connection_init.
func (k *socket) hasBegun() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.initialized
}
