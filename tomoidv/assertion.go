package tomoidv

import (
	"crypto/rand"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	defaultAssertionLifetime = 5 * time.Minute
	minAssertionLifetime     = 30 * time.Second
	maxAssertionLifetime     = time.Hour
)

// assertion is what each client_assertion of a client has in common: RFC 7523,
// section 3, as TomoIDV's page "Creating Client Assertion" wants it.
type assertion struct {
	clientID string
	audience string
	keyID    string // none if ""
	lifetime time.Duration
	key      secretKey
}

// sign makes an assertion that is good for one request.
func (a assertion) sign(now time.Time) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{
		"iss": a.clientID,
		"sub": a.clientID,
		"aud": a.audience,
		"iat": now.Unix(),
		"exp": now.Add(a.lifetime).Unix(),
		"jti": newUUID(),
	})
	if a.keyID != "" {
		token.Header["kid"] = a.keyID
	}
	return token.SignedString(a.key.private())
}

// newUUID gives a random UUID, version 4 of RFC 9562.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
