package verifftest_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// What files of these formats begin with.
const (
	jpegFile = "\xff\xd8\xff\xe0 a person"
	pngFile  = "\x89PNG\r\n\x1a\n a photo"
	pdfFile  = "%PDF-1.7 a bill"
)

func base64Of(file string) string { return base64.StdEncoding.EncodeToString([]byte(file)) }

func image(context, file string) string {
	return `{"image":{"context":"` + context + `","content":"` + base64Of(file) + `"}}`
}

func upload(t *testing.T, srv *verifftest.Server, id, body string) answer {
	t.Helper()
	return tell(t, srv, "POST", "/sessions/"+id+"/media", body)
}

// uploaded is the image object of the answer.
func uploaded(t *testing.T, srv *verifftest.Server, id, body string) map[string]any {
	t.Helper()
	a := upload(t, srv, id, body)
	require.Equal(t, http.StatusOK, a.status, a.body)
	return a.object(t)["image"].(map[string]any)
}

func TestUpload(t *testing.T) {
	srv := start(t)
	id := created(t, srv, `{}`)
	got := uploaded(t, srv, id, image("document-front", pngFile))
	mediaID := got["id"].(string)
	assert.Regexp(t, uuid4, mediaID)
	assert.Equal(t, map[string]any{
		"id": mediaID, "name": "document-front.png", "context": "document-front", "timestamp": nil,
		"size": float64(len(pngFile)), "mimetype": "image/png", "url": srv.URL + "/v1/media/" + mediaID,
	}, got)
	assert.Equal(t, "created", status(t, srv, id), "nobody has opened the session")
	assert.Empty(t, srv.Webhooks())

	media := srv.Media(id)
	require.Len(t, media, 1)
	assert.Equal(t, pngFile, string(media[0].Content))
	media[0].Content[0] = 0
	assert.Equal(t, pngFile, string(srv.Media(id)[0].Content), "what is handed out is a copy")
	assert.Empty(t, srv.Media("8e4f7cd8-7a19-4d7d-971f-a076407ee03c"))

	assert.Equal(t, "404", upload(t, srv, "8e4f7cd8-7a19-4d7d-971f-a076407ee03c", image("face", jpegFile)).refused(t))
}

func TestUploadedFormats(t *testing.T) {
	srv := start(t)
	id := created(t, srv, `{}`)
	for name, c := range map[string]struct{ file, mimeType, extension string }{
		"JPEG":          {jpegFile, "image/jpeg", "jpg"},
		"PNG":           {pngFile, "image/png", "png"},
		"PDF":           {pdfFile, "application/pdf", "pdf"},
		"WebP":          {"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp", "webp"},
		"HEIC":          {"\x00\x00\x00\x18ftypheic    ", "image/heic", "heic"},
		"HEIC, 10 bits": {"\x00\x00\x00\x18ftypheix    ", "image/heic", "heic"},
		"HEIF":          {"\x00\x00\x00\x18ftypmif1    ", "image/heif", "heif"},
	} {
		t.Run(name, func(t *testing.T) {
			got := uploaded(t, srv, id, image("face", c.file))
			assert.Equal(t, c.mimeType, got["mimetype"])
			assert.Equal(t, "face."+c.extension, got["name"])
		})
	}
}

func TestUploadedContexts(t *testing.T) {
	srv := start(t)
	id := created(t, srv, `{}`)
	for _, context := range []string{
		"face", "face-pre", "face-nfc", "face-cropped", "document-front", "document-front-pre", "document-front-qrcode",
		"document-front-qrcode-pre", "document-front-face-cropped", "document-back", "document-back-pre",
		"document-back-barcode", "document-back-barcode-pre", "document-and-face", "document-and-face-pre",
	} {
		assert.Equal(t, context, uploaded(t, srv, id, image(context, jpegFile))["context"])
	}
}

func TestRefusedUploads(t *testing.T) {
	srv := start(t)
	srv.SetTime(time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC))
	id := created(t, srv, `{}`)
	with := func(property string) string {
		return `{"image":{"context":"face","content":"` + base64Of(jpegFile) + `",` + property + `}}`
	}
	content := func(value string) string { return `{"image":{"context":"face","content":` + value + `}}` }
	for name, c := range map[string]struct{ body, refused string }{
		"no body":                     {``, "400 1102"},
		"not JSON":                    {`image`, "400 1104"},
		"null":                        {`null`, "400 1102"},
		"no image":                    {`{}`, "400 1403"},
		"image is null":               {`{"image":null}`, "400 1403"},
		"image is the content":        {`{"image":"` + base64Of(jpegFile) + `"}`, "400 1403"},
		"image misspelt":              {strings.Replace(image("face", jpegFile), "image", "Image", 1), "400 1403"},
		"no content":                  {`{"image":{"context":"face"}}`, "400 1400"},
		"content is null":             {content(`null`), "400 1400"},
		"content is empty":            {content(`""`), "400 1400"},
		"content is a number":         {content(`1`), "400 1401"},
		"content is no base64":        {content(`"a photo"`), "400 1401"},
		"content of base64url":        {content(`"` + base64.URLEncoding.EncodeToString([]byte(jpegFile)) + `"`), "400 1401"},
		"content without padding":     {content(`"` + base64.RawStdEncoding.EncodeToString([]byte(jpegFile)) + `"`), "400 1401"},
		"content in old Mac lines":    {content(`"` + base64Of(jpegFile)[:4] + `\r` + base64Of(jpegFile)[4:] + `"`), "400 1401"},
		"content in lines":            {content(`"` + base64Of(jpegFile)[:4] + `\r\n` + base64Of(jpegFile)[4:] + `"`), "400 1401"},
		"content with stray bits":     {content(`"/9j/4F=="`), "400 1401"},
		"content is a data URI":       {content(`"data:image/jpeg;base64,` + base64Of(jpegFile) + `"`), "400 1401"},
		"content of another format":   {image("face", "GIF89a"), "400 1104"},
		"content is a video":          {image("face", "\x00\x00\x00\x18ftypmp42    "), "400 1104"},
		"no context":                  {`{"image":{"content":"` + base64Of(jpegFile) + `"}}`, "400 1102"},
		"context is null":             {`{"image":{"context":null,"content":"` + base64Of(jpegFile) + `"}}`, "400 1102"},
		"context is a number":         {`{"image":{"context":1,"content":"` + base64Of(jpegFile) + `"}}`, "400 1402"},
		"context that nobody knows":   {image("document", jpegFile), "400 1402"},
		"context in upper case":       {image("FACE", jpegFile), "400 1402"},
		"context is empty":            {image("", jpegFile), "400 1402"},
		"unknown property":            {with(`"name":"a.jpg"`), "400 1104"},
		"unknown beside image":        {strings.TrimSuffix(image("face", jpegFile), "}") + `,"images":[]}`, "400 1104"},
		"timestamp of another format": {with(`"timestamp":"31.1.2026"`), "400 1202"},
		"timestamp is null":           {with(`"timestamp":null`), "400 1202"},
		"timestamp over an hour old":  {with(`"timestamp":"2026-01-31T10:59:59Z"`), "400 1201"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.refused, upload(t, srv, id, c.body).refused(t))
			assert.Empty(t, srv.Media(id))
		})
	}
	uploaded(t, srv, id, with(`"timestamp":"2026-01-31T12:00:00+00:00"`))
}

func TestUploadsNeedASignatureOverTheBody(t *testing.T) {
	srv := start(t)
	id := created(t, srv, `{}`)
	body := image("face", jpegFile)
	for name, c := range map[string]struct {
		header, value string
		refused       string
	}{
		"none":           {"X-Nothing", "", "401 1815"},
		"HMAC of the id": {"X-HMAC-SIGNATURE", hmacHex(srv.Secret, id), "401 1819"},
		"SHA256 of it":   {"X-SIGNATURE", shaHex(id, srv.Secret), "401 1814"},
	} {
		a := send(t, inProcess(srv), "POST", srv.URL+sessions+"/"+id+"/media", body, "X-AUTH-CLIENT", srv.APIKey, c.header, c.value)
		assert.Equal(t, c.refused, a.refused(t), name)
	}
	a := send(t, inProcess(srv), "POST", srv.URL+sessions+"/"+id+"/media", body, "X-AUTH-CLIENT", srv.APIKey, "X-SIGNATURE", shaHex(body, srv.Secret))
	assert.Equal(t, http.StatusOK, a.status)
	assert.Equal(t, shaHex(a.body, srv.Secret), a.header.Get("X-SIGNATURE"))
}

// What is read at all has room for the base64 of the largest file, whose limits
// are tested in content_test.go.
func TestLargestUploadBody(t *testing.T) {
	srv := start(t)
	id := created(t, srv, `{}`)
	assert.Equal(t, "400 1104", upload(t, srv, id, strings.Repeat("x", 28<<20)).refused(t), "read, and no JSON")
	assert.Equal(t, "413", upload(t, srv, id, strings.Repeat("x", 28<<20+1)).refused(t))
	assert.Empty(t, srv.Media(id))
}

func TestUploadToASessionThatIsNotOpen(t *testing.T) {
	for name, c := range map[string]struct {
		way  func(t *testing.T, srv *verifftest.Server, id string) error
		open bool
	}{
		"created":   {func(*testing.T, *verifftest.Server, string) error { return nil }, true},
		"started":   {func(_ *testing.T, srv *verifftest.Server, id string) error { return srv.Open(id) }, true},
		"submitted": {func(_ *testing.T, srv *verifftest.Server, id string) error { return srv.Submit(id) }, false},
		"resubmission_requested": {func(t *testing.T, srv *verifftest.Server, id string) error {
			require.NoError(t, srv.Submit(id))
			return srv.RequestResubmission(id, 201, "")
		}, true},
		"approved": {func(t *testing.T, srv *verifftest.Server, id string) error {
			require.NoError(t, srv.Submit(id))
			return srv.Approve(id, verifftest.Person{})
		}, false},
		"expired": {func(_ *testing.T, srv *verifftest.Server, id string) error { return srv.Expire(id) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			srv := start(t)
			id := created(t, srv, `{}`)
			require.NoError(t, c.way(t, srv, id))
			require.Equal(t, name, status(t, srv, id))
			before := len(srv.Media(id))
			a := upload(t, srv, id, image("face", jpegFile))
			if c.open {
				assert.Equal(t, http.StatusOK, a.status)
				return
			}
			assert.Equal(t, "409", a.refused(t))
			assert.Len(t, srv.Media(id), before)
		})
	}
	t.Run("whose days are over", func(t *testing.T) {
		srv := start(t)
		srv.SetTime(time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC))
		id := created(t, srv, `{}`)
		srv.SetTime(time.Date(2026, 2, 7, 12, 0, 0, 0, time.UTC))
		assert.Equal(t, "409", upload(t, srv, id, image("face", jpegFile)).refused(t))
	})
}

func TestUploadOptions(t *testing.T) {
	t.Run("201", func(t *testing.T) {
		srv := start(t, verifftest.WithCreatedStatus())
		assert.Equal(t, 201, upload(t, srv, created(t, srv, `{}`), image("face", jpegFile)).status)
	})
	t.Run("contexts", func(t *testing.T) {
		srv := start(t, verifftest.WithUploadContexts("selfie"))
		id := created(t, srv, `{}`)
		uploaded(t, srv, id, image("selfie", jpegFile))
		assert.Equal(t, "400 1402", upload(t, srv, id, image("face", jpegFile)).refused(t))
	})
	t.Run("no contexts", func(t *testing.T) {
		srv := start(t, verifftest.WithUploadContexts())
		assert.Equal(t, "400 1402", upload(t, srv, created(t, srv, `{}`), image("face", jpegFile)).refused(t))
	})
	t.Run("data URIs", func(t *testing.T) {
		srv := start(t, verifftest.WithDataURIs())
		id := created(t, srv, `{}`)
		uri := func(head string) string {
			return `{"image":{"context":"face","content":"` + head + base64Of(jpegFile) + `"}}`
		}
		assert.Equal(t, float64(len(jpegFile)), uploaded(t, srv, id, uri("data:image/jpeg;base64,"))["size"])
		uploaded(t, srv, id, uri(""))
		assert.Equal(t, "400 1401", upload(t, srv, id, uri("data:text/plain;base64,")).refused(t))
		assert.Equal(t, "400 1401", upload(t, srv, id, uri("data:image/jpeg,")).refused(t))
	})
	t.Run("required timestamps", func(t *testing.T) {
		srv := start(t, verifftest.WithTimestampRequired())
		now := time.Now().UTC().Format(time.RFC3339)
		id := created(t, srv, `{"timestamp":"`+now+`"}`)
		assert.Equal(t, "400 1102", upload(t, srv, id, image("face", jpegFile)).refused(t))
		uploaded(t, srv, id, `{"image":{"context":"face","content":"`+base64Of(jpegFile)+`","timestamp":"`+now+`"}}`)
	})
	t.Run("unknown properties", func(t *testing.T) {
		srv := start(t, verifftest.WithUnknownProperties())
		uploaded(t, srv, created(t, srv, `{}`), `{"image":{"context":"face","name":"a","content":"`+base64Of(jpegFile)+`"}}`)
	})
}
