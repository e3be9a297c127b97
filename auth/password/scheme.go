package password

import (
	"crypto/hmac"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// maxBytes is the number of bytes that bcrypt reads of a password; it ignores the rest.
const maxBytes = 72

// A stored value is its scheme, a colon and the bcrypt string. The scheme picks
// the path at comparison, so neither path ever meets a hash of the other.
const (
	plain     = "bcrypt"
	condensed = "bcrypt-hmac-sha384"
)

// condensation is the HMAC key. It is public: it makes the digest differ from a
// bare SHA-384 of the same password that some other site may have leaked.
const condensation = "authgraph/auth/password: condensation of long passwords, version 1"

// hash is a stored value taken apart.
type hash struct {
	scheme string
	cost   int
	bcrypt []byte
}

// storedForm bounds the cost from above too: a planted cost of 31 would keep a
// worker busy for days. 2b and 2y are other programs' names of 2a.
var storedForm = regexp.MustCompile(`^(bcrypt|bcrypt-hmac-sha384):(\$2[aby]\$(0[4-9]|1[0-5])\$[./A-Za-z0-9]{53})$`)

// parse takes a stored value apart. bcrypt accepts the result, so a
// failing comparison can only be a mismatch.
func parse(stored string) (h hash, ok bool) {
	m := storedForm.FindStringSubmatch(stored)
	if m == nil {
		return hash{}, false
	}
	cost, err := strconv.Atoi(m[3])
	return hash{scheme: m[1], cost: cost, bcrypt: []byte(m[2])}, err == nil
}

// fitsPlain reports whether bcrypt tells this password from every other one. It
// ignores what follows byte 72, and it repeats its key with a NUL in between, so
// "p\x00p" would be as good as "p".
func fitsPlain(password string) bool {
	return len(password) <= maxBytes && !strings.Contains(password, "\x00")
}

// condense makes 64 characters of a password of any length.
func condense(password string) []byte {
	mac := hmac.New(sha512.New384, []byte(condensation))
	mac.Write([]byte(password))
	return base64.StdEncoding.AppendEncode(nil, mac.Sum(nil))
}

// decoy is a hash of no password: the last character of a genuine digest has two
// bits that are always zero, here one is set. bcrypt compares the written
// digests, after all of its work, so the decoy costs what a genuine hash costs.
func decoy(cost int) hash {
	const salt, digest = "authgraph.decoy.salt..", "///////////////////////////////"
	return hash{scheme: plain, cost: cost, bcrypt: fmt.Appendf(nil, "$2a$%02d$%s%s", cost, salt, digest)}
}
