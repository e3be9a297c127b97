package policy

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"authgraph/internal/prove"
	"authgraph/test/harness"
)

// guardMutants are possible mistakes in the guard: in a declaration of package auth, from becomes to.
var guardMutants = []struct{ name, declaration, from, to string }{
	{"any permission rather than all", "Principal.HasPermissions", "if !slices.Contains(p.Permissions, want) {\n\t\t\treturn false", "if slices.Contains(p.Permissions, want) {\n\t\t\treturn true"},
	{"all roles rather than any", "Principal.HasAnyRole", "return slices.ContainsFunc(roles, func(role string) bool { return slices.Contains(p.Roles, role) })",
		"return !slices.ContainsFunc(roles, func(role string) bool { return !slices.Contains(p.Roles, role) })"},
	{"permissions not asked", "Rule.refusal", "case !caller.HasPermissions(r.Permissions),", "case false,"},
	{"roles not asked", "Rule.refusal", "len(r.Roles) > 0 && !caller.HasAnyRole(r.Roles),", "false,"},
	{"owner not asked", "Rule.refusal", "r.Owner && !owns(caller, object),", "false,"},
	{"nobody's object is nobody's own", "owns", `owner != "" && owner == caller.Subject`, "owner == caller.Subject"},
	{"keys are people", "Rule.refusal", "caller.APIKey && !at.self() && !r.admitsKeys(),", "false,"},
	{"keys may not even say whose they are", "Rule.refusal", "caller.APIKey && !at.self() && !r.admitsKeys(),", "caller.APIKey && !r.admitsKeys(),"},
	{"keys need name no permission", "Rule.admitsKeys", "return len(r.Permissions) > 0 && r.MaxAge == 0", "return r.MaxAge == 0"},
	{"keys prove two factors", "Rule.admitsKeys", "r.MaxAge == 0 && r.Assurance != MultiFactor", "r.MaxAge == 0"},
	{"actors are the person", "Rule.refusal", "caller.Actor != \"\" && !r.admitsActors(at):", "false:"},
	{"actors change what is the person's", "Rule.admitsActors", "return r.MaxAge == 0 && !(at.mutation && len(r.Permissions) == 0)", "return r.MaxAge == 0"},
	{"assurance not asked", "Rule.refusal", "case !caller.Assurance.atLeast(r.assurance(caller)):", "case false:"},
	{"a second factor is never needed by itself", "Rule.assurance", "case caller.SecondFactor && !caller.APIKey:", "case false:"},
	{"any known assurance will do", "Assurance.atLeast", "return a == MultiFactor\n", "return a == SingleFactor || a == MultiFactor\n"},
	{"maxAge not asked", "Rule.refusal", "case r.MaxAge > 0 && now().Sub(caller.AuthTime) > r.MaxAge:", "case false:"},
	{"a step is told that would not help", "Rule.refusal", "\tswitch {\n\tcase !caller.HasPermissions", "\tif r.MaxAge > 0 && now().Sub(caller.AuthTime) > r.MaxAge {\n\t\treturn ErrReauthenticationRequired\n\t}\n\tswitch {\n\tcase !caller.HasPermissions"},
	{"pending steps not asked", "Rule.refusal", "case !r.admitsStep(caller):", "case false:"},
	{"a rule with a step admits each pending session", "Rule.admitsStep", "slices.Contains(r.Pending, caller.Pending[0])", "len(r.Pending) > 0"},
	{"a rule admits a later step", "Rule.admitsStep", "caller.Pending[0]", "caller.Pending[len(caller.Pending)-1]"},
	{"pending tokens are access tokens", "Verifier.validate", "case (len(c.Pending) > 0) != (v.typ == PendingTokenType):", "case false:"},
	{"every rule must hold", "access.refusal", "if refused == nil {\n\t\t\treturn nil\n\t\t}", "if refused == nil {\n\t\t\tcontinue\n\t\t}"},
	{"nobody may", "Guard.decide", "return refusalOf(err)\n\t}\n\treturn a.refusal", "return nil\n\t}\n\treturn a.refusal"},
	{"fields that are not known are open", "Guard.InterceptField", "if a == nil {\n\t\treturn nil, ErrForbidden.GraphQL()\n\t}\n\tif len(a.rules) > 0", "if a == nil {\n\t\treturn next(ctx)\n\t}\n\tif len(a.rules) > 0"},
	{"the interceptor decides nothing", "Guard.InterceptField", "if len(a.rules) > 0 {\n\t\tvar object any", "if false {\n\t\tvar object any"},
	{"the parent is not looked at", "Guard.InterceptField", "if fc.Parent != nil {", "if false {"},
	{"a directive without a guard lets in", "direct", "if a == nil {\n\t\treturn nil, ErrForbidden.GraphQL()", "if a == nil {\n\t\treturn next(ctx)"},
	{"the directive decides nothing", "direct", "if len(a.rules) > 0 {", "if false {"},
	{"@public without a guard lets in", "Public", "a == nil || !a.public {\n\t\treturn nil, ErrForbidden.GraphQL()", "a == nil || !a.public {\n\t\treturn next(ctx)"},
	{"objects of types that are not known are shown", "Visible", "if !known {\n\t\treturn false", "if !known {\n\t\treturn true"},
	{"everything is shown by an id", "Visible", "return len(rules) == 0 || g.decide", "return true || g.decide"},
	{"a guard for another schema", "Guard.Validate", "if schema.Schema() != g.schema {", "if false {"},
	{"objects have no rules", "Policy.addType", "\t\t\ta.rules = objectRules\n", "\t\t\ta.rules = nil\n"},
	{"root fields without a rule start", "Policy.addType", "if root && !a.public && len(a.rules) == 0 && len(bad) == 0 {", "if false {"},
	{"guarded and not null starts", "rootFaults", "if len(a.rules) > 0 && field.Type.NonNull", "if false && field.Type.NonNull"},
	{"owner on a root field starts", "rootFaults", "if r.Owner {\n", "if false && r.Owner {\n"},
	{"rules where nobody asks for them start", "misplaced", "return directives.ForName(\"auth\") != nil || directives.ForName(\"public\") != nil", "return false"},
	{"an unknown permission starts", "values", "if enum != nil && enum.EnumValues.ForName(name) == nil {", "if false {"},
	{"an empty list starts", "values", "if len(list) == 0 {", "if false {"},
	{"a maxAge below nothing starts", "Rule.set", "err != nil || r.MaxAge <= 0", "err != nil"},
	{"an unknown role starts", "KnownRoles", "if !slices.Contains(names, role) {", "if false && !slices.Contains(names, role) {"},
	{"an object that can't say whose it is starts", "OwnersAmong", "if r.Owner && of != nil", "if false && of != nil"},
	{"a stream is not asked again", "Guard.InterceptResponse", "if refused == nil {\n\t\treturn event", "if true || refused == nil {\n\t\treturn event"},
	{"a field below may sign in", "SignedIn", "c.field != graphql.GetFieldContext(ctx) {", "false {"},
	{"nobody signs in below a login", "SignedIn", "\tc.caller = p\n", "\t_ = p\n"},
	{"the lock sees no looser rule", "Policy.Covers", "!slices.ContainsFunc(wide.AnyOf,", "false && !slices.ContainsFunc(wide.AnyOf,"},
	{"explained without being told to", "Guard.explain", "if !g.explains {", "if false {"},
	{"what is hidden is explained", "Guard.explain", "if g.byRole && !g.policy.couldUse(field, caller) {", "if false {"},
	{"an unknown permission of a role starts", "KnownPermissions", "if !known[permission] {", "if false {"},
	{"no issuer fits tokens without one", "Verifier.check", "case v.issuer == \"\":", "case false:"},
	{"can knows what it does not", "Can", "case a == nil:\n\t\treturn ErrFieldNotFound", "case a == nil:\n\t\treturn nil"},
}

// Each of these mistakes in the guard's code is noticed by the tests of auth, or by what this server answers.
func TestMutants_Guard(t *testing.T) {
	if harness.UnderRace {
		t.Skip("its tests run in processes of their own, which the race detector does not watch")
	}
	every := prove.Size(24, 1)
	made, caught := 0, 0
	for i, m := range guardMutants {
		file, source, ok := mutation{"auth", m.declaration, m.from, m.to}.apply(t)
		if !ok {
			t.Errorf("%s can't be made", m.name)
			continue
		}
		if i%every != 0 {
			continue
		}
		made++
		overlay := overlaid(t, file, source)
		by := noticed(t, overlay, "./auth", "./auth/policydoc")
		if by == "" {
			by = noticed(t, overlay, "./test/policy", "./test/e2e", "-run", "^(TestCan|TestFlow|TestMatrix|TestTwoLogins|TestIDs)$")
		}
		if by == "" {
			t.Errorf("%s: nothing has noticed", m.name)
			continue
		}
		caught++
		t.Logf("%-45s %s", m.name, by)
	}
	t.Logf("%d of %d mistakes made, %d caught (%.1f %%)", made, len(guardMutants), caught, 100*float64(caught)/float64(made))
}

// linesOfDefence switch off one of the two places that decide on a field's own rules.
var linesOfDefence = []struct{ name, declaration, from, to string }{
	{"the interceptor alone", "direct", "if len(a.rules) > 0 {", "if false {"},
	{"the directive alone", "Guard.InterceptField", "if len(a.rules) > 0 {\n\t\tvar object any", "if len(a.rules) > 0 && !a.own {\n\t\tvar object any"},
}

// TestGuard_EachAlone proves that the matrix stays the same if the directive does not decide, and if the interceptor leaves
// the rules of fields to the directive. In a test run TestGuard_Fields proves that for the fields of a small schema.
func TestGuard_EachAlone(t *testing.T) {
	if prove.Size(0, 1) == 0 {
		t.Skip("it builds the tests of the matrix twice; bench/prove mutants runs it")
	}
	for _, line := range linesOfDefence {
		t.Run(line.name, func(t *testing.T) {
			file, source, ok := mutation{"auth", line.declaration, line.from, line.to}.apply(t)
			if !ok {
				t.FailNow()
			}
			overlay := overlaid(t, file, source)
			if by := noticed(t, overlay, "./test/policy", "-run", "^TestMatrix$"); by != "" {
				t.Errorf("%s fails", by)
			}
		})
	}
}

// overlaid returns an overlay, as go build takes it, in which a file has another text.
func overlaid(t *testing.T, file, text string) string {
	t.Helper()
	dir := t.TempDir()
	changed, overlay := filepath.Join(dir, "changed.go"), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{harness.Path(t, file): changed}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{changed: text, overlay: string(replace)} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return overlay
}

// noticed runs tests on the overlay and returns the first that fails, "" if none does. A build that fails fails the test.
func noticed(t *testing.T, overlay string, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", append([]string{"test", "-vet=off", "-overlay", overlay}, args...)...)
	command.Dir = harness.Root(t)
	out, err := command.CombinedOutput()
	if err == nil {
		return ""
	}
	for line := range strings.Lines(string(out)) {
		if name, failed := strings.CutPrefix(strings.TrimSpace(line), "--- FAIL: "); failed {
			return strings.Fields(name)[0]
		}
		if strings.HasPrefix(line, "panic:") {
			return strings.TrimSpace(line)
		}
	}
	t.Fatalf("%v\n%s", err, out)
	return ""
}
