package auth

import (
	"encoding/json"
	"fmt"
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

// cell is short enough for a column: what stands in a table for people.
func cell(code Code) string {
	switch code {
	case "":
		return "yes"
	case SecondFactorRequired:
		return "2nd factor"
	case ReauthenticationRequired:
		return "prove again"
	default:
		return "-"
	}
}

// WriteTable writes the policy for people to read: aligned text, or Markdown.
func (p *Policy) WriteTable(w io.Writer, columns []Column, markdown bool) error {
	head := []string{"field", "rule"}
	for _, c := range columns {
		head = append(head, c.Name)
	}
	lines := [][]string{head}
	for _, row := range p.Table(columns) {
		rule := row.Rule
		if markdown {
			rule = strings.ReplaceAll(rule, "|", "or")
		}
		line := []string{row.Field, rule}
		for _, c := range columns {
			line = append(line, cell(row.Access[c.Name]))
		}
		lines = append(lines, line)
	}
	widths := make([]int, len(head))
	for _, line := range lines {
		for i, text := range line {
			widths[i] = max(widths[i], len(text))
		}
	}
	var b strings.Builder
	for n, line := range lines {
		between, before, after := "  ", "", ""
		if markdown {
			between, before, after = " | ", "| ", " |"
		}
		padded := make([]string, len(line))
		for i, text := range line {
			padded[i] = fmt.Sprintf("%-*s", widths[i], text)
		}
		b.WriteString(strings.TrimRight(before+strings.Join(padded, between)+after, " ") + "\n")
		if n == 0 && markdown {
			b.WriteString(strings.Repeat("|---", len(line)) + "|\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteJSON writes the table for programs to read.
func (p *Policy) WriteJSON(w io.Writer, columns []Column) error {
	text := json.NewEncoder(w)
	text.SetIndent("", "  ")
	return text.Encode(p.Table(columns))
}
