package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"

	"github.com/kyckit/kyckit-go/veriff"
)

const (
	uploadSize   = 17_000_000
	downloadSize = 50_000_000
	mediaID      = "1f0e9d8c-7b6a-4958-8473-62514f3e2d1c"
)

const uploadAnswer = `{"status":"success","image":{"context":"document-front","id":"` + mediaID + `","name":"document-front.jpg",` +
	`"timestamp":null,"size":17000000,"mimetype":"image/jpeg","url":"https://api.example/v1/media/` + mediaID + `"}}`

// photo is a JPEG as far as its first bytes tell, of any size and held nowhere.
type photo struct {
	size   int64
	offset int64
}

func (p *photo) ReadAt(b []byte, at int64) (int, error) {
	n := int(min(int64(len(b)), max(p.size-at, 0)))
	for i := range n {
		b[i] = byte(at + int64(i)*7)
	}
	for i := at; i < 3 && i < at+int64(n); i++ {
		b[i-at] = "\xff\xd8\xff"[i]
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

func (p *photo) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += p.offset
	case io.SeekEnd:
		offset += p.size
	}
	p.offset = offset
	return offset, nil
}

// held gives the photo's bytes.
func (p *photo) held() []byte {
	b := make([]byte, p.size)
	_, _ = p.ReadAt(b, 0)
	return b
}

// onlyReader hides the WriterTo that a connection does not have.
type onlyReader struct{ io.Reader }

func newClient(base string, carrier http.RoundTripper) (*veriff.Client, error) {
	return veriff.NewClient(apiKey, sharedSecret, veriff.WithBaseURL(base), veriff.WithHTTPClient(&http.Client{Transport: carrier}))
}

func upload(size int64) line {
	return line{
		number: "8", what: fmt.Sprintf("upload %d MB, in process", size/1e6), reach: 1.3, goroutines: 1, peak: true,
		open: func() ([]side, func(), error) {
			sides, err := uploadSides("https://api.example", takesUploads{}, size)
			return sides, func() {}, err
		},
	}
}

func uploadOverLoopback() line {
	return line{
		number: "8", what: "upload 17 MB, loopback beside the passes alone", goroutines: 1,
		open: func() ([]side, func(), error) {
			server := httptest.NewServer(http.HandlerFunc(serveMedia))
			sides, err := uploadSides(server.URL, loopbackTransport(), uploadSize)
			return sides, server.Close, err
		},
	}
}

// takesUploads answers each upload once it has read it.
type takesUploads struct{}

func (takesUploads) RoundTrip(r *http.Request) (*http.Response, error) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return nil, err
	}
	return stub{answerHeader([]byte(uploadAnswer)), []byte(uploadAnswer)}.RoundTrip(r)
}

// uploadSides has two bare passes as the floor: one that encodes to sign, and
// one that encodes to send. The peer is the usual way to build such a body.
func uploadSides(base string, carrier http.RoundTripper, size int64) ([]side, error) {
	ctx := context.Background()
	client, err := newClient(base, carrier)
	if err != nil {
		return nil, err
	}
	content := (&photo{size: size}).held()
	bare := &http.Client{Transport: carrier}
	return []side{
		{name: "ours", worker: keeping(func() (string, error) {
			file, err := client.UploadMedia(ctx, sessionID, &veriff.MediaUpload{Context: veriff.DocumentFront, Content: bytes.NewReader(content)})
			if err != nil {
				return "", err
			}
			return file.ID, nil
		})},
		{name: "floor", worker: keeping(func() (string, error) {
			if err := encodeInto(hmac.New(sha256.New, []byte(sharedSecret)), content); err != nil {
				return "", err
			}
			return mediaID, encodeInto(io.Discard, content)
		})},
		{name: "json.Marshal", worker: keeping(func() (string, error) {
			var upload struct {
				Image struct {
					Context string `json:"context"`
					Content string `json:"content"`
				} `json:"image"`
			}
			upload.Image.Context, upload.Image.Content = "document-front", base64.StdEncoding.EncodeToString(content)
			body, err := json.Marshal(upload)
			if err != nil {
				return "", err
			}
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/v1/sessions/"+sessionID+"/media", bytes.NewReader(body))
			if err != nil {
				return "", err
			}
			req.Header.Set("X-AUTH-CLIENT", apiKey)
			req.Header.Set("X-HMAC-SIGNATURE", hex.EncodeToString(mac(body)))
			return uploaded(bare.Do(req))
		})},
	}, nil
}

func encodeInto(w io.Writer, content []byte) error {
	encoder := base64.NewEncoder(base64.StdEncoding, w)
	if _, err := io.Copy(encoder, onlyReader{bytes.NewReader(content)}); err != nil {
		return err
	}
	return encoder.Close()
}

func uploaded(resp *http.Response, err error) (string, error) {
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return "", err
	}
	if err := checkMAC(resp.Header.Get("X-HMAC-SIGNATURE"), body); err != nil {
		return "", err
	}
	var answer struct {
		Image veriff.MediaFile `json:"image"`
	}
	err = json.Unmarshal(body, &answer)
	return answer.Image.ID, err
}

// serveMedia takes uploads and gives a video, and holds neither.
func serveMedia(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header()["X-Hmac-Signature"] = answerHeader([]byte(uploadAnswer))["X-Hmac-Signature"]
		_, _ = io.WriteString(w, uploadAnswer)
		return
	}
	w.Header().Set("Content-Type", "video/mp4")
	w.Header().Set("Content-Length", strconv.Itoa(downloadSize))
	_, _ = io.Copy(w, io.NewSectionReader(&photo{size: downloadSize}, 0, downloadSize))
}

// download compares with io.Copy into the hash that a Download tells and, for an
// answer that is signed, into the signature's as well.
func download(size int64, signed bool) line {
	what := fmt.Sprintf("download %d MB", size/1e6)
	if signed {
		what += ", signed"
	}
	return line{
		number: "9", what: what, reach: 1 / 0.9, goroutines: 1, peak: true,
		open: func() ([]side, func(), error) {
			video := (&photo{size: size}).held()
			header := http.Header{"Content-Type": {"video/mp4"}}
			if signed {
				header.Set("X-HMAC-SIGNATURE", hex.EncodeToString(mac(video)))
			}
			sides, err := downloadSides(video, header)
			return sides, func() {}, err
		},
	}
}

type givesVideo struct {
	content []byte
	header  http.Header
}

func (g givesVideo) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := stub{g.header, g.content}.RoundTrip(r)
	resp.Body = io.NopCloser(onlyReader{bytes.NewReader(g.content)})
	return resp, err
}

func downloadSides(video []byte, header http.Header) ([]side, error) {
	ctx := context.Background()
	carrier := givesVideo{video, header}
	client, err := newClient("https://api.example", carrier)
	if err != nil {
		return nil, err
	}
	signature := header.Get("X-HMAC-SIGNATURE")
	bare := &http.Client{Transport: carrier}
	return []side{
		{name: "ours", worker: keeping(func() (string, error) {
			got, err := client.DownloadMedia(ctx, mediaID, io.Discard)
			if err != nil {
				return "", err
			}
			return hex.EncodeToString(got.SHA256), nil
		})},
		{name: "floor", worker: keeping(func() (string, error) {
			sum, keyed := sha256.New(), hmac.New(sha256.New, []byte(sharedSecret))
			hashes := io.Writer(sum)
			if signature != "" {
				hashes = io.MultiWriter(sum, keyed)
			}
			if _, err := io.Copy(hashes, onlyReader{bytes.NewReader(video)}); err != nil {
				return "", err
			}
			return hex.EncodeToString(sum.Sum(nil)), equal(signature, keyed)
		})},
		{name: "io.ReadAll", worker: keeping(func() (string, error) {
			resp, err := bare.Get("https://api.example/v1/media/" + mediaID)
			if err != nil {
				return "", err
			}
			defer func() { _ = resp.Body.Close() }()
			content, err := io.ReadAll(resp.Body)
			if err != nil {
				return "", err
			}
			if signature != "" {
				if err := checkMAC(signature, content); err != nil {
					return "", err
				}
			}
			return fmt.Sprintf("%x", sha256.Sum256(content)), nil
		})},
	}, nil
}

func equal(signature string, keyed hash.Hash) error {
	if signature == "" {
		return nil
	}
	if got, err := hex.DecodeString(signature); err != nil || !hmac.Equal(got, keyed.Sum(nil)) {
		return errSignature
	}
	return nil
}
