package veriff_test

import (
	"bytes"
	"io"
	"net/http"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

const (
	uploadSize   = 17_000_000
	downloadSize = 50_000_000

	// What an upload or a download of any size may allocate.
	allocationBound = 64 << 10
)

// uploads answers each upload once it has read it.
func uploads(tb testing.TB) http.RoundTripper {
	answer := fixture(tb, "answers", "media_uploaded.json")
	signature := hmacHex(sharedSecret, answer)
	return answering(func(r *http.Request) (*http.Response, error) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return nil, err
		}
		return &http.Response{
			StatusCode: http.StatusOK, Header: http.Header{"X-Hmac-Signature": {signature}},
			ContentLength: int64(len(answer)), Body: io.NopCloser(bytes.NewReader(answer)),
		}, nil
	})
}

// downloads answers with content, signed or not.
func downloads(content []byte, signature string) http.RoundTripper {
	return answering(func(*http.Request) (*http.Response, error) {
		header := http.Header{"Content-Type": {"video/mp4"}}
		if signature != "" {
			header.Set("X-HMAC-SIGNATURE", signature)
		}
		return &http.Response{
			StatusCode: http.StatusOK, Header: header,
			ContentLength: int64(len(content)), Body: io.NopCloser(onlyReader{bytes.NewReader(content)}),
		}, nil
	})
}

// onlyReader hides the WriterTo that a connection does not have.
type onlyReader struct{ io.Reader }

func TestMediaAllocatesTheSameForAnySize(t *testing.T) {
	video := photo(downloadSize)
	for name, way := range map[string]func(testing.TB) error{
		"upload of 17 MB":          uploading(newClient(t, uploads(t)), photo(uploadSize)),
		"download of 50 MB":        downloading(newClient(t, downloads(video, ""))),
		"signed download of 50 MB": downloading(newClient(t, downloads(video, hmacHex(sharedSecret, video)))),
	} {
		least := uint64(1 << 40) // of a few, since whatever else the process does is counted
		for range 3 {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			require.NoError(t, way(t), name)
			runtime.ReadMemStats(&after)
			least = min(least, after.TotalAlloc-before.TotalAlloc)
		}
		assert.Less(t, least, uint64(allocationBound), name)
		assert.NotZero(t, least, name)
	}
}

func uploading(client *veriff.Client, content []byte) func(testing.TB) error {
	return func(tb testing.TB) error {
		_, err := client.UploadMedia(tb.Context(), sessionID, front(content))
		return err
	}
}

func downloading(client *veriff.Client) func(testing.TB) error {
	return func(tb testing.TB) error {
		_, err := client.DownloadMedia(tb.Context(), videoID, io.Discard)
		return err
	}
}
