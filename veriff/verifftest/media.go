package verifftest

import (
	"bytes"
	"cmp"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"slices"
	"strings"
	"time"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// A MediaKind tells in which list of the API a medium is.
type MediaKind int

// The kinds.
const (
	ImageMedia MediaKind = iota // images
	VideoMedia                  // videos
	NFCMedia                    // nfcDocuments
)

// Media is one photo, video or reading of a chip in an attempt.
type Media struct {
	ID       string // the server's
	Kind     MediaKind
	Context  string // what it shows, such as document-front
	Name     string // empty for the context and the extension of the type
	MimeType string // empty for what the content looks like
	Content  []byte
	Duration time.Duration // of a video

	timestampID string
}

func (m *Media) isImage() bool { return m.Kind == ImageMedia }

// AddMedia puts a medium into the current attempt of a session, whatever its
// state, and returns the medium's id.
func (s *Server) AddMedia(sessionID string, m Media) (id string, err error) {
	if m.Kind < ImageMedia || m.Kind > NFCMedia || len(m.Content) == 0 || m.Duration < 0 {
		return "", s.fail(errors.New("verifftest: AddMedia needs a known kind, content, and no negative duration"))
	}
	m.Content = bytes.Clone(m.Content)
	err = s.change(sessionID, func(x *session) error {
		id = x.add(m).ID
		return nil
	})
	return id, s.fail(err)
}

// Media are all of a session, those of its first attempt first, and none of a
// session that is not there.
func (s *Server) Media(sessionID string) []Media {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.find(sessionID)
	if x == nil {
		return nil
	}
	var media []Media
	for _, m := range x.media() {
		c := *m
		c.Content = bytes.Clone(m.Content)
		media = append(media, c)
	}
	return media
}

// media are those of all attempts.
func (x *session) media() []*Media {
	var media []*Media
	for _, a := range x.attempts {
		media = append(media, a.media...)
	}
	return media
}

// findMedia is nil when there is none such. A medium never changes.
func (s *Server) findMedia(is func(*Media) bool) *Media {
	s.sweep()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.sessions {
		if media := x.media(); slices.ContainsFunc(media, is) {
			return media[slices.IndexFunc(media, is)]
		}
	}
	return nil
}

// add gives a medium the properties that it does not have and puts it into the
// current attempt.
func (x *session) add(m Media) *Media {
	format := detect(m.Content)
	m.MimeType = cmp.Or(m.MimeType, format.mimeType, "application/octet-stream")
	m.Name = cmp.Or(m.Name, strings.TrimPrefix(m.Context+"."+format.extension, "."))
	m.ID, m.timestampID = fake.NewUUID(), fake.NewUUID()
	x.attempt().media = append(x.attempt().media, &m)
	return &m
}

// takePhotos is what a person does in the hosted flow: a photo of the face, one
// of the document, and a video of both.
func (x *session) takePhotos() {
	x.add(Media{Context: "face", Content: photo(0xc0)})
	x.add(Media{Context: "document-front", Content: photo(0x40)})
	x.add(Media{Kind: VideoMedia, Context: "face", Content: video(), Duration: 3 * time.Second})
}

// photo is a small JPEG in one shade of grey.
func photo(shade byte) []byte {
	img := image.NewGray(image.Rect(0, 0, 16, 16))
	for i := range img.Pix {
		img.Pix[i] = color.Gray{Y: shade}.Y
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil { // a buffer takes everything
		panic(err)
	}
	return b.Bytes()
}

// video has the boxes with which an MP4 file begins, and no frames.
func video() []byte {
	return []byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + "\x00\x00\x00\x08free")
}

// A format is one of those in which media come.
type format struct {
	mimeType  string
	extension string
	uploaded  bool // the API takes it
}

// detect knows a format by how its files begin. It is the zero format for
// others.
func detect(content []byte) format {
	switch {
	case bytes.HasPrefix(content, []byte("\xff\xd8\xff")):
		return format{"image/jpeg", "jpg", true}
	case bytes.HasPrefix(content, []byte("\x89PNG\r\n\x1a\n")):
		return format{"image/png", "png", true}
	case bytes.HasPrefix(content, []byte("%PDF-")):
		return format{"application/pdf", "pdf", true}
	case len(content) >= 12 && string(content[:4]) == "RIFF" && string(content[8:12]) == "WEBP":
		return format{"image/webp", "webp", true}
	case len(content) < 12 || string(content[4:8]) != "ftyp":
		return format{extension: "bin"}
	}
	switch brand := string(content[8:12]); {
	case slices.Contains([]string{"heic", "heix", "hevc", "hevx"}, brand):
		return format{"image/heic", "heic", true}
	case slices.Contains([]string{"mif1", "msf1"}, brand):
		return format{"image/heif", "heif", true}
	}
	return format{"video/mp4", "mp4", false}
}
