package config

import (
	"encoding/json"
	"fmt"
	"strings"
)

// maxClaim is the maximum length of the issuer and of the audience in an access token, in bytes as JSON has them.
// Together with account.MaxRoleBytes it keeps tokens below auth.MaxTokenLength.
const maxClaim = 256

// claims refuses an issuer and an audience that are too long for an access token.
func (f *faults) claims(c *Config) {
	named := map[string]string{"AUTHGRAPH_ISSUER": c.Issuer}
	if c.Audience != c.Issuer {
		named["AUTHGRAPH_AUDIENCE"] = c.Audience
	}
	if c.Audience == strings.TrimSuffix(c.Issuer, "/")+"/pending" { // auth.PendingAudience
		f.add("AUTHGRAPH_AUDIENCE", "is the audience of sessions with a pending step", "give another one")
	}
	for name, value := range named {
		text, err := json.Marshal(value)
		if err != nil || len(text) > maxClaim {
			f.add(name, fmt.Sprintf("has %d bytes", len(value)), fmt.Sprintf("every access token repeats it: give at most %d", maxClaim))
		}
	}
}
