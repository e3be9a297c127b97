package cli

import (
	"strconv"
)

// plural returns n followed by one or by many, such as "1 problem" or "2 problems".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
