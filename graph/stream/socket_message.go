package stream

import (
	"encoding/json"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"authgraph/graph/reqctx"
)

// clientMessages are the types of message that a client may send.
var clientMessages = []string{"connection_init", "ping", "pong", "subscribe", "complete"}

// socketMessage is a message of a client.
type socketMessage struct {
	kind, id string
	members  map[string]json.RawMessage
	values   int // JSON values in the variables and extensions of a subscribe
}

// readMessage holds a message to the protocol, and to what readBody asks of a request body; ok is false for any other.
func readMessage(data []byte) (m socketMessage, ok bool) {
	if !jsontext.Value(data).IsValid() || json.Unmarshal(data, &m.members) != nil {
		return m, false
	}
	m.members = only(m.members, "type", "id", "payload")
	if json.Unmarshal(m.members["type"], &m.kind) != nil || !slices.Contains(clientMessages, m.kind) {
		return m, false
	}
	payload := m.members["payload"]
	switch m.kind {
	case "subscribe":
		return m, m.readID() && m.readOperation()
	case "complete":
		return m, m.readID()
	default: // the payload is not decoded: that would take fifty times its bytes
		kind := jsontext.Value(payload).Kind()
		return m, len(payload) == 0 || kind == jsontext.KindBeginObject || kind == jsontext.KindNull
	}
}

// readID reads the id of an operation, which is a text that is not empty.
func (m *socketMessage) readID() bool {
	return json.Unmarshal(m.members["id"], &m.id) == nil && m.id != ""
}

// readOperation reads the payload of a `subscribe`.
func (m *socketMessage) readOperation() bool {
	var payload map[string]json.RawMessage
	if json.Unmarshal(m.members["payload"], &payload) != nil {
		return false
	}
	carryID(payload)
	payload = only(payload, "query", "operationName", "variables", "extensions")
	m.values = reqctx.CountValues(payload["variables"]) + reqctx.CountValues(payload["extensions"])
	m.members["payload"] = encoded(payload)
	var operation struct {
		Query         string
		OperationName *string
		Variables     map[string]json.RawMessage
		Extensions    map[string]json.RawMessage
	}
	return json.Unmarshal(m.members["payload"], &operation) == nil &&
		(operation.Query != "" || reqctx.NamesDocument(operation.Extensions)) && !reqctx.HasLoneSurrogate(operation.Query)
}

// carryID puts the id by which a payload names its document where gqlgen keeps it.
func carryID(payload map[string]json.RawMessage) {
	id := ""
	for _, name := range []string{"id", "doc_id", reqctx.DocumentID} {
		_ = json.Unmarshal(payload[name], &id) // a value of another type names no document
	}
	var extensions map[string]json.RawMessage
	if id == "" || len(payload["extensions"]) > 0 && json.Unmarshal(payload["extensions"], &extensions) != nil {
		return
	}
	if extensions == nil {
		extensions = map[string]json.RawMessage{}
	}
	extensions[reqctx.DocumentID] = encoded(id)
	payload["extensions"] = encoded(extensions)
}

// only returns the members with the given names. gqlgen ignores the case of names, so another spelling of one would reach it
// without having been checked or counted here.
func only(members map[string]json.RawMessage, names ...string) map[string]json.RawMessage {
	kept := make(map[string]json.RawMessage, len(names))
	for _, name := range names {
		if value, ok := members[name]; ok {
			kept[name] = value
		}
	}
	return kept
}

// encoded returns the message with the id of its operation.
func (m *socketMessage) encoded() json.RawMessage {
	if m.id != "" {
		m.members["id"] = encoded(m.id)
	}
	return encoded(m.members)
}

// encoded is for what has been read from JSON, and so can be written.
func encoded(value any) json.RawMessage {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return text
}
