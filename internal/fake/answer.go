package fake

import (
	"net/http"
	"strconv"
)

// An Answer is a whole HTTP response that has not been sent yet.
type Answer struct {
	Status  int
	Header  http.Header
	Body    []byte
	Chunked bool // its length is not announced
}

// NewAnswer is an answer with one header, its content type.
func NewAnswer(status int, contentType string, body []byte) *Answer {
	return &Answer{Status: status, Header: http.Header{"Content-Type": {contentType}}, Body: body}
}

// Write sends the answer, with its length unless it is chunked.
func (a *Answer) Write(w http.ResponseWriter) {
	a.writeHeader(w)
	if a.Chunked {
		flush(w) // or net/http would count a short body
	}
	_, _ = w.Write(a.Body)
}

func (a *Answer) writeHeader(w http.ResponseWriter) {
	for name, values := range a.Header {
		w.Header()[name] = values
	}
	if !a.Chunked {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.Body)))
	}
	w.WriteHeader(a.Status)
}

func flush(w http.ResponseWriter) { _ = http.NewResponseController(w).Flush() }
