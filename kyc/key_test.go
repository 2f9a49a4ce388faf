package kyc_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/secret/secrettest"
	"github.com/kyckit/kyckit-go/kyc"
)

func pepper() []byte { return bytes.Repeat([]byte{7}, kyc.MinPepper) }

// The digests are those of Python's hmac, over what the documentation says: an
// index that was built once must be found again by every later version.
func TestDigest(t *testing.T) {
	for name, tc := range map[string]struct {
		key  kyc.Key
		want string
	}{
		"CI":   {kyc.Key{Kind: kyc.KeyCI, Value: "ci+/=="}, "c34cf37e64eeaade5356913dc054ce85a901659837831c0386573a6ed36409c2"},
		"DI":   {kyc.Key{Kind: kyc.KeyDI, Scope: "danal/channel-key-0000", Value: "di"}, "f8ed24c0abe689f8df3cff914448653b1029765bc7245d692563d1e44fa501e0"},
		"PPID": {kyc.Key{Kind: kyc.KeyPPID, Scope: "클라이언트/live", Value: "ppid.c3ludGhldGlj"}, "0b22c5487ed791470a100ba04ea2ad1d6f332c098c685c666c05ac7356522edb"},
	} {
		t.Run(name, func(t *testing.T) {
			digest, err := tc.key.Digest(pepper())
			require.NoError(t, err)
			assert.Equal(t, tc.want, digest)
			other, err := tc.key.Digest(append(pepper(), 0x01))
			require.NoError(t, err)
			assert.NotEqual(t, digest, other)
			assert.NotContains(t, digest, tc.key.Value)
		})
	}
}

// Moving a letter from one part to the next makes another key.
func TestDigestsDoNotCollide(t *testing.T) {
	seen := map[string]kyc.Key{}
	parts := []string{"a", "b", "ab", "ba", "aab", "\x00", "\x00\x00\x00\x00\x00\x00\x00\x01a", "a\x00", " a"}
	for _, kind := range parts {
		for _, scope := range append(parts, "") {
			for _, value := range parts {
				key := kyc.Key{Kind: kyc.KeyKind(kind), Scope: scope, Value: value}
				digest, err := key.Digest(pepper())
				require.NoError(t, err)
				if other, ok := seen[digest]; ok {
					t.Fatalf("%q and %q have one digest", []string{kind, scope, value}, []string{string(other.Kind), other.Scope, other.Value})
				}
				seen[digest] = key
			}
		}
	}
}

func TestDigestRefuses(t *testing.T) {
	whole := kyc.Key{Kind: kyc.KeyCI, Value: secrettest.Marker}
	for name, tc := range map[string]struct {
		key    kyc.Key
		pepper []byte
	}{
		"no pepper":      {whole, nil},
		"empty pepper":   {whole, []byte{}},
		"short pepper":   {whole, []byte(strings.Repeat("p", kyc.MinPepper-1))},
		"no value":       {kyc.Key{Kind: kyc.KeyCI}, pepper()},
		"blank value":    {kyc.Key{Kind: kyc.KeyCI, Value: " \t\u3000"}, pepper()},
		"no kind":        {kyc.Key{Value: secrettest.Marker}, pepper()},
		"nothing at all": {kyc.Key{}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			digest, err := tc.key.Digest(tc.pepper)
			assert.Empty(t, digest)
			require.ErrorIs(t, err, kyc.ErrInvalidRequest)
			assert.NotContains(t, err.Error(), secrettest.Marker)
		})
	}
}
