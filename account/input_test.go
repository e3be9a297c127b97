package account

import (
	"strings"
	"testing"
)

func TestParseEmail(t *testing.T) {
	for _, row := range []struct {
		name, typed, key string // key "": refused
	}{
		{"plain", "ada@example.com", "ada@example.com"},
		{"case and space", " \tAda@EXAMPLE.com\n", "ada@example.com"},
		{"plus and dots", "a.b+c@x-y.example.com", "a.b+c@x-y.example.com"},
		{"another script", "Дуня@Почта.рф", "дуня@xn--80a1acny.xn--p1ai"},
		{"a domain as DNS has it", "a@XN--MNCHEN-3YA.de", "a@xn--mnchen-3ya.de"},
		{"the same domain as people write it", "a@München.de", "a@xn--mnchen-3ya.de"},
		{"sharp s is no ss", "weiß@example.com", "weiß@example.com"},
		{"nor in a domain", "a@straße.de", "a@xn--strae-oqa.de"},
		{"a ligature", "\ufb01rma@example.com", "\ufb01rma@example.com"},
		{"a variation selector", "admin\ufe0f@example.com", ""},
		{"a grapheme joiner", "ad\u034fmin@example.com", ""},
		{"a Hangul filler", "admin\u3164@example.com", ""},
		{"a filler in the domain", "admin@exam\u115fple.com", ""},
		{"composed and decomposed", "Jose\u0301@example.com", "josé@example.com"},
		{"254 bytes", "a@" + strings.Repeat(strings.Repeat("b", 62)+".", 4)[:251] + "c", "a@" + strings.Repeat(strings.Repeat("b", 62)+".", 4)[:251] + "c"},
		{"255 bytes", "ab@" + strings.Repeat(strings.Repeat("b", 62)+".", 4)[:251] + "c", ""},
		{"empty", "", ""},
		{"no at", "ada.example.com", ""},
		{"no local part", "@example.com", ""},
		{"one label", "ada@localhost", ""},
		{"two ats", "a@b@example.com", ""},
		{"a dot at the end", "ada.@example.com", ""},
		{"two dots", "a..b@example.com", ""},
		{"a hyphen first", "ada@-example.com", ""},
		{"a display name", "Ada <ada@example.com>", ""},
		{"a list", "ada@example.com,eve@example.com", ""},
		{"a comment", "ada(x)@example.com", ""},
		{"a quoted part", `"a b"@example.com`, ""},
		{"CR LF", "ada@example.com\r\nBcc: eve@example.com", ""},
		{"NUL", "ada\x00@example.com", ""},
		{"zero-width space", "ada\u200b@example.com", ""},
		{"right-to-left override", "ada\u202e@example.com", ""},
		{"an emoji", "\U0001F600@example.com", ""},
		{"not UTF-8", "ada\xff@example.com", ""},
		{"a long local part", strings.Repeat("a", 65) + "@example.com", ""},
		{"an underscore in the domain", "ada@exa_mple.com", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, fault := parseEmail("email", row.typed)
			if (fault == nil) != (row.key != "") || got.Key != row.key {
				t.Errorf("got %q, %v, want %q", got.Key, fault, row.key)
			}
			if fault == nil && got.Typed != strings.TrimSpace(row.typed) {
				t.Errorf("kept as %q", got.Typed)
			}
		})
	}
}

func TestCheckDisplayName(t *testing.T) {
	for _, row := range []struct {
		name, typed string
		ok          bool
	}{
		{"plain", "Ada Lovelace", true},
		{"emoji of several code points", "\U0001F469\u200D\U0001F4BB", true},
		{"100 characters of 4 bytes", strings.Repeat("\U0001F600", 100), true},
		{"101 characters", strings.Repeat("a", 101), false},
		{"NUL", "a\x00b", false},
		{"a line break", "a\nb", false},
		{"a direction override", "a\u202eb", false},
		{"not UTF-8", "\xff", false},
		{"Japanese ideographic variation", "\u8fba\U000E0104\u9089\U000E01EF", true},
		{"Hebrew with a direction mark", "\u05d3\u05d5\u05d3 (Bob)\u200f", true},
		{"left-to-right mark", "\u05d3\u200e-1", true},
		{"Arabic letter mark", "\u0623\u062d\u0645\u062f\u061c 7", true},
		{"Persian with a non-joiner", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", true},
		{"Sinhala with a joiner", "\u0dc1\u0dca\u200d\u0dbb\u0dd3", true},
		{"Mongolian variation", "\u182d\u180b", true},
		{"text and emoji presentation", "\u2764\ufe0f \u2764\ufe0e", true},
		{"keycap", "1\ufe0f\u20e3", true},
		{"family of emoji", "\U0001F468\u200D\U0001F469\u200D\U0001F467", true},
		{"skin tone", "\U0001F44D\U0001F3FD", true},
		{"flag of Wales", "\U0001F3F4\U000E0067\U000E0062\U000E0077\U000E006C\U000E0073\U000E007F", true},
		{"tags without a flag", "a\U000E0067\U000E0062\U000E007F", false},
		{"Arabic number sign", "\u0600\u0661", true},
		{"left-to-right embedding", "a\u202ab", false},
		{"right-to-left embedding", "a\u202bb", false},
		{"end of direction", "a\u202cb", false},
		{"left-to-right override", "a\u202db", false},
		{"left-to-right isolate", "a\u2066b", false},
		{"right-to-left isolate", "a\u2067b", false},
		{"first strong isolate", "a\u2068b", false},
		{"end of isolate", "a\u2069b", false},
		{"zero-width space", "a\u200bb", false},
		{"word joiner", "a\u2060b", false},
		{"byte order mark", "a\ufeffb", false},
		{"soft hyphen", "a\u00adb", false},
		{"Hangul filler", "a\u3164b", false},
		{"deprecated language tag", "a\U000E0001b", false},
		{"line separator", "a\u2028b", false},
		{"only joiners and marks", "\u200d\u200f\ufe0f", false},
		{"only spaces", "\u3000 ", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			reason := row.typed
			if fault := checkText("reason", &reason); row.name != "101 characters" && (fault == nil) != row.ok {
				t.Errorf("as a reason: got %v, want ok %v", fault, row.ok)
			}
			if got, fault := checkDisplayName("displayName", &row.typed); (fault == nil) != row.ok || row.ok && *got != row.typed {
				t.Errorf("got %v, want ok %v", fault, row.ok)
			}
		})
	}
	hidden := "Ada\u202eLovelace"
	if _, fault := checkDisplayName("displayName", &hidden); fault == nil || !strings.Contains(fault.Message, "U+202E") {
		t.Errorf("got %v, want the character U+202E in the message", fault)
	}
	empty := ""
	if got, fault := checkDisplayName("displayName", &empty); got != nil || fault != nil {
		t.Errorf("an empty name is none: got %v, %v", got, fault)
	}
}

func TestClient_Clean(t *testing.T) {
	for _, row := range []struct{ name, agent, want string }{
		{"plain", "curl/8", "curl/8"},
		{"control characters", "a\x00\r\nb\x7f", "ab"},
		{"not UTF-8", "a\xffb", "a\uFFFDb"},
		{"long", strings.Repeat("é", 300), strings.Repeat("é", 256)},
		{"cut inside a character", "a" + strings.Repeat("é", 300), "a" + strings.Repeat("é", 255)},
	} {
		if got := (Client{UserAgent: row.agent}).Clean().UserAgent; got != row.want {
			t.Errorf("%s: got %q, want %q", row.name, got, row.want)
		}
	}
}

func TestIDs(t *testing.T) {
	id := newID(userPrefix)
	for text, want := range map[string]bool{
		id: true, strings.ToUpper(id): false, id + "0": false, "user_": false, "user": false, "": false,
		"session_" + strings.TrimPrefix(id, "user_"): false, "user_\x00": false,
	} {
		if got := IsUserID(text); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}
