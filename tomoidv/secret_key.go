package tomoidv

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/kyckit/kyckit-go/internal/transport"
)

const (
	maxSecretKey = 16 << 10
	scalarBytes  = 32 // of P-256
)

// secretKey is what the console issues: a private key of P-256. The key is
// in a closure, which nothing prints.
type secretKey struct {
	private func() *ecdsa.PrivateKey
}

// credential is the same for every text of one key.
func (k secretKey) credential() string {
	d, err := k.private().Bytes()
	if err != nil {
		return ""
	}
	return hex.EncodeToString(d)
}

// parseSecretKey reads a JWK in any form that the console may give: the JSON
// itself, or its base64 in either alphabet, padded or not, with white space
// around it. Its errors show nothing of it.
func parseSecretKey(text string) (secretKey, error) {
	text = strings.TrimFunc(text, unicode.IsSpace)
	switch {
	case text == "":
		return secretKey{}, errors.New("secret key is empty")
	case len(text) > maxSecretKey:
		return secretKey{}, fmt.Errorf("secret key is over %d KiB", maxSecretKey>>10)
	case strings.HasPrefix(text, "-----BEGIN"):
		return secretKey{}, errors.New("secret key is PEM, not the JWK that the console gives")
	}
	document := []byte(text)
	if text[0] != '{' {
		var err error
		if document, err = decodeBase64(text); err != nil {
			return secretKey{}, errors.New("secret key is neither JSON nor base64: " + err.Error())
		}
	}
	private, err := parseJWK(document)
	if err != nil {
		return secretKey{}, fmt.Errorf("secret key: %w", err)
	}
	return secretKey{func() *ecdsa.PrivateKey { return private }}, nil
}

// A member of a JWK, by its exact name: encoding/json would take "D" for "d".
type jwk map[string]json.RawMessage

func parseJWK(document []byte) (*ecdsa.PrivateKey, error) {
	document = bytes.TrimSpace(document)
	if !bytes.HasPrefix(document, []byte("{")) {
		return nil, errors.New("its text is not a JSON object")
	}
	var key jwk
	if err := transport.Decode(document, &key); err != nil {
		return nil, err
	}
	if _, is := key["keys"]; is {
		return nil, errors.New("it is a set of keys, not one")
	}
	if err := key.checkCurve(); err != nil {
		return nil, err
	}
	if err := key.checkPurpose(); err != nil {
		return nil, err
	}
	if _, has := key["d"]; !has {
		return nil, errors.New("it is a public key: it has no d")
	}
	values := map[string][]byte{}
	for _, name := range []string{"d", "x", "y"} {
		value, err := key.scalar(name)
		if err != nil {
			return nil, err
		}
		values[name] = value
	}
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), values["d"])
	if err != nil {
		return nil, errors.New("its d is out of range")
	}
	public, err := private.PublicKey.Bytes() // 4, x, y
	if err != nil || !bytes.Equal(public[1:], append(values["x"], values["y"]...)) {
		return nil, errors.New("its x and y are not those of its d")
	}
	return private, nil
}

// checkPurpose refuses a key that says itself to be for something else.
func (k jwk) checkPurpose() error {
	for name, want := range map[string]string{"use": "sig", "alg": "ES256"} {
		if _, has := k[name]; !has {
			continue
		}
		if text, err := k.text(name); err != nil || text != want {
			return fmt.Errorf("its %s is not %s", name, want)
		}
	}
	return nil
}

// checkCurve wants kty EC and crv P-256, and names other known ones.
func (k jwk) checkCurve() error {
	kty, err := k.text("kty")
	if err != nil {
		return err
	}
	switch kty {
	case "EC":
	case "RSA", "oct", "OKP":
		return fmt.Errorf("its kty is %s, not EC", kty)
	default:
		return errors.New("its kty is not EC")
	}
	crv, err := k.text("crv")
	if err != nil {
		return err
	}
	switch crv {
	case "P-256":
		return nil
	case "P-384", "P-521", "secp256k1":
		return fmt.Errorf("its crv is %s, not P-256", crv)
	}
	return errors.New("its crv is not P-256")
}

func (k jwk) text(name string) (string, error) {
	raw, has := k[name]
	if !has {
		return "", fmt.Errorf("it has no %s", name)
	}
	var text *string
	if json.Unmarshal(raw, &text) != nil || text == nil {
		return "", fmt.Errorf("its %s is not a string", name)
	}
	return *text, nil
}

// scalar reads d, x or y, which RFC 7518 gives their full length.
func (k jwk) scalar(name string) ([]byte, error) {
	text, err := k.text(name)
	if err != nil {
		return nil, err
	}
	value, err := decodeBase64(text)
	if err != nil {
		return nil, fmt.Errorf("its %s is not base64: %w", name, err)
	}
	if len(value) != scalarBytes {
		return nil, fmt.Errorf("its %s has %d bytes, not %d", name, len(value), scalarBytes)
	}
	return value, nil
}

var urlAlphabet = strings.NewReplacer("+", "-", "/", "_")

// decodeBase64 takes both alphabets, and padding that is whole or not there.
func decodeBase64(text string) ([]byte, error) {
	if strings.ContainsFunc(text, unicode.IsSpace) {
		return nil, errors.New("it has white space within")
	}
	bare := strings.TrimRight(text, "=")
	if padding := len(text) - len(bare); padding > 2 || padding > 0 && len(text)%4 != 0 {
		return nil, errors.New("its padding is wrong")
	}
	value, err := base64.RawURLEncoding.Strict().DecodeString(urlAlphabet.Replace(bare))
	if err != nil {
		return nil, errors.New("it is cut off, altered or has a foreign character") // the cause would tell where
	}
	return value, nil
}
