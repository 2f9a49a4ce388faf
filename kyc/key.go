package kyc

import "strings"

// A Key names one person for as long as the person lives, so that an
// application can keep a person to one account: put a UNIQUE index on kind,
// scope and value together, and only of approved results. Its value is as
// personal as the name, and is never empty in a Result.
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

func isBlank(s string) bool { return strings.TrimSpace(s) == "" }
