package tomoidvtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"math/big"
	"strings"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// newKey takes the first number from a source that is a private key. One in
// 2^32 is not.
func newKey(made fake.Source) *ecdsa.PrivateKey {
	for {
		if key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), made.Bytes(32)); err == nil {
			return key
		}
	}
}

// publicJWK is RFC 7518 section 6.2.1.
func publicJWK(key *ecdsa.PublicKey) map[string]any {
	point, err := key.Bytes() // 4, x, y
	if err != nil {           // it is ours
		panic(err)
	}
	return map[string]any{
		"kty": "EC",
		"crv": "P-256",
		"x":   base64.RawURLEncoding.EncodeToString(point[1:33]),
		"y":   base64.RawURLEncoding.EncodeToString(point[33:]),
	}
}

// privateJWK is RFC 7518 section 6.2.2.
func privateJWK(key *ecdsa.PrivateKey) map[string]any {
	d, err := key.Bytes()
	if err != nil { // it is ours
		panic(err)
	}
	jwk := publicJWK(&key.PublicKey)
	jwk["d"] = base64.RawURLEncoding.EncodeToString(d)
	return jwk
}

// signJWT is a JWT signed as RFC 7518 section 3.4 has it.
func signJWT(key *ecdsa.PrivateKey, claims map[string]any) string {
	header := map[string]any{"alg": "ES256", "typ": "JWT"}
	signed := base64.RawURLEncoding.EncodeToString(fake.EncodeJSON(header)) + "." + base64.RawURLEncoding.EncodeToString(fake.EncodeJSON(claims))
	hash := sha256.Sum256([]byte(signed))
	r, s, err := ecdsa.Sign(rand.Reader, key, hash[:])
	if err != nil { // the random source never fails
		panic(err)
	}
	var signature [64]byte
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature[:])
}

// A jwt is one that was taken apart, and not verified.
type jwt struct {
	header    map[string]any
	claims    map[string]any
	signed    string
	signature []byte
}

// parseJWT takes the compact form of RFC 7515 apart.
func parseJWT(compact string) (*jwt, error) {
	parts := strings.Split(compact, ".")
	if len(parts) != 3 {
		return nil, errors.New("is not three parts with dots between them")
	}
	decoded := make([][]byte, 3)
	for i, part := range parts {
		var err error
		if decoded[i], err = base64.RawURLEncoding.Strict().DecodeString(part); err != nil || strings.ContainsAny(part, "\r\n") {
			return nil, errors.New("is not base64url without padding")
		}
	}
	header, err := decode(decoded[0])
	if err != nil {
		return nil, errors.New("has a header that is not a JSON object, or names a member twice")
	}
	claims, err := decode(decoded[1])
	if err != nil {
		return nil, errors.New("has claims that are not a JSON object, or names one twice")
	}
	j := &jwt{signed: parts[0] + "." + parts[1], signature: decoded[2]}
	var isHeader, isClaims bool
	j.header, isHeader = header.(map[string]any)
	j.claims, isClaims = claims.(map[string]any)
	if !isHeader || !isClaims {
		return nil, errors.New("has a header or claims that are not a JSON object")
	}
	return j, nil
}

// verify tells whether the signature is key's.
func (j *jwt) verify(key *ecdsa.PublicKey) bool {
	if len(j.signature) != 64 {
		return false
	}
	hash := sha256.Sum256([]byte(j.signed))
	r, s := new(big.Int).SetBytes(j.signature[:32]), new(big.Int).SetBytes(j.signature[32:])
	return ecdsa.Verify(key, hash[:], r, s)
}
