package veriff_test

import (
	"bytes"
	"cmp"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// open starts a session.
func open(tb testing.TB, client *veriff.Client) *veriff.Session {
	tb.Helper()
	session, err := client.CreateSession(tb.Context(), &veriff.CreateSessionRequest{VendorData: "attempt-1"})
	require.NoError(tb, err)
	return session
}

func TestUploadThroughTheAPIAndMediaBack(t *testing.T) {
	for name, test := range map[string]struct {
		server []verifftest.Option
		client []veriff.Option
	}{
		"today":             {nil, nil},
		"created":           {[]verifftest.Option{verifftest.WithCreatedStatus()}, nil},
		"document 003":      {[]verifftest.Option{verifftest.WithTimestampRequired(), verifftest.WithOldMediaLists()}, []veriff.Option{veriff.WithLegacyAPI()}},
		"another host":      {[]verifftest.Option{verifftest.WithMediaHost("https://magic.veriff.example")}, nil},
		"vrf- headers":      {[]verifftest.Option{verifftest.WithHeaders(verifftest.VRFHeaders)}, nil},
		"without a socket":  {[]verifftest.Option{verifftest.WithoutListener()}, nil},
		"an unsigned media": {[]verifftest.Option{verifftest.WithUnsignedMedia()}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			srv := verifftest.NewServer(t, test.server...)
			options := test.client
			if strings.HasSuffix(srv.URL, ".invalid") {
				options = append(options, veriff.WithHTTPClient(&http.Client{Transport: srv.RoundTripper()}))
			}
			client := connect(t, srv, options...)
			session := open(t, client)
			front := photo(100_001)
			uploaded, err := client.UploadMedia(t.Context(), session.ID, &veriff.MediaUpload{Context: veriff.DocumentFront, Content: bytes.NewReader(front)})
			require.NoError(t, err)
			assert.True(t, uploaded.Meta().Signed())
			_, err = client.UploadMedia(t.Context(), session.ID, &veriff.MediaUpload{Context: veriff.Face, Content: bytes.NewReader(photo(2))})
			require.ErrorIs(t, err, veriff.ErrInvalidRequest)
			require.NoError(t, srv.Submit(session.ID))
			_, err = client.UploadMedia(t.Context(), session.ID, &veriff.MediaUpload{Context: veriff.Face, Content: bytes.NewReader(front)})
			require.ErrorIs(t, err, veriff.ErrConflict, "after the submission")
			require.NotErrorIs(t, err, veriff.ErrUnconfirmed)

			list, err := client.SessionMedia(t.Context(), session.ID)
			require.NoError(t, err)
			require.Len(t, list.Images, 1)
			assert.Equal(t, uploaded.ID, list.Images[0].ID)
			attempt := srv.Sessions()[0].AttemptID
			ofAttempt, err := client.AttemptMedia(t.Context(), attempt)
			require.NoError(t, err)
			assert.Equal(t, list.Images, ofAttempt.Images)

			path := filepath.Join(t.TempDir(), list.Images[0].FileName())
			assert.Equal(t, ".jpg", filepath.Ext(path))
			download, err := client.DownloadMediaFile(t.Context(), uploaded.ID, path)
			require.NoError(t, err)
			assert.Equal(t, sha256Of(front), download.SHA256)
			assert.EqualValues(t, len(front), download.Size)
			assert.Equal(t, "image/jpeg", download.ContentType)
			assert.Equal(t, name != "an unsigned media", download.Signed)
		})
	}
}

// The whole of an integration that shows nothing of Veriff's: session, photos
// one by one, submission, decision by webhook, and then its media kept, found by
// the id in that webhook and asked for one by one.
func TestIntegrationByAPIAndItsMediaKept(t *testing.T) {
	for name, test := range map[string]struct {
		server   []verifftest.Option
		client   []veriff.Option
		verifier []veriff.VerifierOption
	}{
		"today": {},
		"document 003": {
			[]verifftest.Option{verifftest.WithTimestampRequired(), verifftest.WithOldCreateReply(), verifftest.WithOldMediaLists(), verifftest.WithLegacyWebhooks()},
			[]veriff.Option{veriff.WithLegacyAPI()}, []veriff.VerifierOption{veriff.WithLegacySignature()},
		},
	} {
		t.Run(name, func(t *testing.T) {
			srv := verifftest.NewServer(t, test.server...)
			client := connect(t, srv, append(test.client, veriff.WithSignedAnswersOnly())...)
			verifier, err := veriff.NewVerifier(srv.APIKey, srv.Secret, test.verifier...)
			require.NoError(t, err)
			var box mailbox
			handler, err := veriff.NewWebhookHandler(verifier, box.put, veriff.ConfirmWith(client))
			require.NoError(t, err)
			srv.DeliverTo(handler)

			session, err := client.CreateSession(t.Context(), &veriff.CreateSessionRequest{
				Document: veriff.SessionDocument{Type: veriff.DocumentTypeIDCard, Country: "EE", Number: "AA0052283"},
			})
			require.NoError(t, err)
			sent := map[string]string{}
			for i, shows := range []veriff.MediaContext{veriff.Face, veriff.DocumentFront, veriff.DocumentBack} {
				content := photo(1000 + i)
				image, err := client.UploadMedia(t.Context(), session.ID, &veriff.MediaUpload{Context: shows, Content: bytes.NewReader(content)})
				require.NoError(t, err)
				sent[image.ID] = string(content)
			}
			filmed := photo(5000)
			video, err := srv.AddMedia(session.ID, verifftest.Media{Kind: verifftest.VideoMedia, Content: filmed, MimeType: "video/mp4"})
			require.NoError(t, err)
			sent[video] = string(filmed)
			_, err = client.SubmitSession(t.Context(), session.ID)
			require.NoError(t, err)
			_, err = client.UploadMedia(t.Context(), session.ID, front(photo(9)))
			assertKinds(t, err, veriff.ErrConflict)
			require.NoError(t, srv.Approve(session.ID, verifftest.Person{LastName: "Hong"}))

			require.Len(t, box.decisions(), 1)
			decision := box.decisions()[0]
			assert.Equal(t, session.ID, decision.ID)
			assert.True(t, decision.Approved())
			assert.Equal(t, "Hong", decision.Person.LastName)
			assert.Equal(t, "AA0052283", decision.Document.Number)

			media, err := client.SessionMedia(t.Context(), decision.ID)
			require.NoError(t, err)
			require.Len(t, media.Images, 3)
			require.Len(t, media.Videos, 1)
			before, dir := len(srv.Requests()), t.TempDir()
			for _, file := range append(media.Images, media.Videos...) {
				path := filepath.Join(dir, file.FileName())
				assert.Equal(t, map[bool]string{true: ".mp4", false: ".jpg"}[file.ID == video], filepath.Ext(path))
				_, err := client.DownloadMediaFile(t.Context(), file.ID, path)
				require.NoError(t, err)
				kept, err := os.ReadFile(path)
				require.NoError(t, err)
				assert.Equal(t, sent[file.ID], string(kept))
			}
			assert.Len(t, names(t, dir), 4)
			assert.Len(t, srv.Requests(), before+4, "one for each file")
		})
	}
}

func TestEveryContextAndFormatIsTakenByTheFake(t *testing.T) {
	srv := verifftest.NewServer(t)
	client := connect(t, srv)
	session := open(t, client)
	for _, row := range readTable(t, "media_contexts.tsv") {
		got, err := client.UploadMedia(t.Context(), session.ID, &veriff.MediaUpload{Context: veriff.MediaContext(row["value"]), Content: bytes.NewReader(photo(99))})
		require.NoError(t, err, row["value"])
		assert.Equal(t, veriff.MediaContext(row["value"]), got.Context)
	}
	for extension, head := range map[string]string{
		".jpg": jpegHead, ".png": "\x89PNG\r\n\x1a\n", ".webp": "RIFF\x24\x00\x00\x00WEBPVP8 ", ".pdf": "%PDF-1.7\n",
		".heic": "\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1", ".heif": "\x00\x00\x00\x1cftypmif1",
	} {
		got, err := client.UploadMedia(t.Context(), session.ID, front([]byte(head)))
		require.NoError(t, err, extension)
		assert.Equal(t, extension, filepath.Ext(got.FileName()))
	}
	_, err := client.UploadMedia(t.Context(), session.ID, &veriff.MediaUpload{Context: "selfie", Content: bytes.NewReader(photo(99))})
	var failed *veriff.Error
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, veriff.ErrorCodeContextNotSupported, failed.Code)
}

func TestUploadsWhoseAnswerIsLost(t *testing.T) {
	for name, test := range map[string]struct {
		fault verifftest.Fault
		kept  int
		want  error
	}{
		"reset after it":  {verifftest.ResetAfter(), 1, veriff.ErrUnavailable},
		"cut off":         {verifftest.Truncate(), 1, veriff.ErrUnavailable},
		"HTML":            {verifftest.HTML(http.StatusOK), 0, veriff.ErrInvalidAnswer},
		"wrong signature": {verifftest.WrongSignature(), 1, veriff.ErrSignature},
		"too large":       {verifftest.Oversize(9 << 20), 1, veriff.ErrTooLarge},
	} {
		srv := verifftest.NewServer(t)
		client := connect(t, srv, veriff.WithMaxAttempts(3))
		session := open(t, client)
		require.NoError(t, srv.Inject(test.fault))
		_, err := client.UploadMedia(t.Context(), session.ID, front(photo(50_000)))
		require.ErrorIs(t, err, test.want, name)
		require.ErrorIs(t, err, veriff.ErrUnconfirmed, name)
		assert.Len(t, srv.Media(session.ID), test.kept, "%s: never twice", name)
	}
}

func TestDownloadsWithFaults(t *testing.T) {
	for name, test := range map[string]struct {
		fault verifftest.Fault
		want  error         // nil: it goes well in the end
		each  time.Duration // of an attempt's silence, or a minute
	}{
		"busy":            {verifftest.Status(http.StatusServiceUnavailable, 0), nil, 0},
		"reset":           {verifftest.ResetBefore(), nil, 0},
		"trickling":       {verifftest.Trickle(500, time.Millisecond), nil, 0},
		"cut off":         {verifftest.Truncate(), veriff.ErrUnavailable, 0},
		"wrong signature": {verifftest.WrongSignature(), veriff.ErrSignature, 0},
		"no signature":    {verifftest.NoSignature(), veriff.ErrSignature, 0},
		"redirect":        {verifftest.Redirect("https://magic.veriff.example/"), veriff.ErrInvalidAnswer, 0},
		"a page of HTML":  {verifftest.HTML(http.StatusBadGateway), nil, 0},
		"longer, signed":  {verifftest.Oversize(1000), nil, 0},
		"silent":          {verifftest.StallBody(nil), veriff.ErrUnavailable, 300 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			srv := verifftest.NewServer(t)
			session := open(t, connect(t, srv))
			mediaID, err := srv.AddMedia(session.ID, verifftest.Media{Kind: verifftest.VideoMedia, Content: photo(10_000)})
			require.NoError(t, err)
			require.NoError(t, srv.Inject(test.fault))
			client := connect(t, srv, veriff.WithMaxAttempts(3), veriff.WithSignedAnswersOnly(), veriff.WithAttemptTimeout(cmp.Or(test.each, time.Minute)))
			dir := t.TempDir()
			download, err := client.DownloadMediaFile(t.Context(), mediaID, filepath.Join(dir, "x.mp4"))
			if test.want == nil {
				require.NoError(t, err)
				assert.True(t, download.Signed)
				assert.GreaterOrEqual(t, download.Size, int64(10_000))
				return
			}
			require.ErrorIs(t, err, test.want)
			assert.Empty(t, names(t, dir))
		})
	}
}

func TestAnotherSessionsMedia(t *testing.T) {
	srv := verifftest.NewServer(t)
	client := connect(t, srv)
	session := open(t, client)
	require.NoError(t, srv.Submit(session.ID))
	require.NoError(t, srv.Inject(verifftest.AnotherSession()))
	_, err := client.SessionMedia(t.Context(), session.ID)
	require.ErrorIs(t, err, veriff.ErrForeign)

	list, err := client.SessionMedia(t.Context(), session.ID)
	require.NoError(t, err)
	require.Len(t, list.Videos, 1)
	seconds, ok := list.Videos[0].Duration.Float64()
	assert.True(t, ok)
	assert.InDelta(t, 3, seconds, 0)
	_, err = client.DownloadMedia(t.Context(), otherID, io.Discard)
	require.ErrorIs(t, err, veriff.ErrNotFound)
}

// Whatever the URLs of media say, all that is asked is the base URL.
func TestMediaOfAnotherHostIsNeverAsked(t *testing.T) {
	srv := verifftest.NewServer(t, verifftest.WithMediaHost("https://magic.veriff.example"))
	hosts := map[string]int{}
	client := connect(t, srv, veriff.WithHTTPClient(&http.Client{Transport: answering(func(r *http.Request) (*http.Response, error) {
		hosts[r.URL.Host]++
		return http.DefaultTransport.RoundTrip(r)
	})}))
	session := open(t, client)
	require.NoError(t, srv.Submit(session.ID))
	list, err := client.SessionMedia(t.Context(), session.ID)
	require.NoError(t, err)
	for _, file := range append(list.Images, list.Videos...) {
		assert.True(t, strings.HasPrefix(file.URL, "https://magic.veriff.example/"), file.ID)
		_, err := client.DownloadMedia(t.Context(), file.ID, io.Discard)
		require.NoError(t, err)
	}
	assert.Equal(t, map[string]int{strings.TrimPrefix(srv.URL, "http://"): 5}, hosts)
}
