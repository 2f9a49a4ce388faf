package fake

import (
	"net/http"
	"strconv"
)

// An Answer is a whole HTTP response that has not been sent yet.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// NewAnswer is an answer with one header, its content type.
func NewAnswer(status int, contentType string, body []byte) *Answer {
	return &Answer{Status: status, Header: http.Header{"Content-Type": {contentType}}, Body: body}
}

// Write sends the answer with its length.
func (a *Answer) Write(w http.ResponseWriter) {
	a.writeHeader(w)
	_, _ = w.Write(a.Body)
}

func (a *Answer) writeHeader(w http.ResponseWriter) {
	for name, values := range a.Header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.Body)))
	w.WriteHeader(a.Status)
}
