package auth

import (
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"
)

// Column is a kind of caller that a table of the policy tells about.
type Column struct {
	Name string
	Who  *Principal // nil for nobody
	Owns bool       // whether the object that a field is on is theirs
}

// Columns returns the callers that tell the rules apart: nobody, somebody, the owner, who holds each one of
// permissions, who holds all, and who lacks a proof that was asked for.
func Columns(permissions []string) []Column {
	fresh := func(change func(*Principal)) *Principal {
		p := &Principal{Subject: "somebody", Assurance: SingleFactor, AuthTime: time.Now()}
		change(p)
		return p
	}
	columns := []Column{
		{Name: "nobody"},
		{Name: signedIn, Who: fresh(func(*Principal) {})},
		{Name: ownerTerm, Who: fresh(func(*Principal) {}), Owns: true},
	}
	for _, permission := range permissions {
		columns = append(columns, Column{Name: permission, Who: fresh(func(p *Principal) { p.Permissions = []string{permission} })})
	}
	all := func(p *Principal) { p.Permissions = slices.Clone(permissions) }
	return append(columns,
		Column{Name: "all", Who: fresh(all), Owns: true},
		Column{Name: "all, one factor of two", Who: fresh(func(p *Principal) { all(p); p.SecondFactor = true }), Owns: true},
		Column{Name: "all, proven long ago", Who: fresh(func(p *Principal) { all(p); p.AuthTime = time.Unix(0, 0) }), Owns: true},
		Column{Name: "all, by API key", Who: fresh(func(p *Principal) { all(p); p.APIKey = true }), Owns: true},
		Column{Name: "all, as another", Who: fresh(func(p *Principal) { all(p); p.Actor = "another" }), Owns: true},
	)
}

// theirs is an object of one owner.
type theirs string

func (o theirs) OwnerID() string { return string(o) }

// Access says whether the caller of a column may use a field: "" if so, otherwise the code that they would get. Of a
// field that there is not it says NOT_FOUND.
func (p *Policy) Access(field string, c Column) Code {
	object, name, _ := strings.Cut(field, ".")
	a := p.fields[coordinate{object, name}]
	switch {
	case a == nil:
		return NotFound
	case len(a.rules) == 0:
		return ""
	case c.Who == nil:
		return Unauthenticated
	}
	var on any
	if c.Owns {
		on = theirs(c.Who.Subject)
	}
	if refused := a.refusal(c.Who, on, time.Now()); refused != nil {
		return refused.Code
	}
	return ""
}

// Row is a field of a table of the policy.
type Row struct {
	Field  string          `json:"field"`
	Rule   string          `json:"rule"`
	Access map[string]Code `json:"access"` // by column; "" for who may
}

// Table returns what each caller gets of each field.
func (p *Policy) Table(columns []Column) []Row {
	var rows []Row
	for _, e := range p.Entries() {
		row := Row{Field: e.Field, Rule: e.String(), Access: map[string]Code{}}
		for _, c := range columns {
			row.Access[c.Name] = p.Access(e.Field, c)
		}
		rows = append(rows, row)
	}
	return rows
}

// WriteTable writes the policy for people to read: text of at most 100 columns, or Markdown.
func (p *Policy) WriteTable(w io.Writer, columns []Column, markdown bool) error {
	text := p.text
	if markdown {
		text = p.markdown
	}
	_, err := io.WriteString(w, text(columns))
	return err
}

// WriteJSON writes the table for programs to read.
func (p *Policy) WriteJSON(w io.Writer, columns []Column) error {
	text := json.NewEncoder(w)
	text.SetIndent("", "  ")
	return text.Encode(p.Table(columns))
}
