package kyc

import "time"

// Evidence is what an auditor asks about a Result. It holds no personal data
// and prints as it is.
type Evidence struct {
	// FetchedAt is when the vendor's answer came, by the local clock.
	FetchedAt time.Time `json:"fetched_at"`
	// SHA256 is the hash of the answer's body as received, in lower-case hex.
	SHA256 string `json:"sha256"`
	// Signature tells whether the answer was signed. A signature that does
	// not hold never gets here: it is ErrSignature.
	Signature Signature `json:"signature"`
	// Environment is empty where the vendor does not say.
	Environment Environment `json:"environment,omitempty"`
}

// Signature is the state of an answer's signature.
type Signature string

const (
	// SignatureNone: the answer was not signed, and came over TLS only.
	SignatureNone Signature = "none"
	// SignatureValid: the answer was signed, and the signature holds.
	SignatureValid Signature = "valid"
)

// Known tells whether s is one of the constants.
func (s Signature) Known() bool {
	switch s {
	case SignatureNone, SignatureValid:
		return true
	}
	return false
}

// Environment is where the vendor ran the check.
type Environment string

const (
	// EnvironmentLive: real people.
	EnvironmentLive Environment = "live"
	// EnvironmentTest: the vendor's sandbox or a test merchant, where anyone
	// can be anyone.
	EnvironmentTest Environment = "test"
)

// Known tells whether e is one of the constants.
func (e Environment) Known() bool {
	switch e {
	case EnvironmentLive, EnvironmentTest:
		return true
	}
	return false
}
