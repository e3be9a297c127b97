package policy

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"authgraph/internal/prove"
	"authgraph/test/harness"
)

// attackMutants are possible mistakes in the code that protects the server from floods and from documents that are made to
// cost: in a declaration of room, from becomes to. A test that run selects in the package in should notice.
var attackMutants = []struct{ name, room, declaration, from, to, in, run string }{
	{"queue: no turn among networks", "auth/password", "Hasher.next", "t.node.Pass()", "", "./auth/password", "."},
	{"queue: turns among clients only", "internal/network", "Node.Pass", "for ; n.Parent != nil; n = n.Parent {", "for leaf := n; n == leaf; n = n.Parent {", "./auth/password", "TestQueue_Levels"},
	{"queue: levels of networks are ignored", "auth/password", "class.yields", "range slices.Backward(newcomer.Levels()) {", "range newcomer.Levels()[:1] {", "./auth/password", "TestQueue_HeaviestYields"},
	{"queue: no reserve", "auth/password", "Hasher.places", "return n - n/reserve", "return n", "./auth/password", "TestQueue_Reserve.*"},
	{"queue: the reserve has no turn", "auth/password", "queue.first", "q.since >= reserve-1 || ", "", "./auth/password", "TestQueue_Reserve.*"},
	{"queue: the reserve has every turn", "auth/password", "queue.first", "q.since >= reserve-1", "true", "./auth/password", "TestQueue_Reserve.*"},
	{"queue: a cookie takes the reserve", "auth/password", "queue.mayReserve", "q.owners[\"device \"+d.ID] < maxPerDevice && ", "", "./auth/password", "TestQueue_Reserve.*"},
	{"queue: an account takes the reserve", "auth/password", "queue.mayReserve", " && q.owners[\"account \"+d.Account] < maxPerAccount", "", "./auth/password", "TestQueue_Reserve.*"},
	{"queue: an invalid cookie keeps the reserve", "auth/password", "Ticket.Forfeit", "if t.device == nil || t.state != waiting {", "if true {", "./auth/password", "TestTicket_Forfeit"},
	{"queue: nobody yields", "auth/password", "Hasher.place", "last := c.yields(t.from)\n\t\tif last == nil {", "last := c.yields(t.from)\n\t\tif true {", "./auth/password", "."},
	{"queue: unbounded", "auth/password", "Hasher.place", "if c.total().held() >= h.places(c) {", "if false {", "./auth/password", "."},
	{"queue: late still hashed", "auth/password", "Hasher.next", "if h.now().Add(min(q.cost, h.patience/2)).After(t.until) {", "if false {", "./auth/password", "."},
	{"queue: waits beyond patience", "auth/password", "Ticket.late", "if t.state == ready {\n\t\tt.h.reject(t, ShedLate)", "if false {\n\t\tt.h.reject(t, ShedLate)", "./auth/password", "."},
	{"queue: no retryAfter", "auth/password", "Hasher.overload", "max(drained, time.Second)", "0*drained", "./auth/password", "."},
	{"queue: who left keeps the place", "auth/password", "Ticket.do", "case <-ctx.Done():\n\t\t\tt.Leave()", "case <-ctx.Done():", "./auth/password", "TestWorkers_Bounded"},
	{"decoy: none in the hasher", "auth/password", "Hasher.matches", "against = decoy(h.cost)", "return false, nil", "./auth/password", "."},
	{"decoy: cheaper hashes tell", "auth/password", "Hasher.matches", "h.compensate(against.cost, key)", "", "./auth/password", "."},
	{"worker: left is not counted", "auth/password", "Ticket.Leave", "t.abandoned = true //", "//", "./auth/password", "."},
	{"queue: workers unbounded", "auth/password", "Ticket.submit", "if h.queue.busy < h.workers {", "if true {", "./auth/password", "."},
	{"counter: window never ends", "graph/ratelimit", "counter.add", "if w == nil || !now.Before(w.ends) {\n\t\tw", "if w == nil {\n\t\tw", "./graph/ratelimit", "."},
	{"counter: unbounded", "graph/ratelimit", "counter.add", "if w == nil && len(c.windows) >= c.max {", "if false {", "./graph/ratelimit", "."},
	{"counter: never swept", "graph/ratelimit", "counter.sweep", "delete(c.windows, key)", "_ = key", "./graph/ratelimit", "."},
	{"address: any peer is a proxy", "graph/httpapi", "Addresses.client", "if !a.trusts(at) {\n\t\treturn canonical(", "if false {\n\t\treturn canonical(", "./graph/httpapi", "."},
	{"address: the client says it", "graph/httpapi", "Addresses.client", "for i := len(hops) - 1; i >= 0; i-- {", "for i := 0; i < len(hops); i++ {", "./graph/httpapi", "."},
	{"address: unknown is the proxy", "graph/httpapi", "Addresses.client", "!ok {\n\t\t\treturn \"\"", "!ok {\n\t\t\treturn r.RemoteAddr", "./graph/httpapi", "."},
	{"address: /128", "internal/network", "bitsIPv6", "{64, 56, 48, 32}", "{128, 56, 48, 32}", "./test/e2e", "TestRateLimit_Address"},
	{"address: wide networks have no limit", "internal/network", "sharesIPv6", "{1, 4, 16, 64}", "{1, 1 << 20, 1 << 20, 1 << 20}", "./graph/ratelimit", "TestAllowance"},
	{"address: a device counts by address", "graph/ratelimit", "allowance.take", "if c.device == \"\" {\n\t\treturn a.networks.Add(c.path, 1)", "if true {\n\t\treturn a.networks.Add(c.path, 1)", "./graph/ratelimit", "TestAllowance"},
	{"refusals: not counted", "graph/ratelimit", "Limiter.intercept", "l.refusals.take(c)", "", "./test/e2e", "TestRateLimit_Hammering"},
	{"document: no limit of depth", "graph/document", "check", `{"depth", n.depth, l.Depth}`, `{"depth", n.depth, 1<<40}`, "./graph/document", "."},
	{"document: no limit of aliases", "graph/document", "check", `{"aliases", n.aliases, l.Aliases}`, `{"aliases", n.aliases, 1<<40}`, "./graph/document", "."},
	{"document: no limit of directives", "graph/document", "check", `{"directives", n.directives, l.Directives}`, `{"directives", n.directives, 1<<40}`, "./graph/document", "."},
	{"document: no limit of mutations", "graph/document", "check", `{"mutations", roots, l.Mutations}`, `{"mutations", roots, 1<<40}`, "./graph/document", "."},
	{"document: no limit of fields", "graph/document", "check", `{"fields", n.fields, l.Fields}`, `{"fields", n.fields, 1<<40}`, "./graph/document", "."},
	{"document: no limit of tokens", "graph/document", "Read", "ParseQueryWithTokenLimit(&ast.Source{Input: source}, l.Tokens)", "ParseQueryWithTokenLimit(&ast.Source{Input: source}, 0)", "./graph/document", "."},
	{"document: no limit of comparisons", "graph/document", "compare", "case c.n > l.Comparisons:", "case false:", "./graph/document", "."},
	{"document: comparisons after validation", "graph/document", "Read", "if refused := compare(doc, l); refused != nil {", "if refused := compare(doc, l); false {", "./graph/document", "."},
	{"document: fragments count once", "graph/document", "counter.fragment", "if n, ok := c.known[name]; ok {\n\t\treturn n", "if _, ok := c.known[name]; ok {\n\t\treturn counts{}", "./graph/document", "."},
	{"document: all faults are told", "graph/document", "validation.run", "if len(v.errs) == maxErrors {", "if false {", "./graph/document", "."},
	{"document: validation without bound", "graph/document", "validation.visit", "v.visits > v.limit {", "false {", "./graph/document", "."},
	{"document: long messages", "graph/document", "shortened", "if len(message) <= maxMessage {", "if true {", "./graph/document", "."},
	{"document: suggestions", "graph/document", "ruleSet", "all.ReplaceRule(name, r.RuleFunc)", "_ = name", "./test/e2e", "TestLimits_Faults"},
	{"document: merging is compared first", "graph/document", "ruleSet", "if name == merging {", `if name == "x" {`, "./graph/document", "."},
	{"document: no cost", "graph/document", "Costs.Check", "cost > bound {", "false {", "./graph/document", "TestCosts"},
	{"document: introspection is free", "graph/document", "estimate.field", "f := e.fields[s.Definition]\n\tif f == nil {", "f := e.fields[s.Definition]\n\tif f == nil || s.Name == \"__schema\" || s.Name == \"__type\" {", "./graph/document", "."},
	{"document: introspection without depth", "graph/document", "counter.set", "case *ast.Field:\n\t\t\tbelow := c.set(s.SelectionSet)", "case *ast.Field:\n\t\t\tif s.Name == \"__schema\" { continue }\n\t\t\tbelow := c.set(s.SelectionSet)", "./graph/document", "FuzzDocumentLimits"},
	{"persisted: strangers drive out", "graph", "persisted.add", "c.anonymous.Add(ctx, hash, source)", "c.known.Add(ctx, hash, source)", "./graph", "."},
	{"persisted: long ones are kept", "graph", "persisted.add", `if hash == "" || len(source) > maxCachedDocument {`, `if hash == "" {`, "./graph", "."},
	{"persisted: faulty ones are kept", "graph", "reader.CreateOperationContext", "if errs == nil {\n\t\tr.documents.named.add(ctx, hash, p.Query)", "r.documents.named.add(ctx, hash, p.Query)\n\tif errs == nil {", "./test/e2e", "TestPersisted"},
	{"persisted: hash is not checked", "graph", "persisted.recall", "hex.EncodeToString(digest[:]) != hash", "false && digest[0] == 0", "./test/e2e", "TestPersisted"},
	{"documents: kept without bound of length", "graph", "documents.read", "errs == nil && len(source) <= maxCachedDocument", "errs == nil", "./graph", "."},
	{"documents: unread ones are served", "graph", "documents.MutateOperationContext", "_, ok := (currentDocument{}).Get(ctx, op.RawQuery); !ok", "_, ok := (currentDocument{}).Get(ctx, op.RawQuery); false && !ok", "./graph", "."},
	{"anonymous: no budget", "graph/ratelimit", "Anonymous.Take", "budget.Add(client, int64(work))", "budget.Add(client, 0)", "./graph/ratelimit", "TestAnonymous_Levels"},
	{"anonymous: mutations have the budget of queries", "graph/ratelimit", "Anonymous.Take", "budget := a.queries\n\tif mutation {", "budget := a.queries\n\tif false {", "./graph/ratelimit", "TestAnonymous_Levels"},
	{"anonymous: reading takes nothing", "graph/ratelimit", "Anonymous.Read", "mutation := min(len(source), maxReading), ", "mutation := min(len(source), 0), ", "./test/e2e", "TestAnonymous_Mutations"},
	{"anonymous: variables take nothing", "graph/ratelimit", "Anonymous.ReadVariables", "int(min(values, maxReading))", "int(min(values, 0))", "./test/e2e", "TestAnonymous_Budget"},
	{"anonymous: guarded fields take work", "graph/ratelimit", "NewAnonymous", "policy.Public(object, field) && ", "", "./test/e2e", "TestAnonymous_Budget"},
	{"anonymous: signed-in callers have a budget", "graph/reqctx", "AnonymousClient", `return p.Path, p.Account == ""`, "return p.Path, true", "./test/e2e", "TestAnonymous_Budget"},
	{"anonymous: a network has no limit", "internal/network", "Window.hasRoom", "<= w.max/crowd", "<= w.max", "./internal/network", "TestWindow_Crowd"},
	{"turns: sign-ins wait for queries", "graph/ratelimit", "Anonymous.Read", "turns = a.signIns", "_ = turns", "./graph/ratelimit", "TestAnonymous_SignInsBesideQueries"},
	{"turns: no pause", "graph/ratelimit", "turns.begin", "float64(took)/hashingShare", "float64(took)", "./graph/ratelimit", "TestTurns_Hashing"},
	{"turns: a pause while nothing is hashed", "graph/ratelimit", "turns.next", "pause > 0 && now.Sub(t.hashed) < hashingHold", "pause > 0", "./graph/ratelimit", "TestTurns_Hashing"},
	{"turns: several at once", "graph/ratelimit", "turns.next", "if t.taken || ", "if ", "./graph/ratelimit", "TestTurns_OneAtATime"},
	{"turns: first come, first served", "internal/network", "Line.Pop", "n.Pass()", "", "./internal/network", "TestLine_Turns"},
	{"turns: a client waits without bound", "internal/network", "Line.Push", "node.Value.count >= l.client*int(level.Share)", "false", "./graph/ratelimit", "TestTurns_Refusals"},
	{"turns: lost with its client", "graph/ratelimit", "turns.enter", "if !t.line.Remove(place) {", "if !t.line.Remove(place) && false {", "./graph/ratelimit", "TestTurns_GoneWithTheTurn"},
	{"words: unbounded", "account", "Words", "words[:min(len(words), MaxWords)]", "words", "./account", "TestWords_Bounded"},
	{"words: searches unbounded", "account", "QueryWords", "if len(reduced) > MaxQueryWords {", "if false {", "./account", "TestQueryWords"},
	{"words: old ones stay", "db", "replaceWords", "WHERE user_id IN (?)", "WHERE false AND user_id IN (?)", "./db", "TestUserWords_FollowTheAccount"},
	{"words: older accounts stay incomplete", "db", "Store.FillUsers", "WHERE words IS NULL ORDER BY", "WHERE words = '' ORDER BY", "./db", "TestFillUsers"},
	{"search: changed accounts stay in the sets", "db", "userIndex.changed", "matches.Remove(uint32(*r.Number))", "_ = matches", "./db", "TestUserPage_Index"},
	{"search: sign-ins keep their former place", "db", "userIndex.changed", "matches.CheckedRemove(uint32(*r.Number))", "false", "./db", "TestUserPage_Index"},
	{"search: a failed build forgets changes", "db", "indexBuild.note", "SET generation = $1 WHERE id", "SET generation = 0 WHERE id", "./db", "TestIndexUsers_.*"},
	{"search: a block begins with the page", "db", "Store.firstMatches", "if !edge {", "if !edge || true {", "./db", "TestUserPage_Index"},
	{"sessions: of an account that holds more", "db", "Store.EndUserSession", "if _, err := tx.target(ctx, found.UserID); err != nil {", "if false {", "./db", "TestStore/SQLite/EndUserSession"},
	{"audit: an account is the actor only", "db", "auditWhere.alternatives", "`subject_ref = `+ref+` AND actor_ref", "`false AND subject_ref = `+ref+` AND actor_ref", "./db", "TestAuditLog"},
	{"counts: rows never expire", "db", "Store.PurgeCounts", "WHERE expires_at <= {now} ORDER BY expires_at LIMIT $1)", "WHERE expires_at <= 0 ORDER BY expires_at LIMIT $1)", "./db", "TestPurgeCounts"},
	{"counts: rows without cap", "db", "Store.PurgeCounts", "CASE WHEN count(*) > $1 THEN", "CASE WHEN count(*) > $1 + 1000000 THEN", "./db", "TestPurgeCounts"},
	{"counts: read, then written", "db", "Store.Count", "THEN 1 ELSE c.count + 1 END", "THEN 1 ELSE (SELECT o.count FROM counts o WHERE o.key = $1) + 1 END", "./db", "TestStore"},
	{"counts: window does not begin anew", "db", "Store.Count", "count = CASE WHEN c.expires_at <= {now} THEN 1 ELSE c.count + 1 END", "count = c.count + 1", "./db", "TestStore"},
	{"sockets: documents unread", "graph/stream", "WithPlaces", "return smallStackTransport{read(placed{next, in})}", "return smallStackTransport{placed{next, in}}", "./test/e2e", "TestLimits|TestAliases_Hashes"},
	{"streams: unbounded for nobody", "graph/stream", "streamPlaces.take", "!p.anonymous.Acquire(from, 1)", "!p.anonymous.AcquireTotal(from, 1)", "./graph/stream", "TestStream.*"},
	{"streams: unbounded for a session", "graph/stream", "streamPlaces.take", "case p.sessions[session] >= p.perSession:\n\t\treturn nil, boundSession\n\t", "", "./graph/stream", "TestStream.*"},
	{"streams: unbounded for an account", "graph/stream", "streamPlaces.take", "case p.accounts[owner] >= p.perAccount:\n\t\treturn nil, boundAccount\n\t", "", "./graph/stream", "TestStream.*"},
	{"streams: an impersonator counts as others", "graph/stream", "streamPlaces.take", "cmp.Or(caller.Actor, caller.Subject)", "cmp.Or(caller.Subject, caller.Actor)", "./graph/stream", "TestStream.*"},
	{"streams: unbounded for a network", "graph/stream", "streamPlaces.take", "AcquireWithin(from, 1, int64(p.ordinary-p.open))", "AcquireTotal(from, 1)", "./graph/stream", "TestStream.*"},
	{"streams: a company has no more than its share", "graph/stream", "streamPlaces.take", "AcquireWithin(from, 1, int64(p.ordinary-p.open))", "Acquire(from, 1)", "./graph/stream", "TestStream.*"},
	{"streams: unbounded in all", "graph/stream", "streamPlaces.take", "case p.open >= p.total, ", "case ", "./graph/stream", "TestStream.*"},
	{"streams: no reserve", "graph/stream", "streamPlaces.take", "p.open >= p.ordinary && !feed", "false", "./graph/stream", "TestStream.*"},
	{"streams: openings unbounded", "graph/stream", "openings.enter", "AcquireWithin(from, 1, o.total-o.gauge.Held())", "AcquireTotal(from, 1)", "./graph/stream", "TestOpenings.*"},
	{"streams: silent sockets stay", "graph/stream", "socket.checkInit", "waited < initTimeout && !k.openings.scarce()", "waited < initTimeout", "./graph/stream", "TestSocket.*"},
	{"streams: an open connection has no place", "graph/stream", "socket.close", "\t\treturn\n\t}\n\tk.cutSoon()", "\t\treturn\n\t}\n\tk.release()", "./graph/stream", "TestSocket.*"},
	{"login: account limit one off", "db", "Store.Count", "OR c.count < $3", "OR c.count <= $3", "./db", "TestStore"},
	{"login: a success keeps its unit", "account", "Service.Login", "attempt.giveBack(ctx)", "", "./test/e2e", "TestRateLimit_Successes"},
	{"login: attempts under way are unbounded", "account", "attemptSlots.retain", "make(chan struct{}, maxConcurrentAttempts)", "make(chan struct{}, 100)", "./account", "TestAttempt.*"},
	{"login: a refusal keeps other units", "account", "Service.takeUnits", "if !ok {\n\t\t\ta.giveBack(ctx)", "if !ok {", "./account", "TestAttempt"},
	{"login: one network locks the account", "account", "Limit.key", "case l.PerNetwork:", "case false:", "./account", "TestAttempt_Networks"},
	{"codes: valid in any browser", "account", "Service.openRequest", "return r, anyBrowser || hmac.Equal(bound, browserHash(key, browser))", "return r, anyBrowser || len(bound) > 0", "./test/e2e", "TestResetPassword_Code"},
	{"codes: of any request", "account", "Service.presentedToken", "err != nil || !right || t.UserID == \"\"", "err != nil || !right && false || t.UserID == \"\"", "./test/e2e", "TestResetPassword_Code"},
	{"codes: not counted by address", "account", "Service.presentedToken", "s.takeUnits(ctx, key.Key, codeLimits, subject{", "s.takeUnits(ctx, key.Key, codeLimits[:0], subject{", "./test/e2e", "TestResetPassword_Guesses"},
	{"resets: not counted by request", "graph", "mutationResolver.ResetPassword", "reqctx.ClientOf(ctx), r.resetLimits)", "reqctx.ClientOf(ctx), nil)", "./test/e2e", "TestResetPassword_Guesses"},
	{"resets: tokens are used twice", "db", "changeTx.useToken", "AND used_at IS NULL AND expires_at", "AND expires_at", "./db", "TestStore/SQLite/ResetPassword_(AtOnce|Refused)"},
	{"resets: tokens of another account", "db", "changeTx.useToken", "AND user_id = $3 AND", "AND ($3 <> '') AND", "./db", "TestStore/SQLite/ResetPassword_Refused"},
	{"resets: tokens of another purpose", "db", "Store.oneTimeToken", "AND purpose = $2 AND", "AND ($2 <> '') AND", "./db", "TestStore/SQLite/OneTimeToken_Live"},
	{"changes: links stay valid", "db", "Store.ChangePassword", "if err := tx.voidPasswordTokens(ctx, by.UserID); err != nil {\n\t\t\treturn err\n\t\t}", "", "./db", "TestStore/SQLite/ChangePassword"},
	{"replaced: a former cookie clears the next", "graph", "mutationResolver.Refresh", "byCookie && !errors.Is(err, account.ErrSessionReplaced) &&", "byCookie &&", "./test/e2e", "TestChangePassword_Cookie"},
	{"proofs: not counted", "graph", "mutationResolver.Reauthenticate", "r.passwordLimits)", "account.PasswordLimits{})", "./test/e2e", "TestPassword_Pool"},
	{"proofs: login does not know of failures", "account", "Service.wrongPassword", "for _, limit := range login {", "for _, limit := range login[:0] {", "./test/e2e", "TestPassword_Pool"},
	{"login: not counted by account", "graph", "mutationResolver.Login", "reqctx.ClientOf(ctx), r.loginLimits)", "reqctx.ClientOf(ctx), nil)", "./test/e2e", "TestRateLimit_BruteForce"},
	{"login: unknown accounts are not compared", "account", "Service.Login", "if device != nil &&", "if errors.Is(err, ErrNotFound) {\n\t\treturn nil, s.recordRefusal(ctx, credential, address, client, ErrInvalidCredentials)\n\t}\n\tif device != nil &&", "./test/e2e", "TestRateLimit_TellsNothing"},
	{"login: counted before the queue", "account", "Service.Login", "ticket, err := s.admitFor(client, device, plaintext)", "if err := s.CountAttempt(ctx, limits, emailSubject(address), client.Path()); err != nil {\n\t\treturn nil, err\n\t}\n\tticket, err := s.admitFor(client, device, plaintext)", "./test/e2e", "TestRateLimit_Refusals"},
	{"login: yielded and late ones stay counted", "account", "attempt.giveBackIfShed", "if errors.Is(err, &auth.Error{Code: auth.Overloaded}) {\n\t\ta.giveBack", "if false && errors.Is(err, &auth.Error{Code: auth.Overloaded}) {\n\t\ta.giveBack", "./account", "TestAttempt_TurnedAway"},
	{"login: address stays counted when shed", "graph/ratelimit", "Limiter.intercept", "a.giveBack(c)", "_ = a", "./test/e2e", "TestRateLimit_Refusals"},
	{"login: the address limit comes after the hash", "graph/ratelimit", "Limiter.intercept", "byAddresses, c); err != nil {\n\t\treturn nil, err", "byAddresses, c); err != nil {\n\t\tif ctx, err := l.account(ctx, fc, limits); err == nil {\n\t\t\t_, _ = next(ctx)\n\t\t}\n\t\treturn nil, err", "./test/e2e", "TestRateLimit_Address"},
	{"login: each spelling counts for itself", "account", "subjectOf", "account: emailSubject(address)", "account: address.Typed", "./test/e2e", "TestRateLimit_AllNetworks"},
	{"login: keys in the clear", "account", "Limit.key", "return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))", "return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)) + target.account", "./test/e2e", "TestRateLimit_Rows"},
	{"login: keys without key", "account", "Limit.key", "mac := hmac.New(sha256.New, secret)", "mac := hmac.New(sha256.New, nil)", "./account", "TestAttempt"},
	{"login: the queue knows no networks", "account", "Service.admitFor", "s.passwords.AdmitFor(c.Path(), ", "s.passwords.AdmitFor(Client{}.Path(), ", "./test/e2e", "TestOverload.*"},
	{"login: the queue knows no devices", "account", "Service.admitFor", "AdmitFor(c.Path(), d.queueDevice(), typed)", "AdmitFor(c.Path(), nil, typed)", "./test/e2e", "TestDevice_Reserve"},
	{"login: counts that fail let in", "account", "Service.takeUnits", "if err != nil {\n\t\t\treturn nil, err\n\t\t}\n\t\tif !ok {", "if err != nil {\n\t\t\treturn a, nil\n\t\t}\n\t\tif !ok {", "./account", "."},
	{"device: no allowance of its own", "account", "subjectOf", "target.device = d.subject()", "_ = d", "./test/e2e", "TestDevice.*"},
	{"device: no limit", "account", "Service.Login", "attempt, err := s.attempt(ctx, ticket, limits, subjectOf(address, client, device))", "if device != nil {\n\t\tlimits = nil\n\t}\n\tattempt, err := s.attempt(ctx, ticket, limits, subjectOf(address, client, device))", "./test/e2e", "TestDevice.*"},
	{"device: old passwords do", "account", "Service.Login", "if device != nil && !device.validFor(credential) {", "if false {", "./test/e2e", "TestDevice.*"},
	{"device: the account is not compared", "account", "deviceToken.validFor", `(d.account == c.UserID || d.account == "")`, "true", "./account", "TestParseDeviceToken"},
	{"device: id and address run together", "account", "deviceTokenMAC", "_, _ = mac.Write([]byte{byte(len(content) - deviceTokenFixed)})", "", "./account", "TestParseDeviceToken.*"},
	{"device: former cookies without a key", "account", "parseDeviceToken", " || len(m) == formerDeviceTokenLength && len(key.Former) == 0", "", "./account", "TestParseDeviceToken"},
	{"device: forged marks", "account", "parseDeviceToken", "if !hmac.Equal(", "if false && !hmac.Equal(", "./test/e2e", "TestDevice.*"},
	{"device: another account's mark", "account", "deviceTokenMAC", "_, _ = mac.Write([]byte(address.Key))", "", "./account", "TestParseDeviceToken"},
	{"device: marks of other sites", "graph/reqctx", "ClientOf", "x != nil && !x.Foreign", "x != nil", "./test/e2e", "TestDevice.*"},
	{"limit by session is by address", "graph/ratelimit", "Limiter.count", "l.sessions.add(rule.key(), principal.Session, ", "l.sessions.add(rule.key(), reqctx.ClientOf(ctx).Network(), ", "./test/e2e", "TestRateLimit_Session"},
	{"limit by account for register is counted before the queue", "graph/ratelimit", "afterAdmission", `"Mutation.login": true, "Mutation.register": true`, `"Mutation.login": true`, "./test/e2e", "TestRateLimit_Register"},
	{"register: not counted by account", "account", "Service.newUser", "s.attempt(ctx, ticket, limits, ", "s.attempt(ctx, ticket, nil, ", "./test/e2e", "TestRateLimit_Register"},
	{"counts are never purged", "internal/serverkit", "App.PurgeSome", "errors.Join(err, a.Store.PurgeCounts(ctx, maxCounts),", "errors.Join(err,", "./test/e2e", "TestRateLimit_Rows"},
	{"roles: given without holding them", "db", "administration.mayReplace", "} else if !a.held.MayHandle(r.Name) || ", "} else if ", "./db", "TestStore"},
	{"roles: taken without holding them", "db", "administration.mayReplace", "return !slices.ContainsFunc(taken, func(name string) bool { return !a.held.MayHandle(name) })", "return true", "./db", "TestStore"},
	{"roles: changed and deleted without holding them", "db", "administration.editable", "case !a.held.MayHandle(found[0].Name) || ", "case ", "./db", "TestStore"},
	{"roles: created by a holder of some permissions", "db", "Store.AddRole", "if !tx.held.All() || ", "if ", "./db", "TestStore"},
	{"roles: handled by an impersonator with the account's", "account", "Holdings.Shared", "Roles: shared(h.Roles, other.Roles)", "Roles: h.Roles", "./db", "TestStore"},
	{"roles: names used again", "db", "administration.mayAddRole", "if retired {", "if false {", "./db", "TestStore"},
	{"roles: more than a token holds", "account", "Service.SetRoles", "if fault := checkRoles(\"roles\", roles); fault != nil {", "if fault := checkRoles(\"roles\", nil); fault != nil {", "./test/e2e", "TestRole_TokenLength"},
	{"tokens: longer than verifiers take", "auth/token", "Issuer.Issue", "if len(signed) > auth.MaxTokenLength {", "if false {", "./auth/token", "TestIssue_TooLong"},
	{"GET mutations", "graph/httpapi", "Transport.Do", "r.Method == http.MethodGet && op.Operation.Operation != ast.Query", "false", "./test/e2e", "TestHTTP|TestKnownChecks|TestAliases_Hashes"},
	{"forms", "graph/httpapi", "readRequest", `if !isJSON(r.Header.Get("Content-Type")) {`, "if false {", "./test/e2e", "TestHTTP|TestKnownChecks"},
	{"cookies of other sites", "graph/httpapi", "Transport.Do", `if x != nil && x.Foreign && x.RefreshToken != "" {`, "if false {", "./test/e2e", "TestCookie|TestCORS"},
	{"sockets of other sites", "graph/stream", "Sockets.Handshake", "case !s.Allowed(r):", "case false:", "./test/e2e", "TestSocket_Handshake"},
	{"sockets: read limit", "graph", "newAPI", "ReadLimit: o.BodyLimit", "ReadLimit: 1 << 40", "./test/e2e", "TestSocket_LargeMessage"},
	{"bodies without limit", "graph/httpapi", "LimitBody", "r.Body = http.MaxBytesReader(w, r.Body, limit)", "", "./test/e2e", "TestHTTP|TestKnownChecks"},
	{"slow headers", "internal/serverkit", "HttpServer", "ReadHeaderTimeout: 5 * time.Second, ", "ReadHeaderTimeout: 3 * time.Minute, ", "./test/e2e", "TestSlowClients"},
	{"slow bodies", "internal/serverkit", "HttpServer", "ReadTimeout: 15 * time.Second,", "", "./test/e2e", "TestHTTPServer_.*"},
	{"large headers", "internal/serverkit", "HttpServer", "MaxHeaderBytes: 16 << 10,", "", "./test/e2e", "TestHTTPServer_.*"},
	{"documents: kept without bound of bytes", "graph", "newDocuments", "return uint32(len(source))", "return 1", "./graph", "TestDocuments.*"},
}

// Each of these mistakes is noticed.
func TestMutants_Attack(t *testing.T) {
	if harness.UnderRace {
		t.Skip("its tests run in processes of their own, which the race detector does not watch")
	}
	every := prove.Size(70, 1)
	made, caught := 0, 0
	for i, m := range attackMutants {
		file, source, ok := mutation{m.room, m.declaration, m.from, m.to}.apply(t)
		if !ok {
			t.Errorf("%s can't be made", m.name)
			continue
		}
		if !hasTest(t, m.in, m.run) {
			t.Errorf("%s: %s has no test %s", m.name, m.in, m.run)
		}
		if i%every != 0 {
			continue
		}
		made++
		by := noticed(t, overlaid(t, file, source), "-pgo=off", "-timeout=3m", "-run", m.run, m.in)
		if by == "" {
			t.Errorf("%s: nothing has noticed", m.name)
			continue
		}
		caught++
		t.Logf("%-55s %s", m.name, by)
	}
	t.Logf("%d of %d mistakes made, %d caught", made, len(attackMutants), caught)
}

// hasTest reports whether a package has a test that a pattern of go test -run selects.
func hasTest(t *testing.T, folder, run string) bool {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(harness.Path(t, folder), "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	pattern := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	whole, _, _ := strings.Cut(run, "/") // without subtests
	selected := regexp.MustCompile(whole)
	for _, name := range names {
		for _, found := range pattern.FindAllStringSubmatch(harness.ReadFile(t, name), -1) {
			if selected.MatchString(found[1]) {
				return true
			}
		}
	}
	return false
}
