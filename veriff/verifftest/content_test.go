package verifftest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestContentLimits(t *testing.T) {
	srv, err := Start(WithoutListener())
	require.NoError(t, err)
	t.Cleanup(srv.Close)
	const jpegHead, pdfHead = "/9j/", "JVBERi0x" // 3 and 6 bytes
	for name, c := range map[string]struct {
		head   string
		groups int // of 3 bytes
		tail   string
		size   int // of the file, 0 where it is too large
	}{
		"24 MB of base64":  {jpegHead, 5_999_999, "", 18_000_000},
		"more than that":   {jpegHead, 5_999_999, "AA==", 0},
		"PDF of 20 MB":     {pdfHead, 6_666_664, "AAA=", 20_000_000},
		"PDF of more":      {pdfHead, 6_666_664, "AAAA", 0},
		"PDF of even more": {pdfHead, 6_666_665, "AA==", 0},
	} {
		t.Run(name, func(t *testing.T) {
			file, no := srv.judgeContent(c.head + strings.Repeat("AAAA", c.groups) + c.tail)
			if c.size > 0 {
				require.Nil(t, no)
				assert.Equal(t, c.size, len(file)) // and not Len, which would print it
				return
			}
			require.NotNil(t, no)
			assert.Equal(t, http.StatusRequestEntityTooLarge, no.status)
		})
	}
}
