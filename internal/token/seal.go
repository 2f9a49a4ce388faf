package token

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"time"

	"github.com/kyckit/kyckit-go/internal/secret"
)

const (
	maxSealedBytes = 2 * maxTokenBytes
	// The wall clocks of two processes may differ by that much before one
	// does not believe the other.
	maxClockSkew = time.Minute
	// Before the token stand the times of its issue and of its end, in Unix
	// milliseconds.
	sealedHeader = 16
)

func storeKey(pkg, baseURL, credential, tier string) string {
	sum := hash("store key", pkg, baseURL, credential, tier)
	return "kyckit:" + pkg + ":token:" + hex.EncodeToString(sum)
}

func sealingKey(pkg, baseURL, credential, tier string) secret.Box {
	return secret.New(hash("sealing key 1", pkg, baseURL, credential, tier))
}

// hash takes the parts with their lengths, so that no two lists of them are
// the same text.
func hash(parts ...string) []byte {
	h := sha256.New()
	for _, part := range parts {
		_, _ = h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		_, _ = h.Write([]byte(part))
	}
	return h.Sum(nil)
}

func aead(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// seal writes a token with its times on the wall clock, the only one that
// processes have in common.
func seal(key []byte, g grant, now time.Time) (string, error) {
	a, err := aead(key)
	if err != nil {
		return "", err
	}
	end := now.Add(g.end.Sub(now))
	plain := binary.BigEndian.AppendUint64(nil, uint64(end.Add(-g.lifetime).UnixMilli()))
	plain = binary.BigEndian.AppendUint64(plain, uint64(end.UnixMilli()))
	plain = append(plain, g.value...)
	return base64.RawURLEncoding.EncodeToString(a.Seal(nil, nil, plain, nil)), nil
}

// open reads what seal wrote under the same key. A token that has expired is
// no error: its end is in the past.
func open(key []byte, value string, now time.Time) (grant, error) {
	if len(value) > maxSealedBytes {
		return grant{}, errForeign
	}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(value)
	if err != nil {
		return grant{}, errForeign
	}
	a, err := aead(key)
	if err != nil {
		return grant{}, err
	}
	plain, err := a.Open(nil, nil, sealed, nil)
	if err != nil || len(plain) < sealedHeader {
		return grant{}, errForeign
	}
	issued := int64(binary.BigEndian.Uint64(plain))
	end := int64(binary.BigEndian.Uint64(plain[8:]))
	token := string(plain[sealedHeader:])
	ms := now.UnixMilli()
	switch {
	case !usable(token), issued <= 0, end <= issued, end-issued > maxLifetime.Milliseconds():
		return grant{}, errForeign
	case issued-ms > maxClockSkew.Milliseconds():
		return grant{}, errClocks
	}
	lifetime := time.Duration(end-issued) * time.Millisecond
	left := min(time.Duration(end-ms)*time.Millisecond, lifetime)
	return grant{token, now.Add(left), lifetime}, nil
}
