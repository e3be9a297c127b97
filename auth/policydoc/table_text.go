package policydoc

import (
	"fmt"
	"strings"

	"authgraph/auth"
)

const (
	// tableWidth is the maximum length of a line of the table, in bytes.
	tableWidth = 100
	// minRule is the width that the column of rules has at least. A line is longer than tableWidth only if the name of a field
	// and the marks of the columns leave less.
	minRule = 16
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

const legend = "A letter: the caller may use the field. 2: after a second factor. !: after signing in again. -: not.\n\n"

// toText returns the table with one letter for each caller. Every line of a field begins with its name.
func toText(p *auth.Policy, columns []Column) string {
	var b strings.Builder
	heads := make([]byte, len(columns))
	for i, c := range columns {
		heads[i] = letters[i%len(letters)]
		fmt.Fprintf(&b, "%c  %s\n", heads[i], c.Name)
	}
	b.WriteString(legend)
	rows := Table(p, columns)
	field, rule := len("field"), len("rule")
	for _, row := range rows {
		field, rule = max(field, len(row.Field)), max(rule, len(row.Rule))
	}
	const gaps = 4
	rule = min(rule, max(minRule, tableWidth-field-len(heads)-gaps))
	line := func(name, text string, marks []byte) {
		b.WriteString(strings.TrimRight(fmt.Sprintf("%-*s  %-*s  %s", field, name, rule, text, marks), " ") + "\n")
	}
	line("field", "rule", heads)
	for _, row := range rows {
		marks := make([]byte, len(columns))
		for i, c := range columns {
			marks[i] = mark(row.Access[c.Name], heads[i])
		}
		for text := range strings.Lines(wrapped(row.Rule, rule)) {
			line(row.Field, strings.TrimSuffix(text, "\n"), marks)
			marks = nil
		}
	}
	return b.String()
}

// mark returns the result of a caller as one character.
func mark(code auth.Code, letter byte) byte {
	switch code {
	case "":
		return letter
	case auth.SecondFactorRequired:
		return '2'
	case auth.ReauthenticationRequired:
		return '!'
	default:
		return '-'
	}
}

// wrapped breaks a text into lines of at most width bytes: at spaces, and names that are longer behind a slash or anywhere.
func wrapped(text string, width int) string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for line = word; len(line) > width; {
			cut := strings.LastIndexByte(line[:width], '/') + 1
			if cut == 0 {
				cut = width
			}
			lines, line = append(lines, line[:cut]), line[cut:]
		}
	}
	return strings.Join(append(lines, line), "\n") + "\n"
}

// toMarkdown returns the table in Markdown.
func toMarkdown(p *auth.Policy, columns []Column) string {
	var b strings.Builder
	write := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	head := []string{"field", "rule"}
	for _, c := range columns {
		head = append(head, c.Name)
	}
	write(head)
	b.WriteString(strings.Repeat("|---", len(head)) + "|\n")
	for _, row := range Table(p, columns) {
		cells := []string{row.Field, strings.ReplaceAll(row.Rule, "|", "or")}
		for _, c := range columns {
			cells = append(cells, cell(row.Access[c.Name]))
		}
		write(cells)
	}
	return b.String()
}

// cell returns the result of a caller in words.
func cell(code auth.Code) string {
	switch code {
	case "":
		return "yes"
	case auth.SecondFactorRequired:
		return "2nd factor"
	case auth.ReauthenticationRequired:
		return "prove again"
	default:
		return "-"
	}
}
