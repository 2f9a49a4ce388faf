package veriff_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

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

// The floor of an upload is what cannot be left out: encoding to sign, and
// encoding to send.
func BenchmarkUploadMedia(b *testing.B) {
	content := photo(uploadSize)
	floor := func() error {
		if err := encodeInto(hmac.New(sha256.New, []byte(sharedSecret)), content); err != nil {
			return err
		}
		return encodeInto(io.Discard, content)
	}
	answer := fixture(b, "answers", "media_uploaded.json")
	serve := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = w.Write(answer)
	}
	compare(b, "in process", uploadSize, floor, uploading(newClient(b, uploads(b)), content))
	compare(b, "loopback", uploadSize, floor, uploading(loopback(b, serve), content))
}

func encodeInto(w io.Writer, content []byte) error {
	encoder := base64.NewEncoder(base64.StdEncoding, w)
	if _, err := io.Copy(encoder, onlyReader{bytes.NewReader(content)}); err != nil {
		return err
	}
	return encoder.Close()
}

func uploading(client *veriff.Client, content []byte) func(testing.TB) error {
	return func(tb testing.TB) error {
		_, err := client.UploadMedia(tb.Context(), sessionID, front(content))
		return err
	}
}

// The floor of a download is io.Copy into the hash that Download tells, and for
// a signed one into the signature's as well.
func BenchmarkDownloadMedia(b *testing.B) {
	content := photo(downloadSize)
	copyInto := func(hashes func() io.Writer) func() error {
		return func() error {
			_, err := io.Copy(hashes(), onlyReader{bytes.NewReader(content)})
			return err
		}
	}
	floor := copyInto(func() io.Writer { return sha256.New() })
	signedFloor := copyInto(func() io.Writer { return io.MultiWriter(sha256.New(), hmac.New(sha256.New, []byte(sharedSecret))) })
	serve := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		_, _ = w.Write(content)
	}
	compare(b, "in process", downloadSize, floor, downloading(newClient(b, downloads(content, ""))))
	compare(b, "signed", downloadSize, signedFloor, downloading(newClient(b, downloads(content, hmacHex(sharedSecret, content)))))
	compare(b, "loopback", downloadSize, floor, downloading(loopback(b, serve)))
}

func downloading(client *veriff.Client) func(testing.TB) error {
	return func(tb testing.TB) error {
		_, err := client.DownloadMedia(tb.Context(), videoID, io.Discard)
		return err
	}
}

func loopback(b *testing.B, handler http.HandlerFunc) *veriff.Client {
	b.Helper()
	srv := httptest.NewServer(handler)
	b.Cleanup(srv.Close)
	return newClient(b, srv.Client().Transport, veriff.WithBaseURL(srv.URL))
}

// compare takes a way and its floor in turns, so that what else the machine does
// falls on both, and reports the least time of the one over that of the other.
func compare(b *testing.B, name string, size int64, floor func() error, way func(testing.TB) error) {
	b.Run(name, func(b *testing.B) {
		least := [2]time.Duration{math.MaxInt64, math.MaxInt64}
		for b.Loop() {
			for i, run := range []func() error{floor, func() error { return way(b) }} {
				start := time.Now()
				require.NoError(b, run())
				least[i] = min(least[i], time.Since(start))
			}
		}
		b.ReportMetric(float64(least[1])/float64(least[0]), "of-floor")
		b.ReportMetric(float64(size)/1e6/least[1].Seconds(), "MB/s")
	})
}
