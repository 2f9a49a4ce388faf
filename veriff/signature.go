package veriff

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"hash"
	"net/http"
	"slices"

	"github.com/kyckit/kyckit-go/internal/secret"
)

// Header names, in canonical form. The vrf- family is the newer spelling of
// the x- family; which of them a reply carries is the vendor's choice.
const (
	headerAuthClient = "X-Auth-Client"
	headerHMAC       = "X-Hmac-Signature"
	headerLegacy     = "X-Signature"

	headerVRFAuthClient = "Vrf-Auth-Client"
	headerVRFHMAC       = "Vrf-Hmac-Signature"
)

// scheme is a way to sign. Both cover the raw bytes: a body as it is sent, or
// the id that a GET names.
type scheme int

const (
	schemeHMAC   scheme = iota // hex(HMAC-SHA256(secret, payload))
	schemeLegacy               // hex(SHA-256(payload + secret)), document 003
)

func (s scheme) header() string {
	if s == schemeLegacy {
		return headerLegacy
	}
	return headerHMAC
}

// signing is a signature in the making, of the payload that is written to it.
type signing struct {
	hash  hash.Hash
	after []byte // what follows the payload
}

func (s scheme) begin(key secret.Box) signing {
	if s == schemeLegacy {
		return signing{sha256.New(), key.Bytes()}
	}
	return signing{hash: hmac.New(sha256.New, key.Bytes())}
}

func (g signing) Write(p []byte) (int, error) { return g.hash.Write(p) }

// sum ends it.
func (g signing) sum() []byte {
	g.hash.Write(g.after)
	return g.hash.Sum(nil)
}

func (s scheme) sum(key secret.Box, payload []byte) []byte {
	g := s.begin(key)
	_, _ = g.Write(payload)
	return g.sum()
}

func (s scheme) sign(key secret.Box, payload []byte) string {
	return hex.EncodeToString(s.sum(key, payload))
}

// equalHex compares in constant time, on decoded bytes, so that the case of
// the hex digits does not matter.
func equalHex(signature string, sum []byte) bool {
	got, err := hex.DecodeString(signature)
	return err == nil && subtle.ConstantTimeCompare(got, sum) == 1
}

var (
	errWrongSignature = errors.New("the answer's does not")
	errNoSignature    = errors.New("the answer has none")
)

// answerCheck checks every signature that an answer carries, of the body that
// is written to it. An answer counts as signed only if one as strong as the
// client's own scheme is there: one to an HMAC request that comes with nothing
// but the legacy kind is unsigned.
type answerCheck struct {
	signed bool // if all hold
	claims []claim
}

// claim is the signatures of one kind, and what they must be.
type claim struct {
	signatures []string
	signing    signing
}

func (s scheme) check(key secret.Box, header http.Header) *answerCheck {
	check := &answerCheck{}
	hmacs := slices.Concat(header.Values(headerHMAC), header.Values(headerVRFHMAC))
	legacy := header.Values(headerLegacy)
	if len(hmacs) > 0 {
		check.claims = append(check.claims, claim{hmacs, schemeHMAC.begin(key)})
	}
	if len(legacy) > 0 {
		check.claims = append(check.claims, claim{legacy, schemeLegacy.begin(key)})
	}
	check.signed = len(hmacs) > 0 || len(legacy) > 0 && s == schemeLegacy
	return check
}

func (a *answerCheck) Write(p []byte) (int, error) {
	for _, c := range a.claims {
		_, _ = c.signing.Write(p)
	}
	return len(p), nil
}

// end tells whether the answer was signed. A signature that does not hold is
// an error.
func (a *answerCheck) end() (signed bool, err error) {
	for _, c := range a.claims {
		sum := c.signing.sum()
		for _, signature := range c.signatures {
			if !equalHex(signature, sum) {
				return false, errWrongSignature
			}
		}
	}
	return a.signed, nil
}

func (s scheme) checkAnswer(key secret.Box, header http.Header, body []byte) (signed bool, err error) {
	check := s.check(key, header)
	_, _ = check.Write(body)
	return check.end()
}
