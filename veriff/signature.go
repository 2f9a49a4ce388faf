package veriff

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"

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

func (s scheme) sum(key secret.Box, payload []byte) []byte {
	if s == schemeLegacy {
		h := sha256.New()
		h.Write(payload)
		h.Write(key.Bytes())
		return h.Sum(nil)
	}
	h := hmac.New(sha256.New, key.Bytes())
	h.Write(payload)
	return h.Sum(nil)
}

func (s scheme) sign(key secret.Box, payload []byte) string {
	return hex.EncodeToString(s.sum(key, payload))
}

func (s scheme) holds(key secret.Box, payload []byte, signature string) bool {
	return equalHex(signature, s.sum(key, payload))
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

// checkAnswer checks every signature that an answer carries; one that does not
// hold is an error. signed is true only if one as strong as the client's own
// scheme was there: an answer to an HMAC request that came with nothing but
// the legacy kind counts as unsigned.
func (s scheme) checkAnswer(key secret.Box, header http.Header, body []byte) (signed bool, err error) {
	for name, kind := range map[string]scheme{
		headerHMAC: schemeHMAC, headerVRFHMAC: schemeHMAC, headerLegacy: schemeLegacy,
	} {
		for _, value := range header.Values(name) {
			if !kind.holds(key, body, value) {
				return false, errWrongSignature
			}
			signed = signed || kind <= s
		}
	}
	return signed, nil
}
