package main

import (
	"testing"
	"time"

	"authgraph/auth"
	"authgraph/auth/authtest"
	"example.com/notes/graph"
	"example.com/notes/graph/generated"
	"example.com/notes/graph/model"
	"example.com/notes/note"
)

// TestRules tries the rules of schema.graphqls, without authgraph, a token or a database.
func TestRules(t *testing.T) {
	store := &note.Store{}
	text, remark := "x", "r"
	id := store.Add(note.Note{Owner: "ada", Title: "t", Text: &text, Remark: &remark}).ID
	config := generated.Config{Resolvers: &graph.Resolver{Store: store}}
	if err := auth.Wire(&config.Directives); err != nil {
		t.Fatal(err)
	}
	schema := generated.NewExecutableSchema(config)

	writes := authtest.Permissions(model.PermissionNotesWrite)
	callers := authtest.Callers{
		"nobody": nil,
		"owner":  authtest.Person("ada", writes),
		"other":  authtest.Person("bob", writes),
		"reader": authtest.Person("eve", authtest.Permissions(model.PermissionNotesReadAll)),
		"stale":  authtest.Person("ada", writes, authtest.ProvenAgo(time.Hour)),
		"half":   authtest.Person("ada", writes, authtest.OneOfTwoFactors()),
		"key":    authtest.Person("ada", writes, authtest.APIKey()),
		"actor":  authtest.Person("ada", writes, authtest.ActedAsBy("eve")),
	}
	const yes, no = authtest.Allowed, auth.Forbidden
	const unknown, half, stale = auth.Unauthenticated, auth.SecondFactorRequired, auth.ReauthenticationRequired
	byID := map[string]any{"id": id}
	rows := []authtest.Row{
		{Document: `{ motd }`,
			Want: authtest.Want{"nobody": yes, "owner": yes, "other": yes, "reader": yes, "stale": yes, "half": yes, "key": yes, "actor": yes}},
		{Document: `{ notes { id title } }`,
			Want: authtest.Want{"nobody": unknown, "owner": yes, "other": yes, "reader": yes, "stale": yes, "half": half, "key": no, "actor": yes}},
		{Document: `query($id: ID!) { note(id: $id) { text } }`, Variables: byID,
			Want: authtest.Want{"nobody": unknown, "owner": yes, "other": no, "reader": yes, "stale": yes, "half": half, "key": no, "actor": yes}},
		{Document: `query($id: ID!) { note(id: $id) { remark } }`, Variables: byID,
			Want: authtest.Want{"nobody": unknown, "owner": yes, "other": no, "reader": no, "stale": yes, "half": half, "key": no, "actor": yes}},
		{Document: `{ noteCount }`,
			Want: authtest.Want{"nobody": unknown, "owner": no, "other": no, "reader": yes, "stale": no, "half": no, "key": no, "actor": no}},
		{Document: `mutation { addNote(input: {title: "t", text: "x"}) { note { id } } }`,
			Want: authtest.Want{"nobody": unknown, "owner": yes, "other": yes, "reader": no, "stale": yes, "half": half, "key": no, "actor": yes}},
		{Document: `mutation { deleteMyNotes { deletedIds } }`,
			Before: func() { store.Add(note.Note{Owner: "ada", Title: "t"}) },
			Want:   authtest.Want{"nobody": unknown, "owner": yes, "other": yes, "reader": no, "stale": stale, "half": half, "key": no, "actor": no}},
	}
	authtest.Run(t, authtest.Handler(t, schema), callers, rows)

	untested, err := authtest.Untested(schema.Schema(), rows)
	if err != nil || len(untested) > 0 {
		t.Errorf("no row asks for %v, %v", untested, err)
	}
}
