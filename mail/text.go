package mail

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxValue is the maximum length of a value in a mail, in bytes.
const maxValue = 1000

// clean returns text on one line without control characters and without characters that show nothing, such as those that
// reverse the order of the following text (Unicode TR 36, 2.1). It cuts text after maxValue bytes.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	text = strings.TrimSpace(text)
	if len(text) > maxValue {
		cut := maxValue
		for !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut]
	}
	return text
}

// line returns the words of a text on one line.
func line(text string) string { return strings.Join(strings.Fields(text), " ") }

// paragraphs returns the parts of a text between blank lines, each on one line.
func paragraphs(text string) (all []string) {
	var words []string
	flush := func() {
		if len(words) > 0 {
			all, words = append(all, strings.Join(words, " ")), nil
		}
	}
	for row := range strings.Lines(text) {
		if fields := strings.Fields(row); len(fields) > 0 {
			words = append(words, fields...)
		} else {
			flush()
		}
	}
	flush()
	return all
}
