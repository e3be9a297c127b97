package serverkit

import (
	"runtime/debug"
	"testing"
)

func TestVersion_Build(t *testing.T) {
	info := func(settings ...debug.BuildSetting) *debug.BuildInfo {
		return &debug.BuildInfo{GoVersion: "go1.26.6", Main: debug.Module{Version: "v1.2.3"}, Settings: settings}
	}
	commit, date := debug.BuildSetting{Key: "vcs.revision", Value: "0123abcd"}, debug.BuildSetting{Key: "vcs.time", Value: "2026-11-29T10:00:00Z"}
	for _, row := range []struct {
		name string
		info *debug.BuildInfo
		want string
	}{
		{"a release", info(), "authgraph v1.2.3 go1.26.6"},
		{"a checkout", info(commit, date, debug.BuildSetting{Key: "vcs.modified", Value: "false"}),
			"authgraph v1.2.3 commit 0123abcd 2026-11-29T10:00:00Z go1.26.6"},
		{"a changed checkout", info(commit, date, debug.BuildSetting{Key: "vcs.modified", Value: "true"}),
			"authgraph v1.2.3 commit 0123abcd (modified) 2026-11-29T10:00:00Z go1.26.6"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := versionOf(row.info); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}
