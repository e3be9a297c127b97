package serverkit

import (
	"runtime/debug"
	"strings"
)

// Version describes the build: version, commit, the commit's date, and the Go release. `go build` in a checkout stamps
// them; the modified mark means uncommitted changes.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "authgraph (unknown)"
	}
	return versionOf(info)
}

func versionOf(info *debug.BuildInfo) string {
	parts := []string{"authgraph", info.Main.Version}
	stamped := map[string]string{}
	for _, s := range info.Settings {
		stamped[s.Key] = s.Value
	}
	if commit := stamped["vcs.revision"]; commit != "" {
		if stamped["vcs.modified"] == "true" {
			commit += " (modified)"
		}
		parts = append(parts, "commit "+commit)
	}
	if date := stamped["vcs.time"]; date != "" {
		parts = append(parts, date)
	}
	return strings.Join(append(parts, info.GoVersion), " ")
}
