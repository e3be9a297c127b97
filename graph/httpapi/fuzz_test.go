package httpapi

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/graph/reqctx"
	"authgraph/graph/stream"
)

// The grammar of an Accept header as RFC 9110, 5.6 and 12.5.1 has it, without what has no meaning of its own here: a range
// whose type or parameters are none is left to the code. Lists with empty elements are lists.
const (
	acceptToken  = "[!#$%&'+.^_`|~0-9A-Za-z-]+"
	acceptParam  = `[ \t]*;[ \t]*(` + acceptToken + `)=(` + acceptToken + `|"(?:[^"\\\x00-\x1f\x7f-\x{10FFFF}]|\\[\x20-\x7e])*")`
	acceptRange  = `(\*/\*|` + acceptToken + `/\*|` + acceptToken + `/` + acceptToken + `)((?:` + acceptParam + `)*)`
	acceptHeader = `^[ \t]*(?:` + acceptRange + `)?(?:[ \t]*,[ \t]*(?:` + acceptRange + `)?)*[ \t]*$`
)

var (
	acceptHeaderForm = regexp.MustCompile(acceptHeader)
	acceptRangeForm  = regexp.MustCompile(acceptRange)
	acceptParamForm  = regexp.MustCompile(acceptParam)
	qvalueForm       = regexp.MustCompile(`^(0(\.[0-9]{0,3})?|1(\.0{0,3})?)$`)
)

// preferred reads an Accept header by its grammar, range by range; ok is false where the header does not follow it.
func preferred(header string) (media string, events, ok bool) {
	if !acceptHeaderForm.MatchString(header) {
		return "", false, false
	}
	best := map[string][2]float64{} // by media type: the specificity of the range, and its q
	for _, m := range acceptRangeForm.FindAllStringSubmatch(header, -1) {
		name, q, input := strings.ToLower(m[1]), 1.0, map[string]bool{}
		taken := true
		for _, p := range acceptParamForm.FindAllStringSubmatch(m[2], -1) {
			key, value := strings.ToLower(p[1]), p[2]
			if input[key] || strings.ContainsAny(key, "*") ||
				strings.Contains(value, `\`) && (key == "q" || key == "charset") {
				return "", false, false // extended and escaped values, and the same one twice: package mime's to read
			}
			value = strings.Trim(value, `"`)
			input[key] = true
			switch key {
			case "charset":
				taken = taken && strings.EqualFold(value, "utf-8")
			case "q":
				if !qvalueForm.MatchString(value) {
					return "", false, false
				}
				q, _ = strconv.ParseFloat(value, 64)
			}
		}
		if !taken {
			continue
		}
		if name == stream.MediaEvents {
			events = q > 0
		}
		for _, is := range []string{mediaGraphQL, mediaJSON} {
			specific := map[string]float64{"*/*": 1, "application/*": 2, is: 3}[name]
			if held := best[is]; specific > held[0] || specific == held[0] && specific > 0 && q > held[1] {
				best[is] = [2]float64{specific, q}
			}
		}
	}
	newer, older := best[mediaGraphQL], best[mediaJSON]
	switch {
	case strings.Trim(header, " \t") == "":
		return mediaJSON, events, true
	case newer[1] == 0 && older[1] == 0:
		return "", events, true
	case newer[1] > older[1], newer[1] == older[1] && newer[0] == 3: // named, and not liked less
		return mediaGraphQL, events, true
	default:
		return mediaJSON, events, true
	}
}

func FuzzNegotiate(f *testing.F) {
	f.Fuzz(func(t *testing.T, first, second string) {
		media, events := negotiate([]string{first, second})
		if media != "" && media != mediaJSON && media != mediaGraphQL {
			t.Fatalf("%q, %q: nobody serves %q", first, second, media)
		}
		if want, wantEvents, ok := preferred(first + "," + second); ok && (media != want || events != wantEvents) {
			if strings.Trim(first+second, " \t") != "" { // two empty lines are one empty header
				t.Fatalf("%q, %q: got %q, %v, want %q, %v", first, second, media, events, want, wantEvents)
			}
		}
	})
}

// FuzzAddresses has a client write whatever it wants into the headers before a proxy adds where the client is.
func FuzzAddresses(f *testing.F) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	f.Fuzz(func(t *testing.T, peer, said string, one bool) {
		for header, written := range map[string][]string{
			"X-Forwarded-For": {"192.0.2.60", "192.0.2.60:4711", "[::ffff:192.0.2.60]:1"},
			forwarded: {
				"for=192.0.2.60", `proto=http;FOR="192.0.2.60:4711";by=_x`, `for=192.0.2.60;host="a\",b,for=203.0.113.1"`,
			},
		} {
			a := Addresses{trusted, header}
			of := func(from string, lines ...string) string {
				return a.client(&http.Request{RemoteAddr: from, Header: http.Header{header: lines}})
			}
			for _, by := range written {
				lines := []string{said, by}
				if one {
					lines = []string{said + ", " + by}
				}
				if got := of("10.0.0.1:1", lines...); got != "192.0.2.60" {
					t.Fatalf("%s: %q: got %q, and the proxy says 192.0.2.60", header, lines, got)
				}
				if got := of("192.0.2.7:1", lines...); got != "192.0.2.7" {
					t.Fatalf("%s: %q: got %q for who is no proxy", header, lines, got)
				}
			}
			for _, got := range []string{of(peer, said), of("10.0.0.1:1", said)} {
				if got != "" {
					if ip, err := netip.ParseAddr(got); err != nil || ip.String() != got {
						t.Fatalf("%s from %q: %q: %q is not an address in its usual form: %v", header, peer, said, got, err)
					} else if ip.Zone() != "" || ip.Is4In6() {
						t.Fatalf("%s from %q: %q: %q is not an address of a network", header, peer, said, got)
					}
				}
				if c := (account.Client{IPAddress: got}); (c.Network() == "") != (got == "") {
					t.Fatalf("%q is of network %q", got, c.Network())
				}
			}
		}
	})
}

// FuzzReadRequest reads bodies and query strings. An accepted body means the same to every JSON parser. A refusal has a fixed
// message.
func FuzzReadRequest(f *testing.F) {
	words := regexp.MustCompile("^(Content-Type must be application/json in UTF-8|The body [a-zA-Z ;,]+|The query string is malformed|" +
		"`(query|operationName|variables|extensions)` [a-zA-Z ]+)$")
	f.Fuzz(func(t *testing.T, body, contentType, query string) {
		post := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body))
		post.Header.Set("Content-Type", contentType)
		get := httptest.NewRequest(http.MethodGet, "/graphql", nil)
		get.URL.RawQuery = query
		for _, r := range []*http.Request{post, get} {
			p, wrong := readRequest(r, &valueLimit{max: 2000})
			if wrong != nil {
				if wrong.exceeded != nil && wrong.exceeded.Code == auth.LimitExceeded && wrong.status == http.StatusBadRequest {
					continue
				}
				if p != nil || wrong.status < 400 || wrong.status > 415 {
					t.Fatalf("refused with %d %q", wrong.status, wrong.message)
				}
				if !words.MatchString(wrong.message) || wrong.refusal().Code != auth.BadRequest {
					t.Fatalf("refused with %d %q", wrong.status, wrong.message)
				}
				continue
			}
			if p.Query == "" || !utf8.ValidString(p.Query) || reqctx.HasLoneSurrogate(p.Query) {
				t.Fatalf("took %q", p.Query)
			}
			if _, err := json.Marshal(p.Variables); err != nil {
				t.Fatalf("took variables that are no JSON: %v", err)
			}
			if r == post {
				var plain struct{ Query, OperationName string }
				if err := json.Unmarshal([]byte(body), &plain); err != nil {
					t.Fatalf("took what is no JSON to others: %v", err)
				}
				if named := regexp.MustCompile(`(?i)"(query|operationname)"`); len(named.FindAllString(body, -1)) == 1 && plain.Query != p.Query {
					t.Fatalf("the query is %q to others, and %q here", plain.Query, p.Query)
				}
			}
		}
	})
}

// FuzzCookies reads cookies and origins. The value that a cookie was set to is read again.
func FuzzCookies(f *testing.F) {
	c := NewCookies(true, "", NewOrigins("https://accounts.example.com", []string{"https://app.example.com"}))
	f.Fuzz(func(t *testing.T, header, origin, site, token string) {
		r := httptest.NewRequest(http.MethodPost, "https://accounts.example.com/graphql", nil)
		r.Header = http.Header{"Cookie": {header}, "Origin": {origin}, "Sec-Fetch-Site": {site}}
		x := c.begin(r)
		listed := strings.EqualFold(origin, "https://app.example.com") || strings.EqualFold(origin, "https://accounts.example.com")
		_, faulty := url.Parse(origin)
		scheme, _, ownScheme := strings.Cut(strings.ToLower(origin), "://")
		ownScheme = ownScheme && scheme != "http" && scheme != "https"
		if here := !ownScheme && (site == "same-origin" || site == "none" ||
			site == "" && (origin == "" || faulty == nil && strings.HasSuffix(origin, "://accounts.example.com"))); x.Foreign == (listed || here) {
			t.Fatalf("origin %q, Sec-Fetch-Site %q: foreign is %v", origin, site, x.Foreign)
		}
		if !strings.Contains(header, c.RefreshToken+"=") && x.RefreshToken != "" {
			t.Fatalf("%q: token %q, mark %q", header, x.RefreshToken, x.DeviceToken)
		}
		if !strings.Contains(header, c.DeviceToken+"=") && x.DeviceToken != "" {
			t.Fatalf("%q: token %q, mark %q", header, x.RefreshToken, x.DeviceToken)
		}
		if !regexp.MustCompile(`^[A-Za-z0-9._-]{1,200}$`).MatchString(token) { // as tokens and marks are
			return
		}
		x.SetRefreshToken(token, &account.Session{AbsoluteExpiresAt: time.Unix(60, 0), ReadAt: time.Unix(0, 0)})
		x.SetDeviceToken(token)
		back := httptest.NewRequest(http.MethodPost, "https://accounts.example.com/graphql", nil)
		for _, cookie := range x.Set {
			if text := cookie.String(); !strings.Contains(text, "; HttpOnly; Secure; SameSite=Strict") ||
				!strings.Contains(text, "; Path=/;") {
				t.Fatalf("set as %q", text)
			}
			back.AddCookie(cookie)
		}
		y := c.begin(back)
		if marked := x.Browser && !x.Foreign; y.RefreshToken != token || (y.DeviceToken == token) != marked {
			t.Fatalf("%q comes back as %q, and as the mark %q", token, y.RefreshToken, y.DeviceToken)
		}
	})
}
