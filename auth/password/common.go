package password

import (
	_ "embed"
	"slices"
	"strings"
)

// common is a sorted list, one folded password a line. It is searched where it
// lies in the binary: no start-up time, no heap, under a microsecond.
//
//go:embed common.txt
var common string

// isCommon reports whether a folded password is a line of the list.
func isCommon(folded string) bool {
	for from, to := 0, len(common); from < to; {
		middle := from + (to-from)/2
		start := from + strings.LastIndexByte(common[from:middle], '\n') + 1
		end := start + strings.IndexByte(common[start:], '\n')
		switch strings.Compare(folded, common[start:end]) {
		case -1:
			to = start
		case 0:
			return true
		case 1:
			from = end + 1
		}
	}
	return false
}

// Bounds of isPattern. Longer repeats and runs are not refused: no list of
// guesses goes through them.
const (
	patternLength = 20
	patternUnit   = 4
)

// isPattern reports repeats of a short unit ("aaaaaaaa", "19871987") and runs
// ("abcdefgh", "98765432"). The list lacks most of them, because zxcvbn finds
// them by rule and took them out.
func isPattern(p []rune) bool {
	if len(p) > patternLength {
		return false
	}
	for unit := 1; unit <= patternUnit; unit++ {
		if slices.Equal(p[unit:], p[:len(p)-unit]) {
			return true
		}
	}
	return isRun(p, 1) || isRun(p, -1)
}

// isRun reports whether each character follows its predecessor by step. Among
// digits 0 follows 9, as on a keyboard.
func isRun(p []rune, step rune) bool {
	digit := func(r rune) bool { return '0' <= r && r <= '9' }
	for i := 1; i < len(p); i++ {
		off := p[i] - p[i-1] - step
		wraps := digit(p[i]) && digit(p[i-1]) && off%10 == 0
		if off != 0 && !wraps {
			return false
		}
	}
	return true
}
