package token

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	testKey  = hash("test")
	otherKey = hash("other")
)

func TestSealedTokenOpens(t *testing.T) {
	now := time.Now()
	const token = "b5b2eb61a1a1d0a3d9e1f0ed7d2d8ac6a5d5f5e2"
	for name, test := range map[string]struct {
		later, left, lifetime time.Duration
	}{
		"at once":            {0, 30 * time.Minute, 30 * time.Minute},
		"later":              {20 * time.Minute, 10 * time.Minute, 30 * time.Minute},
		"expired":            {31 * time.Minute, -time.Minute, 30 * time.Minute},
		"by a slow clock":    {-time.Minute, 30 * time.Minute, 30 * time.Minute}, // no longer than it ever had
		"after a long sleep": {10000 * time.Hour, 30*time.Minute - 10000*time.Hour, 30 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			sealed, err := seal(testKey, grant{token, now.Add(30 * time.Minute), 30 * time.Minute}, now)
			require.NoError(t, err)
			assert.NotContains(t, sealed, token)
			then := now.Add(test.later)
			g, err := open(testKey, sealed, then)
			require.NoError(t, err)
			assert.Equal(t, token, g.value)
			assert.Equal(t, test.lifetime, g.lifetime)
			assert.InDelta(t, test.left, g.end.Sub(then), float64(time.Millisecond))
		})
	}
}

func TestSealedTokensDiffer(t *testing.T) {
	now := time.Now()
	g := grant{"token", now.Add(time.Hour), time.Hour}
	a, err := seal(testKey, g, now)
	require.NoError(t, err)
	b, err := seal(testKey, g, now)
	require.NoError(t, err)
	assert.NotEqual(t, a, b)
}

func TestLongestTokenFits(t *testing.T) {
	now := time.Now()
	sealed, err := seal(testKey, grant{strings.Repeat("t", maxTokenBytes), now.Add(time.Hour), time.Hour}, now)
	require.NoError(t, err)
	g, err := open(testKey, sealed, now)
	require.NoError(t, err)
	assert.Len(t, g.value, maxTokenBytes)
}

// sealPlain authenticates what is not ours to write.
func sealPlain(tb testing.TB, key, plain []byte) string {
	tb.Helper()
	a, err := aead(key)
	require.NoError(tb, err)
	return base64.RawURLEncoding.EncodeToString(a.Seal(nil, nil, plain, nil))
}

func plain(issued, end int64, token string) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(issued))
	return append(binary.BigEndian.AppendUint64(b, uint64(end)), token...)
}

func TestWhatIsNotBelieved(t *testing.T) {
	now := time.Now()
	ms := now.UnixMilli()
	const day = 24 * 3600 * 1000
	genuine := sealPlain(t, testKey, plain(ms, ms+1000, "token"))
	_, err := open(testKey, genuine, now)
	require.NoError(t, err)

	for name, test := range map[string]struct {
		value string
		err   error
	}{
		"empty":              {"", errForeign},
		"not base64":         {"token token", errForeign},
		"padded":             {genuine + "==", errForeign},
		"cut":                {genuine[:len(genuine)-4], errForeign},
		"nonce only":         {strings.Repeat("A", 16), errForeign},
		"another key":        {sealPlain(t, otherKey, plain(ms, ms+1000, "token")), errForeign},
		"nothing inside":     {sealPlain(t, testKey, nil), errForeign},
		"half a header":      {sealPlain(t, testKey, make([]byte, 15)), errForeign},
		"no token":           {sealPlain(t, testKey, plain(ms, ms+1000, "")), errForeign},
		"no bearer token":    {sealPlain(t, testKey, plain(ms, ms+1000, "to\nken")), errForeign},
		"no life":            {sealPlain(t, testKey, plain(ms, ms, "token")), errForeign},
		"ends first":         {sealPlain(t, testKey, plain(ms, ms-1, "token")), errForeign},
		"lives too long":     {sealPlain(t, testKey, plain(ms, ms+day+1, "token")), errForeign},
		"no issue":           {sealPlain(t, testKey, plain(0, 1000, "token")), errForeign},
		"before all time":    {sealPlain(t, testKey, plain(math.MinInt64, math.MaxInt64, "token")), errForeign},
		"end of time":        {sealPlain(t, testKey, plain(math.MaxInt64-1, math.MaxInt64, "token")), errClocks},
		"issued in a minute": {sealPlain(t, testKey, plain(ms+60_001, ms+61_000, "token")), errClocks},
	} {
		t.Run(name, func(t *testing.T) {
			g, err := open(testKey, test.value, now)
			require.Equal(t, test.err, err)
			assert.Zero(t, g)
		})
	}
}

// What other versions of this module have written can be read: a token that
// lives for the first second of 2026, sealed under testKey.
const genuine = "r0uC6c_WY7v5N8hEjBCDoIBlHt4anHSGOlXC-PLebghE4MZO6_LBLVNBUfh8bUDpQA"

func newYear() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }

func TestFormatStays(t *testing.T) {
	g, err := open(testKey, genuine, newYear())
	require.NoError(t, err)
	assert.Equal(t, grant{"token", newYear().Add(time.Second), time.Second}, g)
}

// Nothing but what was sealed under the key is believed.
func FuzzOpen(f *testing.F) {
	f.Add(genuine)
	f.Add("r0uC6c_WY7v5N8hEjBCDoIBlHt4anHSGOlXC-PLebghE4MZO6_LBLVNBUfh8bUDpQB")
	f.Add(`{"access_token":"token","expired_at":1893456000}`)
	f.Add("")
	unbroken := strings.NewReplacer("\r", "", "\n", "") // base64 passes over line ends
	f.Fuzz(func(t *testing.T, value string) {
		g, err := open(testKey, value, newYear())
		if unbroken.Replace(value) == genuine {
			require.NoError(t, err)
			return
		}
		require.Equal(t, errForeign, err)
		require.Zero(t, g)
	})
}

// Whatever stands inside, a token that comes out is what was sealed, can be used
// and lives no longer than was said or than any; with one bit changed, or under
// another key, nothing comes out. What comes out can be sealed again.
func FuzzOpenSealed(f *testing.F) {
	now := newYear()
	ms := now.UnixMilli()
	f.Add(plain(ms, ms+1000, "token"), uint(0), byte(1))
	f.Add(plain(ms-1_800_000, ms-1, "b5b2eb61a1a1d0a3d9e1f0ed7d2d8ac6a5d5f5e2"), uint(300), byte(0x80))
	f.Add(plain(ms, ms+24*60*60*1000+1, "token"), uint(0), byte(0))
	f.Add(plain(ms, ms+1000, "to\nken"), uint(0), byte(0))
	f.Add(plain(math.MinInt64, math.MaxInt64, "token"), uint(12), byte(2))
	f.Add(plain(1, 2, "token"), uint(40), byte(0xff))
	f.Add([]byte("{}"), uint(3), byte(4))
	f.Fuzz(func(t *testing.T, inside []byte, at uint, flip byte) {
		sealed := sealPlain(t, testKey, inside)
		g, err := open(testKey, sealed, now)
		if flip != 0 {
			raw, err := base64.RawURLEncoding.DecodeString(sealed)
			require.NoError(t, err)
			raw[at%uint(len(raw))] ^= flip
			_, err = open(testKey, base64.RawURLEncoding.EncodeToString(raw), now)
			require.Equal(t, errForeign, err, "a changed value")
			key := bytes.Clone(testKey)
			key[at%uint(len(key))] ^= flip
			_, err = open(key, sealed, now)
			require.Equal(t, errForeign, err, "a changed key")
		}
		if err != nil {
			require.Zero(t, g)
			return
		}
		issued, end := int64(binary.BigEndian.Uint64(inside)), int64(binary.BigEndian.Uint64(inside[8:]))
		require.Equal(t, string(inside[16:]), g.value)
		require.True(t, 0 < len(g.value) && len(g.value) <= 16<<10)
		for _, c := range []byte(g.value) {
			require.True(t, '!' <= c && c <= '~', "%q", c)
		}
		require.Equal(t, end-issued, g.lifetime.Milliseconds())
		require.True(t, 0 < g.lifetime && g.lifetime <= 24*time.Hour)
		require.LessOrEqual(t, g.end.Sub(now), g.lifetime)
		require.LessOrEqual(t, g.end.UnixMilli(), end)

		again, err := seal(testKey, g, now)
		require.NoError(t, err)
		back, err := open(testKey, again, now)
		require.NoError(t, err)
		require.Equal(t, g.value, back.value)
		require.Equal(t, g.lifetime, back.lifetime)
		require.True(t, g.end.Equal(back.end))
	})
}
