package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strings"
)

// prose is one piece of text: a comment, paragraph, heading, list item, table cell, description or console text.
type prose struct {
	line int
	text string
	unit bool // its first word is an opening, even in lower case
}

// openings are the words that begin no sentence, besides a word that is banned everywhere. STYLE: the subject of a sentence
// comes first, and it is a noun.
const openings = `(What|Who|Whatever|Of|Those|That|One)\b`

var (
	firstWord    = regexp.MustCompile(`^[\s"'“‘(*_]*(?i:` + openings + `)`)
	sentenceWord = regexp.MustCompile(`[.!?][)"'”’*]*\s+["'“‘(*_]*` + openings)
	abbreviation = regexp.MustCompile(`\b(e\.g|i\.e|cf|vs|etc)\.$`)
	bannedWord   = regexp.MustCompile(`(?i)\b(nobody|strangers?|somebody|whoever|counts?\s+for\s+nothing|goes\s+on|runs\s+out|anew|` +
		`hears?\s+of|(is|are)\s+told|finds\s+out|puts\s+up\s+with|lies\s+apart|beside|beyond|so\s+many|in\s+vain|meanwhile|lest|` +
		`in\s+any\s+case|there\s+(is|are)\s+none)\b`)
	proseCode = regexp.MustCompile("(?s)``.+?``|`[^`]*`")
)

// ban is a banned opening, with some of the words after it, or a banned word.
type ban struct {
	line int
	text string
}

// bannedIn returns the banned openings and words of p.
func bannedIn(p prose) (all []ban) {
	add := func(start, end int) {
		all = append(all, ban{p.line + strings.Count(p.text[:start], "\n"), oneLine(p.text[start:end])})
	}
	if m := firstWord.FindStringSubmatchIndex(p.text); m != nil && (p.unit || p.text[m[2]] < 'a') {
		add(m[2], min(m[3]+40, len(p.text)))
	}
	for _, m := range sentenceWord.FindAllStringSubmatchIndex(p.text, -1) {
		if !abbreviation.MatchString(p.text[:m[0]+1]) {
			add(m[2], min(m[3]+40, len(p.text)))
		}
	}
	for _, m := range bannedWord.FindAllStringIndex(p.text, -1) {
		add(m[0], m[1])
	}
	return all
}

var (
	sentenceEnd  = regexp.MustCompile(`[.!?][)"'”’*]*(?:\s+|$)`)
	markdownLink = regexp.MustCompile(`\]\([^)]*\)`)
	letterOrNum  = regexp.MustCompile(`[\pL\pN]`)
)

// longSentences returns the sentences of p with more than limit words. Code is not a word.
func longSentences(p prose, limit int) (all []ban) {
	if !p.unit {
		return nil
	}
	text, start := markdownLink.ReplaceAllString(p.text, "]"), 0
	for _, m := range append(sentenceEnd.FindAllStringIndex(text, -1), []int{len(text), len(text)}) {
		if abbreviation.MatchString(text[:m[0]+min(1, m[1]-m[0])]) {
			continue
		}
		words := 0
		for word := range strings.FieldsSeq(text[start:m[1]]) {
			if letterOrNum.MatchString(word) {
				words++
			}
		}
		if words > limit {
			all = append(all, ban{p.line + strings.Count(text[:start], "\n"), oneLine(text[start:m[1]])})
		}
		start = m[1]
	}
	return all
}

// decisionsSince is the date of the first document of decisions that is counted: earlier ones are history.
const decisionsSince = "docs/decisions/2026-12"

// proseReader returns the function that finds the prose of a file, nil for a file without prose that is counted.
func proseReader(name string) func(string) []prose {
	has := func(part string) bool { return strings.Contains("/"+name, part) }
	switch {
	case has("/testdata/"), has("/dist/"), has("/node_modules/"), has("/licenses"), has("/LICENSE"), name == "CHANGELOG.md":
	case has("/docs/decisions/") && name < decisionsSince:
	case strings.HasSuffix(name, ".go"):
		return goProse
	case strings.HasSuffix(name, ".md"):
		return markdownProse
	case strings.HasSuffix(name, ".graphqls"):
		return schemaProse
	case strings.HasPrefix(name, "web/") && has("/i18n/en."):
		return consoleProse
	}
	return nil
}

// withoutCode returns text without its code spans, and with their line ends.
func withoutCode(text string) string {
	return proseCode.ReplaceAllStringFunc(text, func(span string) string { return "`" + strings.Repeat("\n", strings.Count(span, "\n")) + " `" })
}

// goProse returns the comments of a Go file by paragraphs, without directives, code blocks and generated files.
func goProse(text string) (all []prose) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil || ast.IsGenerated(file) {
		return nil
	}
	for _, group := range file.Comments {
		p := prose{unit: true}
		end := func() {
			if strings.TrimSpace(p.text) != "" {
				p.text = withoutCode(p.text)
				all = append(all, p)
			}
			p = prose{unit: true}
		}
		for _, comment := range group.List {
			line := set.Position(comment.Pos()).Line
			body, isLine := strings.CutPrefix(comment.Text, "//")
			if isLine && (strings.HasPrefix(body, "go:") || strings.HasPrefix(body, "nolint")) {
				continue
			}
			body = strings.TrimSuffix(strings.TrimPrefix(body, "/*"), "*/")
			for part := range strings.SplitSeq(body, "\n") {
				code := strings.HasPrefix(part, "\t") || strings.HasPrefix(part, " \t")
				item := listItem.MatchString(strings.TrimSpace(part))
				if code || item || strings.TrimSpace(part) == "" {
					end()
				}
				if !code {
					if p.text == "" {
						p.line = line
					}
					p.text += strings.TrimPrefix(strings.TrimLeft(part, " "), "# ") + "\n"
					if item {
						p.text = listItem.ReplaceAllString(strings.TrimLeft(p.text, " "), "")
					}
				}
				line++
			}
		}
		end()
	}
	return all
}

var (
	listItem   = regexp.MustCompile(`^(?:[-*+]|\d+[.)]) +`)
	markdownOf = regexp.MustCompile(`^#+ +`)
	tableRule  = regexp.MustCompile(`^[|:\- ]+$`)
)

// markdownProse returns the paragraphs, headings, list items and table cells of a page, without code and HTML comments.
func markdownProse(text string) (all []prose) {
	var p prose
	end := func() {
		if strings.TrimSpace(p.text) != "" {
			p.text = withoutCode(p.text)
			all = append(all, p)
		}
		p = prose{}
	}
	fenced, blank, inList := false, true, false
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimRight(line, "\r\n")
		body := strings.TrimSpace(line)
		indented := strings.HasPrefix(line, "    ")
		switch {
		case strings.HasPrefix(body, "```"):
			end()
			fenced = !fenced
		case fenced:
		case body == "" || strings.HasPrefix(body, "<!--") || strings.HasPrefix(body, "!["):
			end()
			blank = true
			continue
		case indented && blank && !inList:
			continue // code, and the lines after it
		case strings.HasPrefix(body, "|"):
			end()
			if !tableRule.MatchString(body) {
				row := withoutCode(body)
				for cell := range strings.SplitSeq(strings.Trim(row, "|"), "|") {
					if cell = strings.TrimSpace(cell); cell != "" {
						all = append(all, prose{line: number, text: cell})
					}
				}
			}
		case markdownOf.MatchString(body):
			end()
			inList = false
			all = append(all, prose{line: number, text: withoutCode(markdownOf.ReplaceAllString(body, "")), unit: true})
		case listItem.MatchString(body):
			end()
			inList = true
			p = prose{line: number, text: listItem.ReplaceAllString(body, "") + "\n", unit: true}
		default:
			if p.text == "" {
				p = prose{line: number, unit: true}
				inList = inList && indented
			}
			p.text += body + "\n"
		}
		blank = false
	}
	end()
	return all
}

var (
	description = regexp.MustCompile(`(?s)"""(.*?)"""|(?m)^[ \t]*"([^"\n]*)"[ \t]*$|#([^"\n]*)$`)
	literal     = regexp.MustCompile("(?m)^\\s*//.*$|\"((?:[^\"\\\\\n]|\\\\.)*)\"|`([^`]*)`")
	interpolate = regexp.MustCompile(`\$\{[^}]*\}`)
)

// schemaProse returns the descriptions and comments of a schema.
func schemaProse(text string) []prose { return matched(text, description) }

// consoleProse returns the string literals of a file of translations.
func consoleProse(text string) []prose {
	all := matched(text, literal)
	for i := range all {
		all[i].text = interpolate.ReplaceAllString(all[i].text, "` `")
	}
	return all
}

// matched returns the last group of each match that is not empty.
func matched(text string, shape *regexp.Regexp) (all []prose) {
	for _, m := range shape.FindAllStringSubmatchIndex(text, -1) {
		for i := 2; i < len(m); i += 2 {
			if m[i] < 0 || strings.TrimSpace(text[m[i]:m[i+1]]) == "" {
				continue
			}
			all = append(all, prose{line: 1 + strings.Count(text[:m[i]], "\n"), text: withoutCode(text[m[i]:m[i+1]]), unit: true})
		}
	}
	return all
}
