package veriff

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"hash/maphash"
	"io"
	"time"

	"github.com/kyckit/kyckit-go/internal/secret"
)

const (
	rawChunk   = 12 << 10 // a multiple of 3, so that base64 pads at the end only
	signBuffer = 16 << 10
)

// mediaBody is the JSON of an upload. It is made of the content as often as it
// is asked for, and never held: once to sign it, and once for each attempt.
type mediaBody struct {
	before, after []byte
	content       io.ReaderAt
	size          int64
	seed          maphash.Seed
	signedPrint   uint64 // of the content as it was when it was signed
	chunk         []byte // for one reader at a time
}

func newMediaBody(req *MediaUpload, size int64) (*mediaBody, error) {
	context, err := json.Marshal(req.Context)
	if err != nil {
		return nil, errors.New("the Context cannot be encoded")
	}
	body := &mediaBody{
		before: []byte(`{"image":{"context":` + string(context) + `,"content":"`), after: []byte(`"}}`),
		content: req.Content, size: size, seed: maphash.MakeSeed(), chunk: make([]byte, rawChunk+1),
	}
	if !req.Timestamp.IsZero() {
		at := req.Timestamp.UTC().Format(time.RFC3339Nano)
		body.after = []byte(`","timestamp":"` + at + `"}}`)
	}
	return body, nil
}

func (b *mediaBody) len() int64 {
	return int64(len(b.before)) + base64Len(b.size) + int64(len(b.after))
}

// sign reads the content for the first time. Every later reader wants it to be
// the same.
func (b *mediaBody) sign(s scheme, key secret.Box) (signature []byte, err error) {
	signing, first := s.begin(key), b.reader()
	if _, err := io.CopyBuffer(signing, first, make([]byte, signBuffer)); err != nil {
		return nil, err
	}
	b.signedPrint = first.print.Sum64()
	return signing.sum(), nil
}

// reader gives the body to sign.
func (b *mediaBody) reader() *mediaReader {
	r := &mediaReader{body: b, ready: b.before}
	r.print.SetSeed(b.seed)
	return r
}

// stream gives the body to send.
func (b *mediaBody) stream() io.Reader {
	r := b.reader()
	r.signed = true
	return r
}

type mediaReader struct {
	body   *mediaBody
	signed bool
	offset int64  // of the content, behind raw
	raw    []byte // read and not encoded yet
	ready  []byte // encoded and not given yet
	group  [4]byte
	closed bool // the end of the JSON is in ready, or given
	print  maphash.Hash
}

func (r *mediaReader) Read(p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		switch {
		case len(r.ready) > 0:
			k := copy(p[n:], r.ready)
			r.ready, n = r.ready[k:], n+k
		case len(r.raw) > 0:
			n += r.encode(p[n:])
		case r.offset < r.body.size:
			err = r.fill()
		case r.closed:
			err = io.EOF
		default:
			err = r.close()
		}
	}
	return n, err
}

// encode encodes what fits into p. A group of base64 that does not fit, or that
// the content's end makes a short one, becomes ready.
func (r *mediaReader) encode(p []byte) int {
	groups := min(len(p)/4, len(r.raw)/3)
	if groups == 0 {
		k := min(3, len(r.raw))
		base64.StdEncoding.Encode(r.group[:], r.raw[:k])
		r.raw, r.ready = r.raw[k:], r.group[:]
		return 0
	}
	base64.StdEncoding.Encode(p, r.raw[:groups*3])
	r.raw = r.raw[groups*3:]
	return groups * 4
}

var errContentChanged error = &contentError{what: "the Content changed while it was being uploaded"}

// fill reads the next piece of the content. Of the last one it asks for a byte
// more, which must not be there.
func (r *mediaReader) fill() error {
	left := r.body.size - r.offset
	want := int(min(left, rawChunk))
	chunk := r.body.chunk[:want]
	if int64(want) == left {
		chunk = r.body.chunk[:want+1]
	}
	n, err := r.body.content.ReadAt(chunk, r.offset)
	switch {
	case n < want && err != io.EOF:
		return cannotRead(err)
	case n != want:
		return errContentChanged
	case len(chunk) > want && err != io.EOF:
		return cannotRead(err)
	}
	r.raw = chunk[:want]
	r.offset += int64(want)
	_, _ = r.print.Write(r.raw)
	return nil
}

// close ends the JSON, if the content is the one that was signed: without its
// end the request cannot be taken for a whole one.
func (r *mediaReader) close() error {
	if r.signed && r.print.Sum64() != r.body.signedPrint {
		return errContentChanged
	}
	r.ready, r.closed = r.body.after, true
	return nil
}
