package policydoc

import (
	"encoding/json"
	"io"
	"slices"
	"time"

	"authgraph/auth"
)

// Column is a kind of caller in a table of the policy.
type Column struct {
	Name      string
	Principal *auth.Principal // nil for an anonymous client
	Owns      bool            // the caller owns the object of the field
}

// Columns returns the callers that distinguish the rules: anonymous, signed in, the owner, a holder of each of
// permissions, a holder of all permissions, and a caller without a required step.
func Columns(permissions []string) []Column {
	fresh := func(change func(*auth.Principal)) *auth.Principal {
		p := &auth.Principal{Subject: "somebody", Assurance: auth.SingleFactor, AuthTime: time.Now()}
		change(p)
		return p
	}
	columns := []Column{
		{Name: "nobody"},
		{Name: auth.Rule{}.String(), Principal: fresh(func(*auth.Principal) {})},
		{Name: auth.Rule{Owner: true}.String(), Principal: fresh(func(*auth.Principal) {}), Owns: true},
	}
	for _, permission := range permissions {
		columns = append(columns, Column{Name: permission, Principal: fresh(func(p *auth.Principal) { p.Permissions = []string{permission} })})
	}
	all := func(p *auth.Principal) { p.Permissions = slices.Clone(permissions) }
	return append(columns,
		Column{Name: "all", Principal: fresh(all), Owns: true},
		Column{Name: "all, one factor of two", Principal: fresh(func(p *auth.Principal) { all(p); p.SecondFactor = true }), Owns: true},
		Column{Name: "all, proven long ago", Principal: fresh(func(p *auth.Principal) { all(p); p.AuthTime = time.Unix(0, 0) }), Owns: true},
		Column{Name: "all, by API key", Principal: fresh(func(p *auth.Principal) { all(p); p.APIKey = true }), Owns: true},
		Column{Name: "all, as another", Principal: fresh(func(p *auth.Principal) { all(p); p.Actor = "another" }), Owns: true},
	)
}

// PendingColumns returns a caller for each pending step that a rule of the policies names. The caller owns the object.
func PendingColumns(policies ...*auth.Policy) []Column {
	var steps []string
	for _, p := range policies {
		for _, e := range p.Entries() {
			for _, r := range e.AnyOf {
				steps = append(steps, r.Pending...)
			}
		}
	}
	slices.Sort(steps)
	var columns []Column
	for _, step := range slices.Compact(steps) {
		columns = append(columns, Column{Name: "pending " + step, Owns: true, Principal: &auth.Principal{
			Subject: "somebody", Assurance: auth.SingleFactor, AuthTime: time.Now(), Pending: []string{step},
		}})
	}
	return columns
}

// ownedBy is an object whose owner has this id.
type ownedBy string

func (o ownedBy) OwnerID() string { return string(o) }

// Access returns the code that the caller of a column gets for a field: "" if the caller may use the field, NOT_FOUND if the
// field does not exist.
func Access(p *auth.Policy, field string, c Column) auth.Code {
	var object any
	if c.Owns {
		object = ownedBy(c.Principal.Subject)
	}
	if refused := p.Decide(field, c.Principal, object, time.Now()); refused != nil {
		return refused.Code
	}
	return ""
}

// Row is a field of a table of the policy.
type Row struct {
	Field  string               `json:"field"`
	Rule   string               `json:"rule"`
	Access map[string]auth.Code `json:"access"` // by column; "" for who may
}

// Table returns what each caller gets of each field.
func Table(p *auth.Policy, columns []Column) []Row {
	var rows []Row
	for _, e := range p.Entries() {
		row := Row{Field: e.Field, Rule: e.String(), Access: map[string]auth.Code{}}
		for _, c := range columns {
			row.Access[c.Name] = Access(p, e.Field, c)
		}
		rows = append(rows, row)
	}
	return rows
}

// WriteTable writes the policy for people to read: text of at most 100 columns, or Markdown.
func WriteTable(w io.Writer, p *auth.Policy, columns []Column, markdown bool) error {
	format := toText
	if markdown {
		format = toMarkdown
	}
	_, err := io.WriteString(w, format(p, columns))
	return err
}

// WriteJSON writes the table for programs to read.
func WriteJSON(w io.Writer, p *auth.Policy, columns []Column) error {
	text := json.NewEncoder(w)
	text.SetIndent("", "  ")
	return text.Encode(Table(p, columns))
}
