package main

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// entry is one value of an answer.
type entry struct {
	path, value string
	bare        bool // a number, a boolean or null of JSON
}

// shown returns the value as JSON writes it.
func (e entry) shown() string {
	if e.bare {
		return e.value
	}
	return strconv.Quote(e.value)
}

// answer is everything of an answer that is compared, in order.
type answer []entry

func (a *answer) add(path, value string) { *a = append(*a, entry{path: path, value: value}) }

func (a answer) lines() (lines []string) {
	for _, e := range a {
		lines = append(lines, e.path+": "+e.shown())
	}
	return lines
}

// at returns the entry of a path.
func (a answer) at(path string) (entry, bool) {
	i := slices.IndexFunc(a, func(e entry) bool { return e.path == path })
	if i < 0 {
		return entry{}, false
	}
	return a[i], true
}

// ignoredHeaders are not compared: the body is compared in place of its length.
var ignoredHeaders = []string{"Content-Length", "Set-Cookie"}

// addHeader adds status, headers and cookies.
func (a *answer) addHeader(response *http.Response) {
	a.add("status", strconv.Itoa(response.StatusCode))
	names := make([]string, 0, len(response.Header))
	for name := range response.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		switch {
		case slices.Contains(ignoredHeaders, name):
		case name == "Date", name == "X-Request-Id", name == "Sec-Websocket-Accept":
			a.add("header "+name, "<set>")
		default:
			a.add("header "+name, strings.Join(response.Header[name], " | "))
		}
	}
	for _, set := range response.Header["Set-Cookie"] {
		pair, attributes, _ := strings.Cut(set, "; ")
		name, value, _ := strings.Cut(pair, "=")
		a.add("cookie "+name, value)
		for attribute := range strings.SplitSeq(attributes, "; ") {
			key, value, _ := strings.Cut(attribute, "=")
			a.add("cookie "+name+" "+key, value)
		}
	}
}

// unread matches the values that are not compared: messages, and values that differ for each request.
var unread = regexp.MustCompile(`(^|\.)(errors|payload)\[\d*\]\.(message$|extensions\.(requestId$|explanation))`)

// addJSON adds the values of a JSON text by their paths, in the order in which they stand.
func (a *answer) addJSON(path, text string) error {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	return a.addValue(d, path)
}

func (a *answer) addValue(d *json.Decoder, path string) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	delimiter, composite := token.(json.Delim)
	switch {
	case !composite:
		if !unread.MatchString(path) {
			_, text := token.(string)
			*a = append(*a, entry{path, fmt.Sprint(token), !text})
		}
		return nil
	case delimiter == '[' && !d.More(), delimiter == '{' && !d.More():
		a.add(path, string(delimiter))
	case delimiter == '[' && (path == "errors" || strings.HasSuffix(path, ".errors")):
		return a.addErrors(d, path)
	}
	for i := 0; d.More(); i++ {
		at := fmt.Sprintf("%s[%d]", path, i)
		if delimiter == '{' {
			key, err := d.Token()
			if err != nil {
				return err
			}
			at = strings.TrimPrefix(path+"."+key.(string), ".")
		}
		if err := a.addValue(d, at); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}

// addErrors adds a list of errors, sorted. Their order follows the order in which fields that are resolved at once fail.
func (a *answer) addErrors(d *json.Decoder, path string) error {
	var list []answer
	for d.More() {
		var one answer
		if err := one.addValue(d, path+"[]"); err != nil {
			return err
		}
		list = append(list, one)
	}
	slices.SortStableFunc(list, func(x, y answer) int { return slices.Compare(x.lines(), y.lines()) })
	for i, one := range list {
		for _, e := range one {
			e.path = strings.Replace(e.path, path+"[]", fmt.Sprintf("%s[%d]", path, i), 1)
			*a = append(*a, e)
		}
	}
	_, err := d.Token()
	return err
}

var (
	timestamp = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`)
	opaque    = regexp.MustCompile(`[A-Za-z0-9_.=-]{20,}`)
	typed     = regexp.MustCompile(`^([a-z]+_)[0-9a-z]{26}$`)               // an id, which names its type
	seconds   = regexp.MustCompile(`(?i)(retry-?after|expiresIn|max-age)$`) // between two instants
)

// opaqueTexts numbers ids, tokens and cursors in the order in which a side's answers show them.
type opaqueTexts struct {
	numbers map[string]int
	last    int
}

// mask puts a placeholder in the place of each time and each opaque text.
func (o *opaqueTexts) mask(text string) string {
	text = timestamp.ReplaceAllString(text, "<time>")
	return opaque.ReplaceAllStringFunc(text, func(found string) string {
		if !strings.ContainsFunc(found, unicode.IsDigit) || !strings.ContainsFunc(found, unicode.IsLetter) {
			return found // a name
		}
		if o.numbers[found] == 0 {
			o.last++
			o.numbers[found] = o.last
		}
		kind := ""
		if parts := typed.FindStringSubmatch(found); parts != nil {
			kind = parts[1]
		}
		return fmt.Sprintf("<%s%d>", kind, o.numbers[found])
	})
}

// compare returns a line for each difference of two answers.
func compare(base, head answer) (differences []string) {
	for _, b := range base {
		if h, ok := head.at(b.path); !ok {
			differences = append(differences, fmt.Sprintf("%s: base %s, head has none", b.path, b.shown()))
		} else if b.shown() != h.shown() && !near(b, h) {
			differences = append(differences, fmt.Sprintf("%s: base %s, head %s", b.path, b.shown(), h.shown()))
		}
	}
	for _, h := range head {
		if _, ok := base.at(h.path); !ok {
			differences = append(differences, fmt.Sprintf("%s: base has none, head %s", h.path, h.shown()))
		}
	}
	same := func(b, h entry) bool { return b.path == h.path }
	if len(differences) == 0 && !slices.EqualFunc(base, head, same) {
		differences = []string{"the order of values differs"}
	}
	return differences
}

// near reports whether two values are counts of seconds that differ by no more than the time between two requests.
func near(base, head entry) bool {
	b, err := strconv.ParseFloat(base.value, 64)
	h, headErr := strconv.ParseFloat(head.value, 64)
	return err == nil && headErr == nil && base.bare == head.bare && seconds.MatchString(base.path) && math.Abs(b-h) <= 2
}
