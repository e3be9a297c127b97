package account

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"authgraph/auth"
)

// The bounds of search words: of an account, of a word in characters, and of a search. An address of 254 bytes and a name of
// 100 characters stay below the first, except for characters that Unicode spells out as whole phrases.
const (
	MaxWords      = 256
	MaxWordLength = 32
	MaxQueryWords = 16
)

// Words returns the search words of an account, sorted: each run of letters, digits and symbols of its address and its
// name, without case and accents. A run in a script that puts no spaces between words begins a word at each character.
func Words(email Email, name *string) []string {
	texts := []string{email.Typed, email.Key}
	if name != nil {
		texts = append(texts, *name)
	}
	var words []string
	for _, text := range texts {
		for run := range runs(text) {
			words = append(words, wordStarts(run)...)
		}
	}
	slices.Sort(words)
	words = slices.Compact(words)
	return words[:min(len(words), MaxWords)]
}

// QueryWords returns the words of a search text. More than MaxQueryWords are an error of the field query.
func QueryWords(query string) ([]string, error) {
	var words []string
	for run := range runs(query) {
		words = append(words, truncate(run))
	}
	slices.Sort(words)
	words = slices.Compact(words)
	// A word that begins the next one is implied by it.
	reduced := words[:0]
	for i, word := range words {
		if i+1 == len(words) || !strings.HasPrefix(words[i+1], word) {
			reduced = append(reduced, word)
		}
	}
	if len(reduced) > MaxQueryWords {
		return nil, invalid("query", auth.ValueTooLong, "A search has at most %d words", MaxQueryWords)
	}
	return reduced, nil
}

// runs returns the runs of word characters of a folded text.
func runs(text string) func(func(string) bool) {
	return strings.FieldsFuncSeq(searchFold(text), func(r rune) bool { return !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.So) })
}

// wordStarts returns a run, and what follows each place within it at which a word may begin.
func wordStarts(run string) []string {
	words := []string{truncate(run)}
	var before rune
	for i, r := range run {
		if i > 0 && !unicode.IsMark(r) && (unspaced(r) || unspaced(before)) {
			words = append(words, truncate(run[i:]))
		}
		before = r
	}
	return words
}

// unspaced reports whether r belongs to a script that puts no spaces between words, or between family and given name.
func unspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao,
		unicode.Khmer, unicode.Myanmar, unicode.Bopomofo)
}

// truncate returns the first MaxWordLength characters of a word.
func truncate(word string) string {
	for n := range word {
		if n >= MaxWordLength && utf8.RuneCountInString(word[:n]) == MaxWordLength {
			return word[:n]
		}
	}
	return word
}

// transliterations are letters that have no decomposition in Unicode, and what people type for them.
var transliterations = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'đ': "d", 'ħ': "h", 'ı': "i", 'þ': "th", 'ð': "d",
}

// searchFold returns what texts have in common that differ in case, in width or in the accents of Latin, Greek and Cyrillic
// letters. Marks of other scripts are part of their letters and stay.
func searchFold(text string) string {
	var b strings.Builder
	plain := false
	for _, r := range norm.NFKD.String(text) {
		switch {
		case unicode.Is(unicode.Mn, r) && plain, invisible(r):
			continue
		case !unicode.IsMark(r):
			plain = unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic)
		}
		r = foldRune(r)
		if letters, ok := transliterations[r]; ok {
			b.WriteString(letters)
			continue
		}
		b.WriteRune(r)
	}
	return norm.NFC.String(b.String())
}
