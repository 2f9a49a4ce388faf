package kyc

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// A Key names one person for as long as the person lives, so that an
// application can keep a person to one account: put a UNIQUE index on kind,
// scope and value together, or on Digest, and only of approved results. Its
// value is as personal as the name, and is never empty in a Result.
type Key struct {
	Kind KeyKind `json:"kind"`
	// Scope is within what Value names one person; two keys are comparable
	// only when their scopes are equal.
	Scope string `json:"scope,omitempty"`
	Value string `json:"value"`
}

// KeyKind is the kind of a key.
type KeyKind string

const (
	// KeyCI is Korea's connecting information: one value for one person at
	// every service. Its scope is empty.
	KeyCI KeyKind = "ci"
	// KeyDI is Korea's duplication information: one value for one person at
	// one merchant account of one gateway, which is its scope.
	KeyDI KeyKind = "di"
	// KeyPPID is a pairwise identifier: one value for one person at one client
	// of the vendor, which is its scope.
	KeyPPID KeyKind = "ppid"
)

// Known tells whether k is one of the constants.
func (k KeyKind) Known() bool {
	switch k {
	case KeyCI, KeyDI, KeyPPID:
		return true
	}
	return false
}

// MinPepper is how many bytes a pepper has at least.
const MinPepper = 32

// Digest returns a value for a UNIQUE index that holds no CI, DI or PPID: 64
// lower-case hex digits, the same for the same key and pepper, and another for
// any other key. It is the HMAC-SHA256, with pepper as its secret, of kind,
// scope and value, each after its length in bytes as a big-endian uint64.
//
// The pepper is what keeps whoever has the index from trying out people: make
// it once from crypto/rand, MinPepper bytes or more, and keep it where the
// index is not. Under a new pepper nobody is found again, so the raw keys are
// needed to build the index anew. A shorter pepper, or a key without a kind or
// a value, is ErrInvalidRequest.
func (k Key) Digest(pepper []byte) (string, error) {
	const op = "digest key"
	switch {
	case len(pepper) < MinPepper:
		return "", invalid("", op, "pepper is under 32 bytes")
	case k.Kind == "" || isBlank(k.Value):
		return "", invalid("", op, "Key has no kind or no value")
	}
	mac := hmac.New(sha256.New, pepper)
	for _, part := range []string{string(k.Kind), k.Scope, k.Value} {
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		mac.Write([]byte(part))
	}
	return hex.EncodeToString(mac.Sum(nil)), nil
}

func isBlank(s string) bool { return strings.TrimSpace(s) == "" }
