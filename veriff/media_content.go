package veriff

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// What Veriff takes in one upload, in its MB taken as millions of bytes.
const (
	maxMediaBase64 = 24_000_000 // of base64
	maxMediaFile   = maxMediaBase64 / 4 * 3
	maxMediaPDF    = 20_000_000 // of the file itself
)

// contentError is trouble with the content of an upload. Its text is safe to
// print; the cause may name a file.
type contentError struct {
	what  string
	cause error
}

func (e *contentError) Error() string { return e.what }
func (e *contentError) Unwrap() error { return e.cause }

func cannotRead(cause error) error { return &contentError{"the Content cannot be read", cause} }

// contentSize leaves the offset where it was.
func contentSize(content io.Seeker) (int64, error) {
	offset, err := content.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0, cannotRead(err)
	}
	size, err := content.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, cannotRead(err)
	}
	if _, err = content.Seek(offset, io.SeekStart); err != nil {
		return 0, cannotRead(err)
	}
	return size, nil
}

// checkContent refuses what Veriff would, by the first bytes and the size.
func checkContent(content io.ReaderAt, size int64) error {
	if size <= 0 {
		return errors.New("the Content is empty")
	}
	head := make([]byte, min(size, 64))
	if n, err := content.ReadAt(head, 0); n < len(head) {
		return cannotRead(err)
	}
	format := formatOf(head)
	switch {
	case format == "" && hasDataURI(head):
		return errors.New("the Content is a data URI; it must be the file itself, which is encoded here")
	case format == "" && isBase64(head):
		return errors.New("the Content is base64 text; it must be the file itself, which is encoded here")
	case format == "":
		return errors.New("the Content is none of JPEG, PNG, HEIF, HEIC, WebP and PDF")
	case format == "PDF" && size > maxMediaPDF:
		return fmt.Errorf("the Content is a PDF of %d bytes, over %d", size, maxMediaPDF)
	case format != "PDF" && size > maxMediaFile:
		return fmt.Errorf("the Content has %d bytes, over the %d that make %d of base64", size, maxMediaFile, maxMediaBase64)
	}
	return nil
}

// base64Len is base64.EncodedLen for any size of file.
func base64Len(n int64) int64 { return (n + 2) / 3 * 4 }

// heifBrands are the major brands of HEIF and HEIC files, images and sequences.
// AVIF, which has the same frame, is none of them.
var heifBrands = []string{"heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "msf1"}

// formatOf knows a format that Veriff takes by its first bytes, or says "".
func formatOf(head []byte) string {
	at := func(offset int, magic string) bool {
		return len(head) >= offset+len(magic) && string(head[offset:offset+len(magic)]) == magic
	}
	switch {
	case at(0, "\xff\xd8\xff"):
		return "JPEG"
	case at(0, "\x89PNG\r\n\x1a\n"):
		return "PNG"
	case at(0, "RIFF") && at(8, "WEBP"):
		return "WebP"
	case at(0, "%PDF-"):
		return "PDF"
	case at(4, "ftyp") && slices.ContainsFunc(heifBrands, func(brand string) bool { return at(8, brand) }):
		return "HEIF"
	}
	return ""
}

func hasDataURI(head []byte) bool {
	head = bytes.TrimLeft(head, " \t\r\n\"'")
	return len(head) >= 5 && strings.EqualFold(string(head[:5]), "data:")
}

// isBase64 tells whether the text, in either alphabet, is that of a format that
// Veriff takes.
func isBase64(head []byte) bool {
	text := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimLeft(string(head), " \t\r\n\"'"))
	text = text[:min(len(text), 20)] // enough for any format
	decoded, err := base64.RawStdEncoding.DecodeString(text[:len(text)/4*4])
	return err == nil && formatOf(decoded) != ""
}
