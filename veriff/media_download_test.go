package veriff_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

const mediaURL = baseURL + "/v1/media/" + videoID

func sha256Of(content []byte) []byte {
	sum := sha256.Sum256(content)
	return sum[:]
}

func TestDownloadMedia(t *testing.T) {
	content := photo(100_000)
	mock := mocked(http.MethodGet, mediaURL, func(r *http.Request) (*http.Response, error) {
		assert.Equal(t, apiKey, r.Header.Get("X-AUTH-CLIENT"))
		assert.Equal(t, hmacHex(sharedSecret, []byte(videoID)), r.Header.Get("X-HMAC-SIGNATURE"))
		assert.Equal(t, "*/*", r.Header.Get("Accept"))
		assert.Equal(t, "/v1/media/{id}", r.Pattern)
		return withHeader(http.StatusOK, content, "X-HMAC-SIGNATURE", hmacHex(sharedSecret, content), "Content-Type", "video/mp4")(r)
	})
	var got bytes.Buffer
	download, err := newClient(t, mock, veriff.WithSignedAnswersOnly()).DownloadMedia(t.Context(), videoID, &got)
	require.NoError(t, err)
	assert.Equal(t, content, got.Bytes())
	assert.Equal(t, &veriff.Download{Size: 100_000, SHA256: sha256Of(content), ContentType: "video/mp4", Signed: true}, download)
}

func TestDownloadSignatures(t *testing.T) {
	content := photo(70_000)
	right, legacy, wrong := hmacHex(sharedSecret, content), legacyHex(sharedSecret, content), hmacHex("another", content)
	for name, test := range map[string]struct {
		header      []string
		legacy      bool // the client's scheme
		signed      bool
		refused     bool
		ofTheHeader []string
	}{
		"none":                     {},
		"x-":                       {header: []string{"X-HMAC-SIGNATURE", right}, signed: true},
		"vrf-":                     {header: []string{"VRF-HMAC-SIGNATURE", right}, signed: true},
		"both":                     {header: []string{"X-HMAC-SIGNATURE", right, "VRF-HMAC-SIGNATURE", right}, signed: true},
		"wrong":                    {header: []string{"X-HMAC-SIGNATURE", wrong}, refused: true},
		"cut off":                  {header: []string{"X-HMAC-SIGNATURE", right[:62]}, refused: true},
		"not hex":                  {header: []string{"X-HMAC-SIGNATURE", "hello"}, refused: true},
		"conflict":                 {header: []string{"X-HMAC-SIGNATURE", right, "VRF-HMAC-SIGNATURE", wrong}, refused: true},
		"of the id":                {header: []string{"X-HMAC-SIGNATURE", hmacHex(sharedSecret, []byte(videoID))}, refused: true},
		"legacy alone is no proof": {header: []string{"X-SIGNATURE", legacy}},
		"wrong legacy":             {header: []string{"X-SIGNATURE", wrong}, refused: true},
		"wrong legacy beside":      {header: []string{"X-HMAC-SIGNATURE", right, "X-SIGNATURE", wrong}, refused: true},
		"legacy client":            {header: []string{"X-SIGNATURE", legacy}, legacy: true, signed: true},
		"legacy client, wrong":     {header: []string{"X-SIGNATURE", right}, legacy: true, refused: true},
		"legacy client, HMAC":      {header: []string{"X-HMAC-SIGNATURE", right}, legacy: true, signed: true},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			options := []veriff.Option{veriff.WithLogger(slog.New(slog.NewTextHandler(&log, nil)))}
			if test.legacy {
				options = append(options, veriff.WithLegacyAPI())
			}
			mock := mocked(http.MethodGet, mediaURL, withHeader(http.StatusOK, content, test.header...))
			var got bytes.Buffer
			download, err := newClient(t, mock, options...).DownloadMedia(t.Context(), videoID, &got)
			if test.refused {
				assert.Nil(t, download)
				require.ErrorIs(t, err, veriff.ErrSignature)
				assert.EqualError(t, err, "veriff: DownloadMedia: 200 signature does not hold: the answer's does not")
			} else {
				require.NoError(t, err)
				assert.Equal(t, test.signed, download.Signed)
				assert.Equal(t, sha256Of(content), download.SHA256)
				assert.Equal(t, !test.signed, bytes.Contains(log.Bytes(), []byte("veriff: unsigned answer")), log.String())
			}

			got.Reset()
			download, err = newClient(t, mock, append(options, veriff.WithSignedAnswersOnly())...).DownloadMedia(t.Context(), videoID, &got)
			switch {
			case test.signed:
				require.NoError(t, err)
				assert.True(t, download.Signed)
			case test.refused:
				require.ErrorIs(t, err, veriff.ErrSignature)
			default:
				assert.Nil(t, download)
				require.ErrorIs(t, err, veriff.ErrSignature)
				assert.EqualError(t, err, "veriff: DownloadMedia: 200 signature does not hold: the answer has none")
				assert.Zero(t, got.Len(), "not a byte")
			}
		})
	}
}

// Every byte counts: a flipped one is found, wherever it is.
func TestDownloadThatWasChanged(t *testing.T) {
	content := photo(40_000)
	for _, i := range []int{0, 1, 32767, 32768, 39_999} {
		changed := bytes.Clone(content)
		changed[i] ^= 1
		mock := mocked(http.MethodGet, mediaURL, withHeader(http.StatusOK, changed, "X-HMAC-SIGNATURE", hmacHex(sharedSecret, content)))
		_, err := newClient(t, mock).DownloadMedia(t.Context(), videoID, io.Discard)
		require.ErrorIs(t, err, veriff.ErrSignature, i)
	}
}

// answering is a network in memory with a body that it does not hold.
type answering func(*http.Request) (*http.Response, error)

func (f answering) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func media(length int64, body io.Reader) answering {
	return func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, ContentLength: length, Body: io.NopCloser(body)}, nil
	}
}

type failingWriter struct{ after int }

func (w *failingWriter) Write(p []byte) (int, error) {
	if w.after -= len(p); w.after < 0 {
		return 0, errBroken
	}
	return len(p), nil
}

func TestDownloadsThatFail(t *testing.T) {
	content := photo(50_000)
	half := func() io.Reader { return bytes.NewReader(content[:25_000]) }
	for name, test := range map[string]struct {
		network http.RoundTripper
		writer  io.Writer
		says    string
		is      []error
		written bool // something was
	}{
		"cut off": {network: media(50_000, half()), says: "200 unavailable: cut off", is: []error{veriff.ErrUnavailable, io.ErrUnexpectedEOF}, written: true},
		"reset": {network: media(-1, io.MultiReader(half(), brokenReader{syscall.ECONNRESET})), says: "200 unavailable: connection reset",
			is: []error{veriff.ErrUnavailable, syscall.ECONNRESET}, written: true},
		"too large": {network: media(1<<30+1, half()), says: "200 invalid answer, too large: body too large", is: []error{veriff.ErrTooLarge, veriff.ErrInvalidAnswer}},
		"empty":     {network: media(0, bytes.NewReader(nil)), says: "200 invalid answer: it is empty", is: []error{veriff.ErrInvalidAnswer}},
		"a part": {network: answering(func(*http.Request) (*http.Response, error) {
			return httpmock.NewBytesResponse(http.StatusPartialContent, content), nil
		}), says: "206 invalid answer: the status is not that of a whole file", is: []error{veriff.ErrInvalidAnswer}},
		"a web page": {network: answering(func(*http.Request) (*http.Response, error) {
			page := httpmock.NewBytesResponse(http.StatusOK, content)
			page.Header.Set("Content-Type", "Text/HTML; charset=utf-8")
			return page, nil
		}), says: "200 invalid answer: it is a web page, not media", is: []error{veriff.ErrInvalidAnswer}},
		"redirect": {network: answering(func(*http.Request) (*http.Response, error) {
			return httpmock.NewBytesResponse(http.StatusFound, content), nil
		}), says: "302 invalid answer", is: []error{veriff.ErrInvalidAnswer}},
		"not found": {network: answering(func(*http.Request) (*http.Response, error) {
			return httpmock.NewStringResponse(http.StatusNotFound, `{"status":"fail","code":"1104","message":"no"}`), nil
		}), says: "404 not found (1104", is: []error{veriff.ErrNotFound}},
		"the writer":   {network: media(-1, half()), writer: &failingWriter{}, says: "200: what came cannot be written", is: []error{errBroken}},
		"it, later on": {network: media(-1, io.MultiReader(half(), half())), writer: &failingWriter{after: 25_000}, says: "200: what came cannot be written", is: []error{errBroken}, written: true},
	} {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			writer := io.Writer(&got)
			if test.writer != nil {
				writer = io.MultiWriter(test.writer, &got)
			}
			download, err := newClient(t, test.network, veriff.WithMaxAttempts(1)).DownloadMedia(t.Context(), videoID, writer)
			assert.Nil(t, download)
			require.Error(t, err)
			assert.Contains(t, err.Error(), "veriff: DownloadMedia: "+test.says)
			assert.NotContains(t, err.Error(), "mirae")
			for _, want := range test.is {
				require.ErrorIs(t, err, want)
			}
			for _, not := range []error{veriff.ErrUnconfirmed, veriff.ErrSignature} {
				require.NotErrorIs(t, err, not)
			}
			assert.Equal(t, test.written, got.Len() > 0)
		})
	}
}

type brokenReader struct{ err error }

func (b brokenReader) Read([]byte) (int, error) { return 0, b.err }

func TestDownloadAtItsLimitIsTaken(t *testing.T) {
	_, err := newClient(t, media(1<<30, bytes.NewReader(photo(10)))).DownloadMedia(t.Context(), videoID, io.Discard)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF, "it began, and did not come")
}

func TestDownloadIsTriedAgainBeforeItsFirstByte(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		content, attempts := photo(50_000), 0
		mock := mocked(http.MethodGet, mediaURL, func(r *http.Request) (*http.Response, error) {
			switch attempts++; attempts {
			case 1:
				return httpmock.NewStringResponse(http.StatusServiceUnavailable, "busy"), nil
			case 2:
				return media(-1, brokenReader{io.ErrUnexpectedEOF})(r)
			}
			return withHeader(http.StatusOK, content, "X-HMAC-SIGNATURE", hmacHex(sharedSecret, content))(r)
		})
		var got bytes.Buffer
		download, err := newClient(t, mock, veriff.WithMaxAttempts(3)).DownloadMedia(t.Context(), videoID, &got)
		require.NoError(t, err)
		assert.Equal(t, content, got.Bytes())
		assert.Equal(t, sha256Of(content), download.SHA256)
		assert.True(t, download.Signed)
		assert.Equal(t, 3, attempts)

		attempts = 0
		cut := answering(func(r *http.Request) (*http.Response, error) {
			attempts++
			return media(50_000, bytes.NewReader(content[:10]))(r)
		})
		_, err = newClient(t, cut, veriff.WithMaxAttempts(3)).DownloadMedia(t.Context(), videoID, io.Discard)
		require.ErrorIs(t, err, veriff.ErrUnavailable)
		assert.Equal(t, 1, attempts)
	})
}

// A long download is not cut by the attempt's timeout, a silent one is.
func TestDownloadTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := newClient(t, answering(func(r *http.Request) (*http.Response, error) {
			return media(-1, &drip{ctx: r.Context(), left: 100, wait: 9 * time.Second})(r)
		}), veriff.WithAttemptTimeout(10*time.Second))
		start := time.Now()
		download, err := client.DownloadMedia(t.Context(), videoID, io.Discard)
		require.NoError(t, err)
		assert.EqualValues(t, 100, download.Size)
		assert.Equal(t, 900*time.Second, time.Since(start))

		client = newClient(t, answering(func(r *http.Request) (*http.Response, error) {
			return media(-1, &drip{ctx: r.Context(), left: 100, wait: 11 * time.Second})(r)
		}), veriff.WithAttemptTimeout(10*time.Second))
		start = time.Now()
		_, err = client.DownloadMedia(t.Context(), videoID, io.Discard)
		require.ErrorIs(t, err, veriff.ErrUnavailable)
		assert.ErrorContains(t, err, "timeout")
		assert.False(t, errors.Is(err, context.DeadlineExceeded), "not the caller's")
		assert.Equal(t, 10*time.Second, time.Since(start))
	})
}

// drip gives a byte after each wait.
type drip struct {
	ctx  context.Context
	left int
	wait time.Duration
}

func (d *drip) Read(p []byte) (int, error) {
	if d.left == 0 {
		return 0, io.EOF
	}
	select {
	case <-time.After(d.wait):
		d.left--
		return copy(p, "x"), nil
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	}
}

func TestDownloadsThatAreRefusedBeforeAnythingIsSent(t *testing.T) {
	mock := httpmock.NewMockTransport()
	client := newClient(t, mock)
	for name, test := range map[string]struct {
		client *veriff.Client
		id     string
		writer io.Writer
		says   string
	}{
		"no id":     {client, "", io.Discard, "media id is empty"},
		"a path":    {client, "../sessions", io.Discard, "media id has a slash or backslash"},
		"a URL":     {client, "https://media.veriff.example/v1/media/x", io.Discard, "media id has a slash or backslash"},
		"no writer": {client, videoID, nil, "the writer is nil"},
		"no client": {nil, videoID, io.Discard, "the client was not made by NewClient"},
	} {
		download, err := test.client.DownloadMedia(t.Context(), test.id, test.writer)
		assert.Nil(t, download, name)
		require.ErrorIs(t, err, veriff.ErrInvalidRequest, name)
		assert.ErrorContains(t, err, test.says, name)
	}
	assert.Zero(t, mock.GetTotalCallCount())
}
