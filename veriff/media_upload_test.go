package veriff_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net"
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

const jpegHead = "\xff\xd8\xff\xe0"

// photo is a synthetic JPEG of n bytes, as far as its first bytes tell.
func photo(n int) []byte {
	content := bytes.Repeat([]byte("\x00\x10\x83\x10\x51\x87\x20\x92\x8b"), n/9+1)[:n]
	copy(content, jpegHead)
	return content
}

func front(content []byte) *veriff.MediaUpload {
	return &veriff.MediaUpload{Context: veriff.DocumentFront, Content: bytes.NewReader(content)}
}

// uploaded reads the request and answers as Veriff does.
func uploaded(tb testing.TB, look func(r *http.Request, body []byte)) *httpmock.MockTransport {
	tb.Helper()
	return mocked(http.MethodPost, sessionMediaURL, func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		look(r, body)
		return signed(http.StatusOK, fixture(tb, "answers", "media_uploaded.json"))(r)
	})
}

func TestUploadMedia(t *testing.T) {
	// around each border: of a group of base64, of a piece that is read, of both
	for _, size := range []int{4, 5, 6, 7, 12287, 12288, 12289, 24576, 24577, 100_000} {
		content := photo(size)
		mock := uploaded(t, func(r *http.Request, body []byte) {
			assert.Equal(t, `{"image":{"context":"document-front","content":"`+base64.StdEncoding.EncodeToString(content)+`"}}`, string(body), size)
			assert.EqualValues(t, len(body), r.ContentLength)
			assert.Equal(t, apiKey, r.Header.Get("X-AUTH-CLIENT"))
			assert.Equal(t, hmacHex(sharedSecret, body), r.Header.Get("X-HMAC-SIGNATURE"), "over the very bytes sent")
			assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
			assert.Equal(t, "/v1/sessions/{id}/media", r.Pattern)
		})
		got, err := newClient(t, mock).UploadMedia(t.Context(), sessionID, front(content))
		require.NoError(t, err)
		assert.Equal(t, 1, mock.GetTotalCallCount())
		assertHolds(t, member(t, fixture(t, "answers", "media_uploaded.json"), "image"), got)
		assert.Equal(t, imageID, got.ID)
		assert.Equal(t, veriff.DocumentFront, got.Context)
		assert.Equal(t, veriff.Number("52268"), got.Size)
		assert.Equal(t, "6f7e2967-4953-4e35-9aed-4ba69f65db80", got.Timestamp.ID)
		assert.True(t, got.Meta().Signed())
	}
}

// A RoundTripper may read in pieces of any size.
func TestUploadIsTheSameInAnyPieces(t *testing.T) {
	content := photo(12289)
	want := `{"image":{"context":"document-front","content":"` + base64.StdEncoding.EncodeToString(content) + `"}}`
	for _, piece := range []int{1, 2, 3, 4, 5, 7, 64, 4095, 1 << 20} {
		mock := mocked(http.MethodPost, sessionMediaURL, func(r *http.Request) (*http.Response, error) {
			var body bytes.Buffer
			for buffer := make([]byte, piece); ; {
				n, err := r.Body.Read(buffer)
				body.Write(buffer[:n])
				if err == io.EOF {
					break
				}
				require.NoError(t, err)
			}
			assert.Equal(t, want, body.String(), piece)
			return signed(http.StatusCreated, fixture(t, "answers", "media_uploaded.json"))(r)
		})
		_, err := newClient(t, mock).UploadMedia(t.Context(), sessionID, front(content))
		require.NoError(t, err)
	}
}

func TestUploadMediaOfTheLegacyAPI(t *testing.T) {
	content, sentAt := photo(1000), ""
	mock := httpmock.NewMockTransport()
	mock.RegisterResponder(http.MethodPost, "https://api.veriff.me/v1/sessions/"+sessionID+"/media", func(r *http.Request) (*http.Response, error) {
		body := requestBody(t, r)
		assert.Equal(t, legacyHex(sharedSecret, body), r.Header.Get("X-SIGNATURE"))
		assert.Empty(t, r.Header.Get("X-HMAC-SIGNATURE"))
		var sent struct {
			Image map[string]string
		}
		assert.NoError(t, json.Unmarshal(body, &sent))
		sentAt = sent.Image["timestamp"]
		assert.Equal(t, map[string]string{
			"context": "face", "content": base64.StdEncoding.EncodeToString(content), "timestamp": sentAt,
		}, sent.Image)
		answer := fixture(t, "answers", "media_uploaded.json")
		return withHeader(http.StatusOK, answer, "X-SIGNATURE", legacyHex(sharedSecret, answer))(r)
	})
	client, err := veriff.NewClient(apiKey, sharedSecret, veriff.WithLegacyAPI(), veriff.WithSignedAnswersOnly(), veriff.WithHTTPClient(&http.Client{Transport: mock}))
	require.NoError(t, err)
	upload := &veriff.MediaUpload{Context: veriff.Face, Content: bytes.NewReader(content)}
	before := time.Now().Add(-time.Millisecond)
	_, err = client.UploadMedia(t.Context(), sessionID, upload)
	require.NoError(t, err)
	at, err := time.Parse("2006-01-02T15:04:05.999Z", sentAt)
	require.NoError(t, err)
	assert.WithinRange(t, at, before, time.Now())
	assert.Zero(t, upload.Timestamp, "the caller's request is as it was")

	upload.Timestamp = veriff.Time{Time: time.Date(2019, 10, 29, 6, 30, 25, 597e6, time.UTC)}
	_, err = client.UploadMedia(t.Context(), sessionID, upload)
	require.NoError(t, err)
	assert.Equal(t, "2019-10-29T06:30:25.597Z", sentAt)
}

func TestUploadSendsAllOfTheContent(t *testing.T) {
	content := photo(5000)
	file := bytes.NewReader(content)
	_, err := file.Seek(100, io.SeekStart)
	require.NoError(t, err)
	mock := uploaded(t, func(_ *http.Request, body []byte) {
		assert.Contains(t, string(body), base64.StdEncoding.EncodeToString(content))
	})
	_, err = newClient(t, mock).UploadMedia(t.Context(), sessionID, &veriff.MediaUpload{Context: "livestream <2>", Content: file})
	require.NoError(t, err)
	offset, err := file.Seek(0, io.SeekCurrent)
	require.NoError(t, err)
	assert.EqualValues(t, 100, offset, "where it was")
}

func TestFormatsThatAreTaken(t *testing.T) {
	for name, head := range map[string]string{
		"JPEG": jpegHead, "PNG": "\x89PNG\r\n\x1a\n", "WebP": "RIFF\x24\x00\x00\x00WEBPVP8 ", "PDF": "%PDF-1.7\n",
		"HEIC": "\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1", "HEIF": "\x00\x00\x00\x1cftypmif1", "HEIC sequence": "\x00\x00\x00\x1cftyphevc",
	} {
		assert.NoError(t, front([]byte(head)).Validate(), name)
	}
}

// sized is a content of any size without the bytes.
type sized struct {
	head string
	size int64
}

func (s sized) ReadAt(p []byte, _ int64) (int, error) {
	clear(p)
	copy(p, s.head)
	return len(p), nil
}

func (s sized) Seek(_ int64, whence int) (int64, error) {
	if whence == io.SeekEnd {
		return s.size, nil
	}
	return 0, nil
}

// badSeeker fails at its nth call.
type badSeeker struct {
	*bytes.Reader
	calls, fails int
}

func (b *badSeeker) Seek(offset int64, whence int) (int64, error) {
	if b.calls++; b.calls == b.fails {
		return 0, errBroken
	}
	return b.Reader.Seek(offset, whence)
}

var errBroken = errors.New("broken at /home/mirae-hong")

// badReader fails from a read on.
type badReader struct {
	*bytes.Reader
	reads, fails int
}

func (b *badReader) ReadAt(p []byte, offset int64) (int, error) {
	if b.reads++; b.reads >= b.fails {
		return 0, errBroken
	}
	return b.Reader.ReadAt(p, offset)
}

func TestUploadsThatAreRefusedBeforeAnythingIsSent(t *testing.T) {
	mock := httpmock.NewMockTransport()
	client := newClient(t, mock)
	text := func(content string) *veriff.MediaUpload { return front([]byte(content)) }
	encoded := func(content string) string { return base64.StdEncoding.EncodeToString([]byte(content)) }
	webP, heic := "RIFF\x24\x00\x00\x00WEBPVP8 ", "\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1"
	for name, test := range map[string]struct {
		upload *veriff.MediaUpload
		says   string
		cause  error
	}{
		"nothing":                  {upload: nil, says: "request is nil"},
		"no context":               {upload: &veriff.MediaUpload{Content: bytes.NewReader(photo(9))}, says: "the Context is empty"},
		"context, not UTF-8":       {upload: &veriff.MediaUpload{Context: "face\xff", Content: bytes.NewReader(photo(9))}, says: "the Context is not valid UTF-8"},
		"context, newline":         {upload: &veriff.MediaUpload{Context: "face\n", Content: bytes.NewReader(photo(9))}, says: "the Context holds a control character"},
		"no content":               {upload: &veriff.MediaUpload{Context: veriff.Face}, says: "the Content is nil"},
		"empty":                    {upload: text(""), says: "the Content is empty"},
		"data URI":                 {upload: text("data:image/jpeg;base64," + encoded(jpegHead)), says: "the Content is a data URI"},
		"data URI, shouted":        {upload: text(" \n\"DATA:image/png;base64,AA"), says: "the Content is a data URI"},
		"base64 of a JPEG":         {upload: text(encoded(string(photo(100)))), says: "the Content is base64 text"},
		"base64 of a PNG":          {upload: text(encoded("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR")), says: "the Content is base64 text"},
		"base64 of a PDF":          {upload: text("\n" + encoded("%PDF-1.7 and the rest of it")), says: "the Content is base64 text"},
		"base64 of a WebP":         {upload: text(encoded(webP)), says: "the Content is base64 text"},
		"base64 of a HEIC":         {upload: text(encoded(heic)), says: "the Content is base64 text"},
		"base64 for URLs":          {upload: text(base64.RawURLEncoding.EncodeToString([]byte(jpegHead + "\xff\xff\xff\xff\xff\xff\xff\xff"))), says: "the Content is base64 text"},
		"base64 of something else": {upload: text(encoded("hello, world, this is no photo")), says: "the Content is none of"},
		"GIF":                      {upload: text("GIF89a\x01\x00\x01\x00"), says: "the Content is none of"},
		"AVIF":                     {upload: text("\x00\x00\x00\x1cftypavif\x00\x00\x00\x00mif1"), says: "the Content is none of"},
		"MP4":                      {upload: text("\x00\x00\x00\x18ftypmp42"), says: "the Content is none of"},
		"WAV":                      {upload: text("RIFF\x24\x00\x00\x00WAVEfmt "), says: "the Content is none of"},
		"half a head":              {upload: text("\xff\xd8"), says: "the Content is none of"},
		"HTML":                     {upload: text("<html><body>data:"), says: "the Content is none of"},
		"an image too large":       {upload: &veriff.MediaUpload{Context: veriff.Face, Content: sized{jpegHead, 18_000_001}}, says: "the Content has 18000001 bytes, over the 18000000 that make 24000000 of base64"},
		"a PDF too large":          {upload: &veriff.MediaUpload{Context: veriff.Face, Content: sized{"%PDF-", 20_000_001}}, says: "the Content is a PDF of 20000001 bytes, over 20000000"},
		"an immense image":         {upload: &veriff.MediaUpload{Context: veriff.Face, Content: sized{jpegHead, 1<<63 - 1}}, says: "the Content has 9223372036854775807 bytes"},
		"an image that overflows":  {upload: &veriff.MediaUpload{Context: veriff.Face, Content: sized{jpegHead, 7 << 60}}, says: "the Content has 8070450532247928832 bytes"},
		"no offset":                {upload: &veriff.MediaUpload{Context: veriff.Face, Content: &badSeeker{Reader: bytes.NewReader(photo(9)), fails: 1}}, says: "the Content cannot be read", cause: errBroken},
		"no size":                  {upload: &veriff.MediaUpload{Context: veriff.Face, Content: &badSeeker{Reader: bytes.NewReader(photo(9)), fails: 2}}, says: "the Content cannot be read", cause: errBroken},
		"no way back":              {upload: &veriff.MediaUpload{Context: veriff.Face, Content: &badSeeker{Reader: bytes.NewReader(photo(9)), fails: 3}}, says: "the Content cannot be read", cause: errBroken},
		"not readable":             {upload: &veriff.MediaUpload{Context: veriff.Face, Content: &badReader{Reader: bytes.NewReader(photo(9)), fails: 1}}, says: "the Content cannot be read", cause: errBroken},
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorContains(t, test.upload.Validate(), test.says)
			if seeker, ok := contentOf(test.upload).(*badSeeker); ok {
				seeker.calls = 0
			}
			got, err := client.UploadMedia(t.Context(), sessionID, test.upload)
			assert.Nil(t, got)
			require.ErrorIs(t, err, veriff.ErrInvalidRequest)
			assert.ErrorContains(t, err, "veriff: UploadMedia: invalid request: "+test.says)
			assert.NotErrorIs(t, err, veriff.ErrUnconfirmed)
			assert.NotContains(t, err.Error(), "mirae")
			if test.cause != nil {
				assert.ErrorIs(t, err, test.cause)
			}
		})
	}
	_, err := client.UploadMedia(t.Context(), "a/b", front(photo(9)))
	require.ErrorIs(t, err, veriff.ErrInvalidRequest)
	assert.ErrorContains(t, err, "session id has a slash")
	var none *veriff.Client
	_, err = none.UploadMedia(t.Context(), sessionID, front(photo(9)))
	require.ErrorIs(t, err, veriff.ErrInvalidRequest)
	assert.Zero(t, mock.GetTotalCallCount())
}

func contentOf(upload *veriff.MediaUpload) any {
	if upload == nil {
		return nil
	}
	return upload.Content
}

func TestUploadsAtTheirLimitsAreTaken(t *testing.T) {
	for name, content := range map[string]sized{
		"an image of 24,000,000 in base64": {jpegHead, 18_000_000},
		"a PDF of 20,000,000":              {"%PDF-", 20_000_000},
	} {
		assert.NoError(t, (&veriff.MediaUpload{Context: veriff.Face, Content: content}).Validate(), name)
	}
}

// changing is a content of which something is different from the nth read of
// it on.
type changing struct {
	*bytes.Reader
	later *bytes.Reader
	reads int
	from  int
}

func (c *changing) ReadAt(p []byte, offset int64) (int, error) {
	if c.reads++; c.reads >= c.from {
		return c.later.ReadAt(p, offset)
	}
	return c.Reader.ReadAt(p, offset)
}

func TestContentThatChangesBetweenThePasses(t *testing.T) {
	const size = 3*12288 + 5
	content := photo(size)
	flip := func(i int) []byte {
		other := bytes.Clone(content)
		other[i] ^= 1
		return other
	}
	for name, test := range map[string]struct {
		later []byte
		from  []int // 1 reads the head, 2 to 5 the first pass, 6 to 9 the second one
	}{
		"first byte":        {flip(0), []int{6}},
		"middle":            {flip(20_000), []int{4, 5, 6, 7}},
		"last byte":         {flip(size - 1), []int{6, 7, 8, 9}},
		"shorter":           {content[:size-1], []int{2, 3, 4, 5, 6, 7, 8, 9}},
		"shorter by a lot":  {content[:100], []int{2, 3, 4, 5, 6, 7, 8, 9}},
		"shorter by pieces": {content[:2*12288], []int{2, 3, 4, 5, 6, 7, 8, 9}},
		"nothing left":      {nil, []int{2, 3, 4, 5, 6, 7, 8, 9}},
		"longer":            {append(bytes.Clone(content), 'x'), []int{2, 3, 4, 5, 6, 7, 8, 9}},
	} {
		for _, from := range test.from {
			sent := 0
			mock := mocked(http.MethodPost, sessionMediaURL, func(r *http.Request) (*http.Response, error) {
				n, _ := io.Copy(io.Discard, r.Body)
				assert.Less(t, n, r.ContentLength, "the request must not be whole")
				sent++
				return signed(http.StatusOK, fixture(t, "answers", "media_uploaded.json"))(r)
			})
			upload := &veriff.MediaUpload{Context: veriff.Face, Content: &changing{
				Reader: bytes.NewReader(content), later: bytes.NewReader(test.later), from: from,
			}}
			got, err := newClient(t, mock, veriff.WithMaxAttempts(3)).UploadMedia(t.Context(), sessionID, upload)
			assert.Nil(t, got)
			require.ErrorIs(t, err, veriff.ErrInvalidRequest, "%s from read %d", name, from)
			assert.ErrorContains(t, err, "invalid request: the Content changed while it was being uploaded")
			assert.NotErrorIs(t, err, veriff.ErrUnconfirmed)
			assert.LessOrEqual(t, sent, 1)
			if len(test.later) != size && from < 6 {
				assert.Zero(t, sent, "%s from read %d", name, from)
			}
		}
	}
}

func TestContentThatCannotBeReadToItsEnd(t *testing.T) {
	for fails := 2; fails <= 9; fails++ {
		mock := uploaded(t, func(*http.Request, []byte) { t.Error("a whole request") })
		upload := &veriff.MediaUpload{Context: veriff.Face, Content: &badReader{Reader: bytes.NewReader(photo(3*12288 + 5)), fails: fails}}
		got, err := newClient(t, mock).UploadMedia(t.Context(), sessionID, upload)
		assert.Nil(t, got)
		require.ErrorIs(t, err, veriff.ErrInvalidRequest, fails)
		require.ErrorIs(t, err, errBroken, fails)
		assert.ErrorContains(t, err, "invalid request: the Content cannot be read")
		assert.NotErrorIs(t, err, veriff.ErrUnconfirmed)
		assert.NotContains(t, err.Error(), "mirae")
	}
}

func TestUploadIsNotRepeatedOnceItMayHaveArrived(t *testing.T) {
	whole := func(r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }
	answer := fixture(t, "answers", "media_uploaded.json")
	for name, test := range map[string]struct {
		answer httpmock.Responder
		want   []error
	}{
		"reset":           {func(*http.Request) (*http.Response, error) { return nil, syscall.ECONNRESET }, []error{veriff.ErrUnavailable}},
		"unavailable":     {withHeader(http.StatusServiceUnavailable, nil), []error{veriff.ErrUnavailable}},
		"HTML":            {withHeader(http.StatusOK, []byte("<html>")), []error{veriff.ErrInvalidAnswer}},
		"no image":        {signed(http.StatusOK, []byte(`{"status":"success"}`)), []error{veriff.ErrInvalidAnswer}},
		"no id":           {signed(http.StatusOK, []byte(`{"status":"success","image":{}}`)), []error{veriff.ErrInvalidAnswer}},
		"failed":          {signed(http.StatusOK, []byte(`{"status":"fail","image":{"id":"a"}}`)), []error{veriff.ErrInvalidAnswer}},
		"another session": {signed(http.StatusOK, []byte(`{"status":"success","image":{"id":"a","sessionId":"`+otherID+`"}}`)), []error{veriff.ErrForeign}},
		"wrong signature": {withHeader(http.StatusOK, answer, "X-HMAC-SIGNATURE", hmacHex("another", answer)), []error{veriff.ErrSignature}},
		"redirect":        {withHeader(http.StatusFound, nil, "Location", "https://elsewhere.example/"), []error{veriff.ErrInvalidAnswer}},
	} {
		mock := mocked(http.MethodPost, sessionMediaURL, func(r *http.Request) (*http.Response, error) {
			whole(r)
			return test.answer(r)
		})
		got, err := newClient(t, mock, veriff.WithMaxAttempts(3)).UploadMedia(t.Context(), sessionID, front(photo(100)))
		assert.Nil(t, got, name)
		for _, want := range append(test.want, veriff.ErrUnconfirmed) {
			require.ErrorIs(t, err, want, name)
		}
		assert.Equal(t, 1, mock.GetTotalCallCount(), name)
	}
	for status, want := range map[int]error{
		http.StatusConflict: veriff.ErrConflict, http.StatusBadRequest: veriff.ErrInvalidRequest, http.StatusRequestEntityTooLarge: veriff.ErrInvalidRequest,
	} {
		mock := mocked(http.MethodPost, sessionMediaURL, withHeader(status, []byte(`{"status":"fail","code":"1402","message":"no"}`)))
		_, err := newClient(t, mock).UploadMedia(t.Context(), sessionID, front(photo(100)))
		require.ErrorIs(t, err, want, status)
		assert.NotErrorIs(t, err, veriff.ErrUnconfirmed, "it refused before it had all of it")
		var failed *veriff.Error
		require.ErrorAs(t, err, &failed)
		assert.Equal(t, veriff.ErrorCodeContextNotSupported, failed.Code)
	}
}

func TestUploadIsRepeatedWholeIfItNeverLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		content, attempts := photo(30_000), 0
		mock := mocked(http.MethodPost, sessionMediaURL, func(r *http.Request) (*http.Response, error) {
			if attempts++; attempts < 3 {
				_, _ = io.CopyN(io.Discard, r.Body, 20_000)
				return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
			}
			body := requestBody(t, r)
			assert.Contains(t, string(body), base64.StdEncoding.EncodeToString(content))
			assert.Equal(t, hmacHex(sharedSecret, body), r.Header.Get("X-HMAC-SIGNATURE"))
			return signed(http.StatusOK, fixture(t, "answers", "media_uploaded.json"))(r)
		})
		_, err := newClient(t, mock, veriff.WithMaxAttempts(3)).UploadMedia(t.Context(), sessionID, front(content))
		require.NoError(t, err)
	})
}

func TestUploadWithAnEndedContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := newClient(t, httpmock.NewMockTransport()).UploadMedia(ctx, sessionID, front(photo(100)))
	require.ErrorIs(t, err, context.Canceled)
	assert.NotErrorIs(t, err, veriff.ErrUnconfirmed)
}

func TestUploadAnsweredWithoutASignature(t *testing.T) {
	mock := mocked(http.MethodPost, sessionMediaURL, func(r *http.Request) (*http.Response, error) {
		_ = requestBody(t, r)
		return withHeader(http.StatusOK, fixture(t, "answers", "media_uploaded.json"))(r)
	})
	got, err := newClient(t, mock).UploadMedia(t.Context(), sessionID, front(photo(100)))
	require.NoError(t, err)
	assert.False(t, got.Meta().Signed())
	_, err = newClient(t, mock, veriff.WithSignedAnswersOnly()).UploadMedia(t.Context(), sessionID, front(photo(100)))
	require.ErrorIs(t, err, veriff.ErrSignature)
	require.ErrorIs(t, err, veriff.ErrUnconfirmed)
}
