package verifftest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
)

const (
	authClientHeader      = "X-Auth-Client"
	hmacHeader            = "X-Hmac-Signature"
	legacyHeader          = "X-Signature"
	vrfAuthClientHeader   = "Vrf-Auth-Client"
	vrfHMACHeader         = "Vrf-Hmac-Signature"
	vrfIntegrationHeader  = "Vrf-Integration-Id"
	signatureHexDigits    = "0123456789abcdef"
	signatureHexDigitsLen = 2 * sha256.Size
)

// hmacSignature is today's scheme: the hex HMAC-SHA256 of the payload.
func hmacSignature(secret string, payload []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(payload)
	return hex.EncodeToString(mac.Sum(nil))
}

// legacySignature is document 003's scheme: the hex SHA-256 of the payload
// followed by the secret.
func legacySignature(secret string, payload []byte) string {
	hash := sha256.New()
	hash.Write(payload)
	hash.Write([]byte(secret))
	return hex.EncodeToString(hash.Sum(nil))
}

// sign puts the API key and the signature of payload into header.
func sign(header http.Header, family HeaderFamily, legacy bool, apiKey, secret string, payload []byte) {
	if legacy {
		header.Set(authClientHeader, apiKey)
		header.Set(legacyHeader, legacySignature(secret, payload))
		return
	}
	signature := hmacSignature(secret, payload)
	if family == XHeaders || family == BothHeaders {
		header.Set(authClientHeader, apiKey)
		header.Set(hmacHeader, signature)
	}
	if family == VRFHeaders || family == BothHeaders {
		header.Set(vrfAuthClientHeader, apiKey)
		header.Set(vrfHMACHeader, signature)
		header.Set(vrfIntegrationHeader, apiKey)
	}
}

// signatureHeaders are the names under which a signature can stand.
func signatureHeaders() []string {
	return []string{hmacHeader, vrfHMACHeader, legacyHeader}
}

// isSignature tells whether s has the form of one. All samples are in lower
// case.
func isSignature(s string) bool {
	return len(s) == signatureHexDigitsLen && strings.Trim(s, signatureHexDigits) == ""
}
