package docs

// boundless names the fields and tables that have no row in docs/security.md, section "Bounds", each with its reason.
// A reason is: the value belongs to one request, the size follows from the schema or the configuration, or the channel
// has a fixed capacity.
var boundless = map[string]string{
	"account.AuditNote.Details":          "one record; its writer bounds it",
	"account.AuditStream.nudge":          "one place",
	"account.Events.nudge":               "one place",
	"account.Feed.nudge":                 "one place",
	"auth.Policy.fields":                 "the schema's fields, compiled once",
	"auth.Policy.objects":                "the schema's types, compiled once",
	"auth.Row.Access":                    "one row of a printed table",
	"auth.Verifier.permissions":          "configuration of an importing server",
	"auth.goTypes.found":                 "read once at the start",
	"auth.surface.types":                 "the schema's types, for one answer",
	"auth/authtest.Row.Variables":        "tests only",
	"auth/authtest.Row.Want":             "tests only",
	"auth/password.Ticket.outcome":       "one place",
	"auth/remote.Keys.fetching":          "carries no value",
	"auth/remote.operation.Variables":    "one request of our own",
	"auth/token.StoredKeys.Server":       "one reading of the keys",
	"db.event.details":                   "one record; its writer bounds it",
	"db.event.private":                   "one record; its writer bounds it",
	"graph.Streams.wake":                 "one place",
	"graph.denials.watched":              "the schema's fields, compiled once",
	"graph.detaching.gone":               "carries no value",
	"graph.loaders.sessions":             "one answer, bounded by its cost",
	"graph.loaders.users":                "one answer, bounded by its cost",
	"graph.trusted.byID":                 "configuration: AUTHGRAPH_TRUSTED_DOCUMENTS",
	"graph.trusted.bySource":             "configuration: AUTHGRAPH_TRUSTED_DOCUMENTS",
	"graph/contract.usage.used":          "a command's own",
	"graph/document.Costs.fields":        "the schema's fields, compiled once",
	"graph/document.comparisons.inline":  "one document, bounded by its tokens",
	"graph/document.counter.fragments":   "one document, bounded by its tokens",
	"graph/document.counter.known":       "one document, bounded by its tokens",
	"graph/document.estimate.variables":  "one request, bounded by its body",
	"graph/document.fieldCost.arguments": "the schema's arguments, compiled once",
}
