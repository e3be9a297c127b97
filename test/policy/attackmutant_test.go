package policy

import (
	"strings"
	"testing"

	"authgraph/internal/prove"
	"authgraph/test/harness"
)

// attackMutants are possible mistakes in the code that protects the server from floods and from documents that are made to
// cost: in file, from becomes to, and one of the tests that run selects in a package should notice.
var attackMutants = []struct{ name, file, from, to, in, run string }{
	{"queue: no turn among networks", "auth/password/queue.go", "t.node.Pass()", "", "./auth/password", "."},
	{"queue: turns among clients only", "internal/network/tree.go", "for ; n.Parent != nil; n = n.Parent {", "for leaf := n; n == leaf; n = n.Parent {", "./auth/password", "TestQueue_Levels"},
	{"queue: levels of networks are ignored", "auth/password/line.go", "range slices.Backward(newcomer.Levels()) {", "range newcomer.Levels()[:1] {", "./auth/password", "TestQueue_HeaviestYields"},
	{"queue: no reserve", "auth/password/queue.go", "return n - n/reserve", "return n", "./auth/password", "TestQueue_Reserve.*"},
	{"queue: the reserve has no turn", "auth/password/queue.go", "q.since >= reserve-1 || ", "", "./auth/password", "TestQueue_Reserve.*"},
	{"queue: the reserve has every turn", "auth/password/queue.go", "q.since >= reserve-1", "true", "./auth/password", "TestQueue_Reserve.*"},
	{"queue: a cookie takes the reserve", "auth/password/queue.go", "q.owners[\"device \"+d.ID] < maxPerDevice && ", "", "./auth/password", "TestQueue_Reserve.*"},
	{"queue: an account takes the reserve", "auth/password/queue.go", " && q.owners[\"account \"+d.Account] < maxPerAccount", "", "./auth/password", "TestQueue_Reserve.*"},
	{"queue: an invalid cookie keeps the reserve", "auth/password/ticket.go", "if t.device == nil || t.state != waiting {", "if true {", "./auth/password", "TestTicket_Forfeit"},
	{"queue: nobody yields", "auth/password/queue.go", "last := c.yields(t.from)\n\t\tif last == nil {", "last := c.yields(t.from)\n\t\tif true {", "./auth/password", "."},
	{"queue: unbounded", "auth/password/queue.go", "if c.total().held() >= h.places(c) {", "if false {", "./auth/password", "."},
	{"queue: late still hashed", "auth/password/queue.go", "if h.now().Add(min(q.cost, h.patience/2)).After(t.until) {", "if false {", "./auth/password", "."},
	{"queue: waits beyond patience", "auth/password/ticket.go", "if t.state == ready {\n\t\tt.h.turnAway(t, ShedLate)", "if false {\n\t\tt.h.turnAway(t, ShedLate)", "./auth/password", "."},
	{"queue: no retryAfter", "auth/password/queue.go", "max(drained, time.Second)", "0*drained", "./auth/password", "."},
	{"queue: who left keeps the place", "auth/password/ticket.go", "case <-ctx.Done():\n\t\t\tt.Leave()", "case <-ctx.Done():", "./auth/password", "TestWorkersAreBounded"},
	{"decoy: none in the hasher", "auth/password/hasher.go", "against = decoy(h.cost)", "return false, nil", "./auth/password", "."},
	{"decoy: cheaper hashes tell", "auth/password/hasher.go", "h.spend(against.cost, key)", "", "./auth/password", "."},
	{"worker: left is not counted", "auth/password/ticket.go", "t.left = true //", "//", "./auth/password", "."},
	{"queue: workers unbounded", "auth/password/ticket.go", "if h.queue.busy < h.workers {", "if true {", "./auth/password", "."},
	{"counter: window never ends", "graph/ratelimit/counter.go", "if w == nil || !now.Before(w.ends) {\n\t\tw", "if w == nil {\n\t\tw", "./graph/ratelimit", "."},
	{"counter: unbounded", "graph/ratelimit/counter.go", "if w == nil && len(c.held) >= c.most {", "if false {", "./graph/ratelimit", "."},
	{"counter: never swept", "graph/ratelimit/counter.go", "delete(c.held, key)", "_ = key", "./graph/ratelimit", "."},
	{"address: any peer is a proxy", "graph/httpapi/address.go", "if !a.trusts(at) {\n\t\treturn canonical(", "if false {\n\t\treturn canonical(", "./graph/httpapi", "."},
	{"address: the client says it", "graph/httpapi/address.go", "for i := len(hops) - 1; i >= 0; i-- {", "for i := 0; i < len(hops); i++ {", "./graph/httpapi", "."},
	{"address: unknown is the proxy", "graph/httpapi/address.go", "!ok {\n\t\t\treturn \"\"", "!ok {\n\t\t\treturn r.RemoteAddr", "./graph/httpapi", "."},
	{"address: /128", "internal/network/path.go", "{64, 56, 48, 32}", "{128, 56, 48, 32}", "./test/e2e", "TestRateLimit_Address"},
	{"address: wide networks have no limit", "internal/network/path.go", "{1, 4, 16, 64}", "{1, 1 << 20, 1 << 20, 1 << 20}", "./graph", "TestAllowance"},
	{"address: a device counts by address", "graph/ratelimit/allowance.go", "if c.device == \"\" {\n\t\treturn a.networks.Add(c.path, 1)", "if true {\n\t\treturn a.networks.Add(c.path, 1)", "./graph/ratelimit", "TestAllowance"},
	{"refusals: not counted", "graph/ratelimit/limiter.go", "l.refusals.take(who)", "", "./test/e2e", "TestRateLimit_Hammering"},
	{"document: no limit of depth", "graph/document/read.go", `{"depth", n.depth, l.Depth}`, `{"depth", n.depth, 1<<40}`, "./graph/document", "."},
	{"document: no limit of aliases", "graph/document/read.go", `{"aliases", n.aliases, l.Aliases}`, `{"aliases", n.aliases, 1<<40}`, "./graph/document", "."},
	{"document: no limit of directives", "graph/document/read.go", `{"directives", n.directives, l.Directives}`, `{"directives", n.directives, 1<<40}`, "./graph/document", "."},
	{"document: no limit of mutations", "graph/document/read.go", `{"mutations", roots, l.Mutations}`, `{"mutations", roots, 1<<40}`, "./graph/document", "."},
	{"document: no limit of fields", "graph/document/read.go", `{"fields", n.fields, l.Fields}`, `{"fields", n.fields, 1<<40}`, "./graph/document", "."},
	{"document: no limit of tokens", "graph/document/read.go", "ParseQueryWithTokenLimit(&ast.Source{Input: source}, l.Tokens)", "ParseQueryWithTokenLimit(&ast.Source{Input: source}, 0)", "./graph/document", "."},
	{"document: no limit of comparisons", "graph/document/read.go", "case c.n > l.Comparisons:", "case false:", "./graph/document", "."},
	{"document: comparisons after validation", "graph/document/read.go", "if refused := compare(doc, l); refused != nil {", "if refused := compare(doc, l); false {", "./graph/document", "."},
	{"document: fragments count once", "graph/document/count.go", "if n, ok := c.known[name]; ok {\n\t\treturn n", "if _, ok := c.known[name]; ok {\n\t\treturn counts{}", "./graph/document", "."},
	{"document: all faults are told", "graph/document/validate.go", "if len(v.errs) == maxErrors {", "if false {", "./graph/document", "."},
	{"document: validation without bound", "graph/document/validate.go", "v.visits > v.enough {", "false {", "./graph/document", "."},
	{"document: long messages", "graph/document/variables.go", "if len(message) <= maxMessage {", "if true {", "./graph/document", "."},
	{"document: suggestions", "graph/document/validate.go", "all.ReplaceRule(name, r.RuleFunc)", "_ = name", "./test/e2e", "TestLimits_Faults"},
	{"document: merging is compared first", "graph/document/validate.go", "if name == merging {", `if name == "x" {`, "./graph/document", "."},
	{"document: no cost", "graph/document/cost.go", "cost > bound {", "false {", "./graph/document", "TestCosts"},
	{"document: introspection is free", "graph/document/cost.go", "f := e.fields[s.Definition]\n\tif f == nil {", "f := e.fields[s.Definition]\n\tif f == nil || s.Name == \"__schema\" || s.Name == \"__type\" {", "./graph/document", "."},
	{"document: introspection without depth", "graph/document/count.go", "case *ast.Field:\n\t\t\tbelow := c.set(s.SelectionSet)", "case *ast.Field:\n\t\t\tif s.Name == \"__schema\" { continue }\n\t\t\tbelow := c.set(s.SelectionSet)", "./graph/document", "FuzzDocumentLimits"},
	{"persisted: strangers drive out", "graph/persisted.go", "c.strangers.Add(ctx, hash, source)", "c.known.Add(ctx, hash, source)", "./graph", "."},
	{"persisted: long ones are kept", "graph/persisted.go", `if hash == "" || len(source) > maxCachedDocument {`, `if hash == "" {`, "./graph", "."},
	{"persisted: faulty ones are kept", "graph/document_read.go", "if errs == nil {\n\t\tr.documents.named.keep(ctx, hash, p.Query)", "r.documents.named.keep(ctx, hash, p.Query)\n\tif errs == nil {", "./test/e2e", "TestPersisted"},
	{"persisted: hash is not checked", "graph/persisted.go", "hex.EncodeToString(digest[:]) != hash", "false && digest[0] == 0", "./test/e2e", "TestPersisted"},
	{"documents: kept without bound of length", "graph/document_read.go", "errs == nil && len(source) <= maxCachedDocument", "errs == nil", "./graph", "."},
	{"documents: unread ones are served", "graph/document_read.go", "_, ok := (currentDocument{}).Get(ctx, op.RawQuery); !ok", "_, ok := (currentDocument{}).Get(ctx, op.RawQuery); false && !ok", "./graph", "."},
	{"anonymous: no budget", "graph/ratelimit/anonymous.go", "budget.Add(client, int64(work))", "budget.Add(client, 0)", "./graph/ratelimit", "TestAnonymous_Levels"},
	{"anonymous: mutations have the budget of queries", "graph/ratelimit/anonymous.go", "budget := a.queries\n\tif mutation {", "budget := a.queries\n\tif false {", "./graph/ratelimit", "TestAnonymous_Levels"},
	{"anonymous: reading takes nothing", "graph/ratelimit/anonymous.go", "mutation := min(len(source), maxReading), ", "mutation := min(len(source), 0), ", "./test/e2e", "TestAnonymous_Mutations"},
	{"anonymous: variables take nothing", "graph/ratelimit/anonymous.go", "int(min(values, maxReading))", "int(min(values, 0))", "./test/e2e", "TestAnonymous_Budget"},
	{"anonymous: guarded fields take work", "graph/ratelimit/anonymous.go", "policy.Public(object, field) && ", "", "./test/e2e", "TestAnonymous_Budget"},
	{"anonymous: signed-in callers have a budget", "graph/reqctx/place.go", `return p.Path, p.Account == ""`, "return p.Path, true", "./test/e2e", "TestAnonymous_Budget"},
	{"anonymous: a network has no limit", "internal/network/window.go", "<= w.max/crowd", "<= w.max", "./internal/network", "TestWindow_Crowd"},
	{"turns: sign-ins wait for queries", "graph/ratelimit/anonymous.go", "turns = a.signIns", "_ = turns", "./graph/ratelimit", "TestAnonymous_SignInsBesideQueries"},
	{"turns: no pause", "graph/ratelimit/turn.go", "float64(took)/hashingShare", "float64(took)", "./graph/ratelimit", "TestTurns_Hashing"},
	{"turns: a pause while nothing is hashed", "graph/ratelimit/turn.go", "pause > 0 && now.Sub(t.hashed) < hashingHold", "pause > 0", "./graph/ratelimit", "TestTurns_Hashing"},
	{"turns: several at once", "graph/ratelimit/turn.go", "if t.taken || ", "if ", "./graph/ratelimit", "TestTurns_OneAtATime"},
	{"turns: first come, first served", "internal/network/line.go", "n.Pass()", "", "./internal/network", "TestLine_Turns"},
	{"turns: a client waits without bound", "internal/network/line.go", "node.Value.count >= l.client*int(level.Share)", "false", "./graph/ratelimit", "TestTurns_Refusals"},
	{"turns: lost with its client", "graph/ratelimit/turn.go", "if !t.line.Remove(place) {", "if !t.line.Remove(place) && false {", "./graph/ratelimit", "TestTurns_GoneWithTheTurn"},
	{"words: unbounded", "account/words.go", "words[:min(len(words), MaxWords)]", "words", "./account", "TestWords_Bounded"},
	{"words: searches unbounded", "account/words.go", "if len(reduced) > MaxQueryWords {", "if false {", "./account", "TestQueryWords"},
	{"words: old ones stay", "db/user_words.go", "WHERE user_id IN (?)", "WHERE false AND user_id IN (?)", "./db", "TestUserWords_FollowTheAccount"},
	{"words: older accounts stay incomplete", "db/user_words.go", "WHERE words IS NULL ORDER BY", "WHERE words = '' ORDER BY", "./db", "TestFillUsers"},
	{"search: changed accounts stay in the sets", "db/user_index.go", "matches.Remove(uint32(*r.Number))", "_ = matches", "./db", "TestUserPage_Index"},
	{"search: sign-ins keep their former place", "db/user_index.go", "matches.CheckedRemove(uint32(*r.Number))", "false", "./db", "TestUserPage_Index"},
	{"search: a failed build forgets changes", "db/user_index_change.go", "SET generation = $1 WHERE id", "SET generation = 0 WHERE id", "./db", "TestIndexUsers_.*"},
	{"search: a block begins with the page", "db/user_search.go", "if !edge {", "if !edge || true {", "./db", "TestUserPage_Index"},
	{"sessions: of an account that holds more", "db/user_suspend.go", "if _, err := tx.target(ctx, found.UserID); err != nil {", "if false {", "./db", "TestStore/SQLite/EndUserSession"},
	{"audit: an account is the actor only", "db/audit_page.go", "`subject_ref = `+ref+` AND actor_ref", "`false AND subject_ref = `+ref+` AND actor_ref", "./db", "TestAuditLog"},
	{"counts: rows never expire", "db/count.go", "WHERE expires_at <= {now} ORDER BY expires_at LIMIT $1)", "WHERE expires_at <= 0 ORDER BY expires_at LIMIT $1)", "./db", "TestPurgeCounts"},
	{"counts: rows without cap", "db/count.go", "CASE WHEN count(*) > $1 THEN", "CASE WHEN count(*) > $1 + 1000000 THEN", "./db", "TestPurgeCounts"},
	{"counts: read, then written", "db/count.go", "THEN 1 ELSE c.count + 1 END", "THEN 1 ELSE (SELECT o.count FROM counts o WHERE o.key = $1) + 1 END", "./db", "TestStore"},
	{"counts: window does not begin anew", "db/count.go", "count = CASE WHEN c.expires_at <= {now} THEN 1 ELSE c.count + 1 END", "count = c.count + 1", "./db", "TestStore"},
	{"sockets: documents unread", "graph/stream/socket_place.go", "return smallStackTransport{read(placed{next, in})}", "return smallStackTransport{placed{next, in}}", "./test/e2e", "TestLimits|TestAliases_Hashes"},
	{"streams: unbounded for nobody", "graph/stream/place.go", "!p.anonymous.Acquire(from, 1)", "!p.anonymous.AcquireTotal(from, 1)", "./graph/stream", "TestStream.*"},
	{"streams: unbounded for a session", "graph/stream/place.go", "case p.sessions[session] >= p.perSession:\n\t\treturn nil, boundSession\n\t", "", "./graph/stream", "TestStream.*"},
	{"streams: unbounded for an account", "graph/stream/place.go", "case p.accounts[owner] >= p.perAccount:\n\t\treturn nil, boundAccount\n\t", "", "./graph/stream", "TestStream.*"},
	{"streams: an impersonator counts as others", "graph/stream/place.go", "cmp.Or(who.Actor, who.Subject)", "cmp.Or(who.Subject, who.Actor)", "./graph/stream", "TestStream.*"},
	{"streams: unbounded for a network", "graph/stream/place.go", "AcquireWithin(from, 1, int64(p.ordinary-p.open))", "AcquireTotal(from, 1)", "./graph/stream", "TestStream.*"},
	{"streams: a company has no more than its share", "graph/stream/place.go", "AcquireWithin(from, 1, int64(p.ordinary-p.open))", "Acquire(from, 1)", "./graph/stream", "TestStream.*"},
	{"streams: unbounded in all", "graph/stream/place.go", "case p.open >= p.total, ", "case ", "./graph/stream", "TestStream.*"},
	{"streams: no reserve", "graph/stream/place.go", "p.open >= p.ordinary && !feed", "false", "./graph/stream", "TestStream.*"},
	{"streams: openings unbounded", "graph/stream/opening.go", "AcquireWithin(from, 1, o.total-o.gauge.Held())", "AcquireTotal(from, 1)", "./graph/stream", "TestOpenings.*"},
	{"streams: silent sockets stay", "graph/stream/opening.go", "waited < initTimeout && !k.openings.scarce()", "waited < initTimeout", "./graph/stream", "TestSocket.*"},
	{"streams: an open connection has no place", "graph/stream/socket.go", "\t\treturn\n\t}\n\tk.cutSoon()", "\t\treturn\n\t}\n\tk.release()", "./graph/stream", "TestSocket.*"},
	{"login: account limit one off", "db/count.go", "OR c.count < $3", "OR c.count <= $3", "./db", "TestStore"},
	{"login: a success keeps its unit", "account/login.go", "attempt.giveBack(ctx)", "", "./test/e2e", "TestRateLimit_Successes"},
	{"login: attempts under way are unbounded", "account/attempt_slots.go", "make(chan struct{}, maxConcurrentAttempts)", "make(chan struct{}, 100)", "./account", "TestAttempt.*"},
	{"login: a refusal keeps other units", "account/attempt.go", "if !ok {\n\t\t\ta.giveBack(ctx)", "if !ok {", "./account", "TestAttempt"},
	{"login: one network locks the account", "account/limit.go", "case l.PerNetwork:", "case false:", "./account", "TestAttempt_Networks"},
	{"login: not counted by account", "graph/session.go", "reqctx.ClientOf(ctx), r.loginLimits)", "reqctx.ClientOf(ctx), nil)", "./test/e2e", "TestRateLimit_BruteForce"},
	{"login: unknown accounts are not compared", "account/login.go", "if device != nil &&", "if errors.Is(err, ErrNotFound) {\n\t\treturn nil, s.refuse(ctx, credential, address, client, ErrInvalidCredentials)\n\t}\n\tif device != nil &&", "./test/e2e", "TestRateLimit_TellsNothing"},
	{"login: counted before the queue", "account/login.go", "ticket, err := s.admitFor(client, device, plaintext)", "if err := s.CountAttempt(ctx, limits, emailSubject(address), client.Path()); err != nil {\n\t\treturn nil, err\n\t}\n\tticket, err := s.admitFor(client, device, plaintext)", "./test/e2e", "TestRateLimit_Refusals"},
	{"login: yielded and late ones stay counted", "account/attempt.go", "if errors.Is(err, &auth.Error{Code: auth.Overloaded}) {\n\t\ta.giveBack", "if false && errors.Is(err, &auth.Error{Code: auth.Overloaded}) {\n\t\ta.giveBack", "./account", "TestAttempt_TurnedAway"},
	{"login: address stays counted when shed", "graph/ratelimit/limiter.go", "a.giveBack(who)", "_ = a", "./test/e2e", "TestRateLimit_Refusals"},
	{"login: the address limit comes after the hash", "graph/ratelimit/limiter.go", "byAddresses, who); err != nil {\n\t\treturn nil, err", "byAddresses, who); err != nil {\n\t\tif ctx, err := l.account(ctx, fc, limits); err == nil {\n\t\t\t_, _ = next(ctx)\n\t\t}\n\t\treturn nil, err", "./test/e2e", "TestRateLimit_Address"},
	{"login: each spelling counts for itself", "account/login.go", "account: emailSubject(address)", "account: address.Typed", "./test/e2e", "TestRateLimit_AllNetworks"},
	{"login: keys in the clear", "account/limit.go", "return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))", "return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)) + target.account", "./test/e2e", "TestRateLimit_Rows"},
	{"login: keys without key", "account/limit.go", "mac := hmac.New(sha256.New, secret)", "mac := hmac.New(sha256.New, nil)", "./account", "TestAttempt"},
	{"login: the queue knows no networks", "account/login.go", "s.passwords.AdmitFor(c.Path(), ", "s.passwords.AdmitFor(Client{}.Path(), ", "./test/e2e", "TestOverload.*"},
	{"login: the queue knows no devices", "account/login.go", "AdmitFor(c.Path(), d.queueDevice(), typed)", "AdmitFor(c.Path(), nil, typed)", "./test/e2e", "TestDevice_Reserve"},
	{"login: counts that fail let in", "account/attempt.go", "if err != nil {\n\t\t\treturn nil, err\n\t\t}\n\t\tif !ok {", "if err != nil {\n\t\t\treturn a, nil\n\t\t}\n\t\tif !ok {", "./account", "."},
	{"device: no allowance of its own", "account/login.go", "target.device = d.subject()", "_ = d", "./test/e2e", "TestDevice.*"},
	{"device: no limit", "account/login.go", "attempt, err := s.attempt(ctx, ticket, limits, subjectOf(address, client, device))", "if device != nil {\n\t\tlimits = nil\n\t}\n\tattempt, err := s.attempt(ctx, ticket, limits, subjectOf(address, client, device))", "./test/e2e", "TestDevice.*"},
	{"device: old passwords do", "account/login.go", "if device != nil && !device.validFor(credential) {", "if false {", "./test/e2e", "TestDevice.*"},
	{"device: the account is not compared", "account/device_token.go", `(d.account == c.UserID || d.account == "")`, "true", "./account", "TestParseDeviceToken"},
	{"device: id and address run together", "account/device_token.go", "_, _ = mac.Write([]byte{byte(len(content) - deviceTokenFixed)})", "", "./account", "TestParseDeviceToken.*"},
	{"device: former cookies without a key", "account/device_token.go", " || len(m) == formerDeviceTokenLength && len(key.Former) == 0", "", "./account", "TestParseDeviceToken"},
	{"device: forged marks", "account/device_token.go", "if !hmac.Equal(", "if false && !hmac.Equal(", "./test/e2e", "TestDevice.*"},
	{"device: another account's mark", "account/device_token.go", "_, _ = mac.Write([]byte(address.Key))\n\treturn mac.Sum(nil)\n}\n\nfunc formerDeviceTokenMAC", "return mac.Sum(nil)\n}\n\nfunc formerDeviceTokenMAC", "./account", "TestParseDeviceToken"},
	{"device: marks of other sites", "graph/reqctx/client.go", "x != nil && !x.Foreign", "x != nil", "./test/e2e", "TestDevice.*"},
	{"limit by session is by address", "graph/ratelimit/limiter.go", "l.sessions.add(rule.key(), principal.Session, ", "l.sessions.add(rule.key(), reqctx.ClientOf(ctx).Network(), ", "./test/e2e", "TestRateLimit_Session"},
	{"limit by account for register is counted before the queue", "graph/ratelimit/limiter.go", `"Mutation.login": true, "Mutation.register": true`, `"Mutation.login": true`, "./test/e2e", "TestRateLimit_Register"},
	{"register: not counted by account", "account/register.go", "s.attempt(ctx, ticket, limits, ", "s.attempt(ctx, ticket, nil, ", "./test/e2e", "TestRateLimit_Register"},
	{"counts are never purged", "internal/serverkit/background.go", "return next, errors.Join(err, a.Store.PurgeCounts(ctx, maxCounts))", "return next, err", "./test/e2e", "TestRateLimit_Rows"},
	{"roles: given without holding them", "db/user_roles.go", "} else if !a.held.MayHandle(r.Name) || ", "} else if ", "./db", "TestStore"},
	{"roles: taken without holding them", "db/user_roles.go", "return !slices.ContainsFunc(taken, func(name string) bool { return !a.held.MayHandle(name) })", "return true", "./db", "TestStore"},
	{"roles: changed and deleted without holding them", "db/role.go", "case !a.held.MayHandle(found[0].Name) || ", "case ", "./db", "TestStore"},
	{"roles: created by a holder of some permissions", "db/role.go", "if !tx.held.All() || ", "if ", "./db", "TestStore"},
	{"roles: handled by an impersonator with the account's", "account/administration.go", "Roles: shared(h.Roles, other.Roles)", "Roles: h.Roles", "./db", "TestStore"},
	{"roles: names used again", "db/role_retired.go", "if retired {", "if false {", "./db", "TestStore"},
	{"roles: more than a token holds", "account/administer.go", "if fault := checkRoles(\"roles\", roles); fault != nil {", "if fault := checkRoles(\"roles\", nil); fault != nil {", "./test/e2e", "TestRole_TokenLength"},
	{"tokens: longer than verifiers take", "auth/token/issuer.go", "if len(signed) > auth.MaxTokenLength {", "if false {", "./auth/token", "TestIssue_TooLong"},
	{"GET mutations", "graph/httpapi/transport.go", "r.Method == http.MethodGet && op.Operation.Operation != ast.Query", "false", "./test/e2e", "TestHTTP|TestKnownChecks|TestAliases_Hashes"},
	{"forms", "graph/httpapi/request.go", `if !isJSON(r.Header.Get("Content-Type")) {`, "if false {", "./test/e2e", "TestHTTP|TestKnownChecks"},
	{"cookies of other sites", "graph/httpapi/transport.go", `if x != nil && x.Foreign && x.RefreshToken != "" {`, "if false {", "./test/e2e", "TestCookie|TestCORS"},
	{"sockets of other sites", "graph/stream/socket.go", "case !s.Allowed(r):", "case false:", "./test/e2e", "TestSocket_Handshake"},
	{"sockets: read limit", "graph/handler.go", "ReadLimit: o.BodyLimit", "ReadLimit: 1 << 40", "./test/e2e", "TestSocket_LargeMessage"},
	{"bodies without limit", "graph/httpapi/body_early.go", "r.Body = http.MaxBytesReader(w, r.Body, limit)", "", "./test/e2e", "TestHTTP|TestKnownChecks"},
	{"slow headers", "internal/serverkit/server.go", "ReadHeaderTimeout: 5 * time.Second, ", "ReadHeaderTimeout: 3 * time.Minute, ", "./test/e2e", "TestSlowClients"},
	{"slow bodies", "internal/serverkit/server.go", "ReadTimeout: 15 * time.Second,", "", "./test/e2e", "TestHTTPServer_.*"},
	{"large headers", "internal/serverkit/server.go", "MaxHeaderBytes: 16 << 10,", "", "./test/e2e", "TestHTTPServer_.*"},
	{"documents: kept without bound of bytes", "graph/document_read.go", "return uint32(len(source))", "return 1", "./graph", "TestDocuments.*"},
}

// Each of these mistakes is noticed.
func TestAttackMutants(t *testing.T) {
	if harness.UnderRace {
		t.Skip("its tests run in processes of their own, which the race detector does not watch")
	}
	every := prove.Size(45, 1)
	made, caught := 0, 0
	for i, m := range attackMutants {
		source := harness.ReadFile(t, m.file)
		if n := strings.Count(source, m.from); n != 1 {
			t.Errorf("%s: it says %d times in %s\n%s", m.name, n, m.file, m.from)
			continue
		}
		if i%every != 0 {
			continue
		}
		made++
		by := noticed(t, overlaid(t, m.file, strings.Replace(source, m.from, m.to, 1)), "-pgo=off", "-timeout=3m", "-run", m.run, m.in)
		if by == "" {
			t.Errorf("%s: nothing has noticed", m.name)
			continue
		}
		caught++
		t.Logf("%-55s %s", m.name, by)
	}
	t.Logf("%d of %d mistakes made, %d caught", made, len(attackMutants), caught)
}
