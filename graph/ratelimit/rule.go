package ratelimit

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/account"
)

// limitKey is what a rule counts by; the schema's enum RateLimitKey.
type limitKey string

const (
	byAddress           limitKey = "ADDRESS"
	byAccount           limitKey = "ACCOUNT"
	byAccountAndNetwork limitKey = "ACCOUNT_AND_NETWORK"
	bySession           limitKey = "SESSION"
	byCaller            limitKey = "CALLER"
	byRequest           limitKey = "REQUEST"
)

// rateLimit is one @rateLimit.
type rateLimit struct {
	by limitKey
	account.Limit
}

// FieldLimits are those of one field.
type FieldLimits struct {
	address []rateLimit     // counted in this process
	session []rateLimit     // counted in this process
	account []account.Limit // counted in the database
	caller  []account.Limit // counted in the database
	request []account.Limit // counted in the database, by the use case
	email   []string        // the path of the argument that names the account; none: the caller's own
}

// ByAccount returns the limits that are counted for each account, for a use case that counts by itself. f may be nil.
func (f *FieldLimits) ByAccount() []account.Limit {
	if f == nil {
		return nil
	}
	return f.account
}

// ByCaller returns the limits that are counted for the caller's account, for a use case that counts by itself. f may be nil.
func (f *FieldLimits) ByCaller() []account.Limit {
	if f == nil {
		return nil
	}
	return f.caller
}

// ByRequest returns the limits that are counted for the request or token that an argument names, for a use case that counts by
// itself. f may be nil.
func (f *FieldLimits) ByRequest() []account.Limit {
	if f == nil {
		return nil
	}
	return f.request
}

// The bounds of a window. A shorter one limits nothing, a longer one is a lock.
const (
	minWindow = time.Second
	maxWindow = 24 * time.Hour
)

// Parse reads the limits of a schema, by the coordinate of their field. The error names every fault: a limit that
// can't be kept must not look as if it were.
func Parse(schema *ast.Schema) (map[string]*FieldLimits, error) {
	all := map[string]*FieldLimits{}
	var faults []error
	for _, definition := range schema.Types {
		for _, field := range definition.Fields {
			directives := field.Directives.ForNames("rateLimit")
			if len(directives) == 0 {
				continue
			}
			at := definition.Name + "." + field.Name
			l := &FieldLimits{email: emailArgument(schema, field)}
			for _, d := range directives {
				if err := l.add(schema, definition, field, d); err != nil {
					faults = append(faults, fmt.Errorf("%s: @rateLimit: %w", at, err))
				}
			}
			all[at] = l
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return all, errors.Join(faults...)
}

func (l *FieldLimits) add(schema *ast.Schema, definition *ast.Definition, field *ast.FieldDefinition, d *ast.Directive) error {
	value := func(name string) string {
		if a := d.Arguments.ForName(name); a != nil && a.Value != nil {
			return a.Value.Raw
		}
		return ""
	}
	r := rateLimit{by: limitKey(value("by")), Limit: account.Limit{Field: definition.Name + "." + field.Name, Pool: value("pool")}}
	var err error
	if r.Max, err = strconv.ParseInt(value("limit"), 10, 32); err != nil || r.Max < 1 {
		return errors.New("limit must be a number from 1 on")
	}
	if r.Window, err = time.ParseDuration(value("window")); err != nil || r.Window < minWindow || r.Window > maxWindow {
		return fmt.Errorf(`window must be a duration such as "15m", from %v to %v`, minWindow, maxWindow)
	}
	open := field.Directives.ForName("public") != nil
	account := r.by == byAccount || r.by == byAccountAndNetwork
	switch {
	case definition.Kind != ast.Object:
		return errors.New("it limits nothing here; put it on a field of an object")
	case definition == schema.Subscription:
		return errors.New("a subscription's field is executed for each event; @rateLimit can't limit it")
	case (r.by == bySession || r.by == byCaller) && open:
		return fmt.Errorf("%s needs a caller, and the field is public", r.by)
	case r.Pool != "" && r.by != byCaller:
		return errors.New("a pool is shared by limits by CALLER only")
	case account && l.email == nil && (open || field.Type.Name() != "AuthPayload"):
		return fmt.Errorf("%s needs an argument of the type EmailAddress, or must be guarded", r.by)
	case account:
		r.PerNetwork = r.by == byAccountAndNetwork
		l.account = append(l.account, r.Limit)
	case r.by == byAddress:
		l.address = append(l.address, r)
	case r.by == bySession:
		l.session = append(l.session, r)
	case r.by == byRequest && !afterAdmission[r.Field]:
		return errors.New("REQUEST needs a use case that counts by itself")
	case r.by == byRequest:
		l.request = append(l.request, r.Limit)
	case r.by == byCaller:
		l.caller = append(l.caller, r.Limit)
	default:
		return fmt.Errorf("by: %q is unknown", r.by)
	}
	return nil
}

// emailArgument is the path of the first argument, or input field, that is an address; nil for none.
func emailArgument(schema *ast.Schema, field *ast.FieldDefinition) []string {
	for _, argument := range field.Arguments {
		if argument.Type.Name() == "EmailAddress" {
			return []string{argument.Name}
		}
		input := schema.Types[argument.Type.Name()]
		if input == nil || input.Kind != ast.InputObject {
			continue
		}
		for _, member := range input.Fields {
			if member.Type.Name() == "EmailAddress" {
				return []string{argument.Name, member.Name}
			}
		}
	}
	return nil
}

// words says a limit to a person who reads the schema.
func (l *FieldLimits) words() string {
	var parts []string
	add := func(r account.Limit, name string) {
		parts = append(parts, fmt.Sprintf("%d in %s for %s", r.Max, short(r.Window), name))
	}
	for _, r := range l.address {
		add(r.Limit, "each address")
	}
	for _, r := range l.session {
		add(r.Limit, "each session")
	}
	for _, r := range l.caller {
		add(r, "each account")
	}
	for _, r := range l.request {
		add(r, "each request")
	}
	for _, r := range l.account {
		name := "each account"
		if r.PerNetwork {
			name = "each account and network"
		}
		add(r, name)
	}
	return "At most " + strings.Join(parts, ", and ") + "."
}

// short leaves out the parts of a duration that are zero: "15m" rather than "15m0s".
func short(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// Annotate adds to the description of each limited field how often it may be executed.
func Annotate(schema *ast.Schema, limits map[string]*FieldLimits) {
	for at, l := range limits {
		object, name, _ := strings.Cut(at, ".")
		field := schema.Types[object].Fields.ForName(name)
		field.Description = strings.TrimSpace(field.Description + "\n\n" + l.words())
	}
}
