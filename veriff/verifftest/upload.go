package verifftest

import (
	"encoding/base64"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/kyckit/kyckit-go/internal/fake"
)

const (
	// Veriff gives its limits in MB, taken here as millions of bytes.
	maxContent = 24_000_000 // of base64
	maxPDF     = 20_000_000 // of a PDF file, whose base64 may be longer than maxContent

	maxUpload = 28 << 20 // of a body
)

// uploadMedia is POST /v1/sessions/{id}/media.
func (s *Server) uploadMedia(c *call) (*fake.Answer, *refusal) {
	m, no := s.judgeUpload(c)
	if no != nil {
		return nil, no
	}
	return s.withSession(c.id, func(x *session) (*fake.Answer, *refusal) {
		if !x.isOpen() {
			return nil, conflict("Conflict: media cannot be added to a session that is " + x.status + ".")
		}
		added := x.add(m)
		return success(s.addedStatus(), map[string]any{"image": map[string]any{
			"id":        added.ID,
			"name":      added.Name,
			"context":   added.Context,
			"timestamp": s.mediaTimestamp(added),
			"size":      len(added.Content),
			"mimetype":  added.MimeType,
			"url":       s.mediaURL(added),
		}}), nil
	})
}

// addedStatus is the status of an answer to what was added to a session.
func (s *Server) addedStatus() int {
	if s.settings.createdStatus {
		return http.StatusCreated
	}
	return http.StatusOK
}

func (s *Server) judgeUpload(c *call) (m Media, no *refusal) {
	image, no := s.judgeEnvelope(c, "image", invalid("1403", "Image property is missing."))
	switch {
	case no != nil:
		return m, no
	case image["content"] == nil || image["content"] == "":
		return m, invalid("1400", "Image data was not found.")
	case image["context"] == nil || s.settings.timestampRequired && image["timestamp"] == nil:
		return m, missing()
	}
	no = s.judgeObject("image", image, func(name string, v any) *refusal {
		switch name {
		case "content":
			content, no := s.judgeContent(v)
			m.Content = content
			return no
		case "context":
			if !slices.Contains(s.contexts(), text(v)) {
				return invalid("1402", "Image context is not supported.")
			}
			m.Context = text(v)
			return nil
		case "timestamp":
			return s.judgeTimestamp(v)
		}
		return s.unknown(name)
	})
	return m, no
}

// judgeContent returns the file that content, plain base64, stands for.
func (s *Server) judgeContent(v any) ([]byte, *refusal) {
	encoded := text(v)
	if s.settings.dataURIs {
		encoded = withoutDataURI(encoded)
	}
	most := maxContent
	if strings.HasPrefix(encoded, "JVBERi") { // a PDF's %PDF-
		most = base64.StdEncoding.EncodedLen(maxPDF)
	}
	if len(encoded) > most {
		return nil, tooLarge()
	}
	if strings.Contains(encoded, "\n") || strings.Contains(encoded, "\r") { // which Go's decoder would skip
		encoded = ""
	}
	file, err := base64.StdEncoding.Strict().DecodeString(encoded)
	switch {
	case err != nil || len(file) == 0:
		return nil, invalid("1401", "Image is not in valid base64 scheme.")
	case !detect(file).uploaded:
		return nil, invalidParameter("content")
	case len(file) > maxPDF: // less than its base64 has room for
		return nil, tooLarge()
	}
	return file, nil
}

// withoutDataURI is what follows the head of a data URI.
func withoutDataURI(content string) string {
	head, encoded, found := strings.Cut(content, ";base64,")
	if match, _ := regexp.MatchString(`^data:(image|application)/[a-z]+$`, head); found && match {
		return encoded
	}
	return content
}

// contexts are those that an upload may have.
func (s *Server) contexts() []string {
	if s.settings.uploadContexts != nil {
		return s.settings.uploadContexts
	}
	return []string{
		"face", "face-pre", "face-nfc", "face-cropped",
		"document-front", "document-front-pre", "document-front-qrcode", "document-front-qrcode-pre",
		"document-front-face-cropped",
		"document-back", "document-back-pre", "document-back-barcode", "document-back-barcode-pre",
		"document-and-face", "document-and-face-pre",
	}
}
