package account

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"authgraph/auth"
)

func TestWords(t *testing.T) {
	for _, row := range []struct {
		name, email, shown, want string
	}{
		{"parts of an address", "Ada.Lovelace_x-y+z@Mail.Example.com", "", "ada com example lovelace mail x y z"},
		{"words of a name", "a@b.de", "Ada, Countess  of Lovelace", "a ada b countess de lovelace of"},
		{"accents and case", "a@b.de", "ÉLODIE Müller Straße Øster Ανδρέας Йод", "a b de elodie muller oster strasse ανδρεασ иод"},
		{"width and composition", "a@b.de", "Ａｄａ Zoe\u0301", "a ada b de zoe"},
		{"Chinese", "a@b.de", "王小明", "a b de 小明 明 王小明"},
		{"Japanese and Latin", "a@b.de", "山田Taro", "a b de taro 山田taro 田taro"},
		{"voiced kana stay", "a@b.de", "がく", "a b de がく く"},
		{"Thai begins no word with a mark", "a@b.de", "ดีใจ", "a b de จ ดีใจ ใจ"},
		{"an emoji", "a@b.de", "🦊", "a b de 🦊"},
		{"an international domain, in both forms", "a@bücher.example", "", "a bcher bucher example kva xn"},
	} {
		email, fault := parseEmail("", row.email)
		if fault != nil {
			t.Fatal(fault)
		}
		if got := strings.Join(Words(email, &row.shown), " "); got != row.want {
			t.Errorf("%s: got %q, want %q", row.name, got, row.want)
		}
	}
}

func TestWords_Bounded(t *testing.T) {
	var many strings.Builder
	for n := range 2 * MaxWords {
		many.WriteString(" " + strconv.Itoa(n))
	}
	for name, shown := range map[string]string{
		"many words": many.String(),
		"ideographs": strings.Repeat("一二三四五六七八九十", 10), "phrases": strings.Repeat("\ufdfa", 100), "one long word": strings.Repeat("x", 100),
	} {
		words := Words(Email{Typed: strings.Repeat("a.", 100) + "@b.de"}, &shown)
		if len(words) > MaxWords ||
			slices.ContainsFunc(words, func(w string) bool { return utf8.RuneCountInString(w) > MaxWordLength }) {
			t.Errorf("%s: got %d words, want at most %d of %d characters", name, len(words), MaxWords, MaxWordLength)
		}
	}
}

func TestQueryWords(t *testing.T) {
	for _, row := range []struct{ query, want string }{
		{"ada@exam", "ada exam"},
		{"  LOVE  ada ", "ada love"},
		{"an Anna ann", "anna"},
		{"@.", ""},
		{strings.Repeat("ä", 40), strings.Repeat("a", MaxWordLength)},
	} {
		if got, err := QueryWords(row.query); err != nil || strings.Join(got, " ") != row.want {
			t.Errorf("%q: got %q, %v, want %q", row.query, got, err, row.want)
		}
	}
	_, err := QueryWords("a b c d e f g h i j k l m n o p q")
	var e *auth.Error
	if !errors.As(err, &e) || e.Code != auth.BadUserInput {
		t.Errorf("17 words: got %v, want BAD_USER_INPUT of query", err)
	} else if e.Field != "query" || e.Reason != auth.ValueTooLong {
		t.Errorf("17 words: got %v, want BAD_USER_INPUT of query", err)
	}
}

// FuzzWords holds each account to being found by its address and its name, typed whole or cut short, within the bounds.
func FuzzWords(f *testing.F) {
	f.Add("ada@example.com", "Ada 王小明 Ｅ́")
	f.Fuzz(func(t *testing.T, typed, name string) {
		email, fault := parseEmail("", typed)
		shown, nameFault := checkDisplayName("", &name)
		if fault != nil || nameFault != nil {
			return
		}
		words := Words(email, shown)
		if len(words) == MaxWords {
			return // some are left out
		}
		for _, text := range []string{email.Typed, email.Key, name} {
			query, err := QueryWords(text)
			if err != nil {
				continue
			}
			for _, word := range query {
				if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, word) }) {
					t.Fatalf("%q, %q: no word of %q begins with %q", typed, name, words, word)
				}
			}
		}
		for _, word := range words {
			if utf8.RuneCountInString(word) > MaxWordLength || strings.ContainsAny(word, " \x00") {
				t.Fatalf("%q is a word of %q, %q", word, typed, name)
			}
		}
	})
}
