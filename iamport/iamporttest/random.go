package iamporttest

import (
	"encoding/hex"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// digits are n random decimal digits.
func digits(n int) string { return fake.Random().Digits(n) }

// newToken is an access token: 40 hex digits.
func newToken() string { return hex.EncodeToString(fake.Random().Bytes(20)) }
