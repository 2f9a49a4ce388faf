package fake

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"io"
	random "math/rand/v2"
)

// A Source is what ids and credentials are made of.
type Source struct{ bytes io.Reader }

// Random never gives the same bytes again.
func Random() Source { return Source{rand.Reader} }

// Named gives the same bytes each time, others for every name.
func Named(name string) Source { return Source{random.NewChaCha8(sha256.Sum256([]byte(name)))} }

// Bytes are the next n.
func (s Source) Bytes(n int) []byte {
	b := make([]byte, n)
	if _, err := io.ReadFull(s.bytes, b); err != nil { // neither reader fails
		panic(err)
	}
	return b
}

// Text is 26 capital letters and digits.
func (s Source) Text() string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(s.Bytes(16))
}

// Digits are n decimal digits.
func (s Source) Digits(n int) string {
	b := s.Bytes(n)
	for i := range b {
		b[i] = '0' + b[i]%10
	}
	return string(b)
}

// UUID is one of version 4.
func (s Source) UUID() string {
	b := s.Bytes(16)
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
