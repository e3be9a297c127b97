package config

import (
	"regexp"
	"strings"
)

const prefix = "AUTHGRAPH_"

// unknown reports variables that look like settings and are none: a mistyped
// AUTHGRAPH_REGISTRATION would otherwise leave the door open without a word.
func (f *faults) unknown(all []setting, env map[string]string) {
	known := map[string]bool{}
	for _, s := range all {
		known[s.name] = true
		if s.fileVariable != "" {
			known[s.fileVariable] = true
		}
	}
	for name, value := range env {
		if !strings.HasPrefix(name, prefix) || known[name] || injected(name, value) {
			continue
		}
		right := "docs/configuration.md lists the settings"
		if near := nearest(name, known); near != "" {
			right = "did you mean " + near + "?"
		}
		f.add(name, "is not a setting", right)
	}
}

var (
	// serviceVariable and portVariable are the variables of a Kubernetes Service whose name begins with "authgraph", in the
	// forms that kubelet injects into each container: {NAME}_SERVICE_HOST, {NAME}_SERVICE_PORT[_{PORT}], and Docker's
	// {NAME}_PORT_{n}_{PROTOCOL}[_{PART}].
	serviceVariable = regexp.MustCompile(`^AUTHGRAPH_(.+_)?SERVICE_(HOST|PORT(_.+)?)$`)
	portVariable    = regexp.MustCompile(`^AUTHGRAPH_(.+_)?PORT_[0-9]+_(TCP|UDP|SCTP)(_.+)?$`)
	urlVariable     = regexp.MustCompile(`^AUTHGRAPH_(.+_)?PORT$`)
	portURL         = regexp.MustCompile(`^(tcp|udp|sctp)://`)
)

// injected reports whether Kubernetes set a variable for a Service.
func injected(name, value string) bool {
	return serviceVariable.MatchString(name) || portVariable.MatchString(name) ||
		urlVariable.MatchString(name) && portURL.MatchString(value)
}

// nearest returns the known name that the fewest edits make of name, or "" if
// that would be another name altogether. The prefix doesn't count, so that
// AUTHGRAPH_DATABASE_URL leads to DATABASE_URL.
func nearest(name string, known map[string]bool) string {
	name = strings.TrimPrefix(name, prefix)
	best, fewest := "", 2+len(name)/3
	for candidate := range known {
		edits := distance(name, strings.TrimPrefix(candidate, prefix))
		if edits < fewest || edits == fewest && best != "" && candidate < best {
			best, fewest = candidate, edits
		}
	}
	return best
}

// distance is Levenshtein's: how many letters to insert, delete or replace.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
