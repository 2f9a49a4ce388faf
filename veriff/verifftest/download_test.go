package verifftest_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

func download(t *testing.T, srv *verifftest.Server, mediaID string) answer {
	t.Helper()
	return ask(t, srv, "GET", "/media/"+mediaID, mediaID)
}

func TestDownload(t *testing.T) {
	both(t, func(t *testing.T, srv *verifftest.Server, client *http.Client) {
		id := created(t, srv, `{}`)
		for name, m := range map[string]verifftest.Media{
			"small photo": {Context: "face", Content: []byte(jpegFile), MimeType: "image/jpeg"},
			"long video":  {Kind: verifftest.VideoMedia, Content: slices.Repeat([]byte("\x00ab"), 100_000), MimeType: "video/mp4"},
		} {
			mediaID := add(t, srv, id, m)
			req, err := http.NewRequestWithContext(t.Context(), "GET", srv.URL+"/v1/media/"+mediaID, nil)
			require.NoError(t, err)
			req.Header.Set("X-AUTH-CLIENT", srv.APIKey)
			req.Header.Set("X-HMAC-SIGNATURE", hmacHex(srv.Secret, mediaID))
			resp, err := client.Do(req)
			require.NoError(t, err)
			content, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			assert.Equal(t, 200, resp.StatusCode)
			assert.Equal(t, string(m.Content), string(content), name)
			assert.Equal(t, m.MimeType, resp.Header.Get("Content-Type"), name)
			assert.Equal(t, int64(-1), resp.ContentLength, "the length is not announced")
			assert.Equal(t, hmacHex(srv.Secret, string(content)), resp.Header.Get("X-HMAC-SIGNATURE"), name)

			a := send(t, client, "GET", srv.URL+"/v1/media/"+mediaID, "", "X-AUTH-CLIENT", srv.APIKey, "X-SIGNATURE", shaHex(mediaID, srv.Secret))
			assert.Equal(t, shaHex(string(m.Content), srv.Secret), a.header.Get("X-SIGNATURE"), name)
		}
	})
}

func TestRefusedDownloads(t *testing.T) {
	srv := start(t, verifftest.WithUnsignedMedia())
	id := created(t, srv, `{}`)
	mediaID := add(t, srv, id, verifftest.Media{Content: []byte(jpegFile)})
	a := download(t, srv, mediaID)
	require.Equal(t, 200, a.status)
	assert.Empty(t, a.header.Values("X-HMAC-SIGNATURE"), "by the option")

	a = download(t, srv, id)
	assert.Equal(t, "404", a.refused(t))
	assert.Equal(t, hmacHex(srv.Secret, a.body), a.header.Get("X-HMAC-SIGNATURE"), "a refusal is signed")
	assert.Equal(t, "401 1818", ask(t, srv, "GET", "/media/"+mediaID, id).refused(t))
	assert.Equal(t, "400 1001", download(t, srv, "abc").refused(t))
	assert.Equal(t, "400 1002", download(t, srv, mediaID+"a").refused(t))
}

// What can go wrong with a file on its way.
func TestDownloadFaults(t *testing.T) {
	content := strings.Repeat("\xff\xd8\xff", 1000)
	for name, c := range map[string]struct {
		fault verifftest.Fault
		check func(t *testing.T, srv *verifftest.Server, a answer, err error)
	}{
		"cut off": {verifftest.Truncate(), func(t *testing.T, _ *verifftest.Server, a answer, err error) {
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			assert.Equal(t, content[:1500], a.body)
		}},
		"wrong signature": {verifftest.WrongSignature(), func(t *testing.T, srv *verifftest.Server, a answer, err error) {
			require.NoError(t, err)
			assert.Equal(t, content, a.body)
			assert.NotEqual(t, hmacHex(srv.Secret, content), a.header.Get("X-HMAC-SIGNATURE"))
		}},
		"no signature": {verifftest.NoSignature(), func(t *testing.T, _ *verifftest.Server, a answer, err error) {
			require.NoError(t, err)
			assert.Empty(t, a.header.Values("X-HMAC-SIGNATURE"))
		}},
		"oversized": {verifftest.Oversize(1 << 20), func(t *testing.T, srv *verifftest.Server, a answer, err error) {
			require.NoError(t, err)
			assert.Len(t, a.body, len(content)+1<<20)
			assert.Equal(t, content, a.body[:len(content)])
			assert.Equal(t, hmacHex(srv.Secret, a.body), a.header.Get("X-HMAC-SIGNATURE"))
		}},
		"slow": {verifftest.Trickle(700, time.Millisecond), func(t *testing.T, srv *verifftest.Server, a answer, err error) {
			require.NoError(t, err)
			assert.Equal(t, content, a.body)
			assert.Equal(t, hmacHex(srv.Secret, a.body), a.header.Get("X-HMAC-SIGNATURE"))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, srv *verifftest.Server, client *http.Client) {
				mediaID := add(t, srv, created(t, srv, `{}`), verifftest.Media{Content: []byte(content)})
				require.NoError(t, srv.Inject(c.fault.On(verifftest.DownloadMediaRoute)))
				headers := []string{"X-AUTH-CLIENT", srv.APIKey, "X-HMAC-SIGNATURE", hmacHex(srv.Secret, mediaID)}
				a, err := try(t, client, "GET", srv.URL+"/v1/media/"+mediaID, "", headers...)
				c.check(t, srv, a, err)
				a = send(t, client, "GET", srv.URL+"/v1/media/"+mediaID, "", headers...)
				assert.Equal(t, content, a.body, "once, and nothing is spoilt")
			})
		})
	}
}

func TestEndlessDownload(t *testing.T) {
	both(t, func(t *testing.T, srv *verifftest.Server, client *http.Client) {
		mediaID := add(t, srv, created(t, srv, `{}`), verifftest.Media{Content: []byte(jpegFile)})
		require.NoError(t, srv.Inject(verifftest.Endless()))
		req, err := http.NewRequestWithContext(t.Context(), "GET", srv.URL+"/v1/media/"+mediaID, nil)
		require.NoError(t, err)
		req.Header.Set("X-AUTH-CLIENT", srv.APIKey)
		req.Header.Set("X-HMAC-SIGNATURE", hmacHex(srv.Secret, mediaID))
		resp, err := client.Do(req)
		require.NoError(t, err)
		n, err := io.CopyN(io.Discard, resp.Body, 8<<20)
		require.NoError(t, err)
		assert.Equal(t, int64(8<<20), n)
		require.NoError(t, resp.Body.Close())
		// Close, when the test ends, waits for what still runs.
	})
}
