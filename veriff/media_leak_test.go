package veriff_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/secret/secrettest"
	"github.com/kyckit/kyckit-go/veriff"
)

// No id, path or content comes out of what fails with media.
func TestMediaCallsShowNothing(t *testing.T) {
	const secret = "synthetic-secret-5150"
	markers := []string{secrettest.Marker, secret, apiKey, videoID}
	var log bytes.Buffer
	dir := t.TempDir()
	path := filepath.Join(dir, secrettest.Marker)
	for name, test := range map[string]struct {
		answer httpmock.Responder
		call   func(*veriff.Client) error
	}{
		"a refused upload": {httpmock.NewStringResponder(http.StatusBadRequest, `{"message":"`+secrettest.Marker+`"}`), func(c *veriff.Client) error {
			_, err := c.UploadMedia(t.Context(), videoID, front([]byte(jpegHead+secrettest.Marker)))
			return err
		}},
		"an upload of text": {nil, func(c *veriff.Client) error {
			_, err := c.UploadMedia(t.Context(), videoID, front([]byte(secrettest.Marker)))
			return err
		}},
		"an upload that cannot be read": {nil, func(c *veriff.Client) error {
			_, err := c.UploadMedia(t.Context(), videoID, &veriff.MediaUpload{Context: veriff.Face, Content: lost{}})
			return err
		}},
		"a refused download": {httpmock.NewStringResponder(http.StatusNotFound, secrettest.Marker), func(c *veriff.Client) error {
			_, err := c.DownloadMedia(t.Context(), videoID, io.Discard)
			return err
		}},
		"a download, wrongly signed": {withHeader(http.StatusOK, []byte(secrettest.Marker), "X-HMAC-SIGNATURE", hmacHex("x", nil)), func(c *veriff.Client) error {
			_, err := c.DownloadMedia(t.Context(), videoID, io.Discard)
			return err
		}},
		"no directory": {nil, func(c *veriff.Client) error {
			_, err := c.DownloadMediaFile(t.Context(), videoID, filepath.Join(path, videoID, "x"))
			return err
		}},
		"a file that is there": {httpmock.NewStringResponder(http.StatusOK, secrettest.Marker), func(c *veriff.Client) error {
			_, err := c.DownloadMediaFile(t.Context(), videoID, path)
			require.NoError(t, err)
			_, err = c.DownloadMediaFile(t.Context(), videoID, path)
			return err
		}},
	} {
		mock := httpmock.NewMockTransport()
		mock.RegisterNoResponder(test.answer)
		client, err := veriff.NewClient(apiKey, secret, veriff.WithBaseURL(baseURL), veriff.WithHTTPClient(&http.Client{Transport: mock}),
			veriff.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
		require.NoError(t, err)
		err = test.call(client)
		require.Error(t, err, name)
		assertShowsNothing(t, name, err, append(markers, dir))
	}
	require.NotEmpty(t, log.String())
	for _, marker := range markers {
		assert.NotContains(t, log.String(), marker)
	}
}

// lost is a content whose reads fail.
type lost struct{}

func (lost) ReadAt([]byte, int64) (int, error)       { return 0, errors.New("lost") }
func (lost) Seek(_ int64, whence int) (int64, error) { return int64(whence), nil }
