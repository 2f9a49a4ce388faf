package iamport_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
)

func TestUnixTime(t *testing.T) {
	for in, want := range map[string]iamport.UnixTime{
		`1772445900`: 1772445900, `"1772445900"`: 1772445900, `-32400`: -32400, `"-32400"`: -32400, `0`: 0, `"0"`: 0, `""`: 0,
		`null`: 0, `"null"`: 0, `9223372036854775807`: 1<<63 - 1, `-9223372036854775808`: -1 << 63,
	} {
		at := iamport.UnixTime(7) // a value from before must not stay
		require.NoError(t, json.Unmarshal([]byte(in), &at), in)
		assert.Equal(t, want, at, in)
		out, err := json.Marshal(at)
		require.NoError(t, err)
		assert.Equal(t, fmt.Sprint(int64(want)), string(out), in)
	}
	for _, in := range []string{`1.5`, `1e9`, `"1e9"`, `" 1"`, `"+1"`, `"01"`, `"0x1"`, `true`, `{}`, `[1]`, `"now"`, `9223372036854775808`, `"1_000"`} {
		assert.ErrorContains(t, json.Unmarshal([]byte(in), new(iamport.UnixTime)), "iamport.UnixTime", in)
	}
	assert.True(t, iamport.UnixTime(0).Time().IsZero())
	assert.Equal(t, time.Date(1969, 12, 31, 15, 0, 0, 0, time.UTC), iamport.UnixTime(-32400).Time())
}
