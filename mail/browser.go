package mail

import "strings"

// Browser returns the name of the browser and system of a User-Agent, from fixed lists, so that a client cannot write into
// a mail. It is "" for an unknown one.
func Browser(userAgent string) string {
	browser := firstOf(userAgent, browsers)
	system := firstOf(userAgent, systems)
	if browser != "" && system != "" {
		return browser + " (" + system + ")"
	}
	return browser + system
}

// pair is a part of a User-Agent and its name.
type pair struct{ part, name string }

// browsers are in the order in which they are looked for, because most name others too.
var browsers = []pair{
	{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
	{"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"},
}

var systems = []pair{
	{"Windows", "Windows"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"CrOS", "ChromeOS"},
	{"Mac OS X", "macOS"}, {"Macintosh", "macOS"}, {"Linux", "Linux"},
}

func firstOf(text string, pairs []pair) string {
	for _, p := range pairs {
		if strings.Contains(text, p.part) {
			return p.name
		}
	}
	return ""
}
