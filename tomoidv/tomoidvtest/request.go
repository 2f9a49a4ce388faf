package tomoidvtest

import "net/http"

// A Request is one that the API received.
type Request struct {
	Method string
	Path   string
	Query  string // without the question mark
	Header http.Header
	Body   []byte
}

// Requests are those that the API received, oldest first, refused ones and
// those that a fault befell too. A media URL that somebody fetched is among
// them. Visits to the hosted app are not.
func (s *Server) Requests() []Request {
	recorded := s.recorder.Requests()
	requests := make([]Request, 0, len(recorded))
	for _, r := range recorded {
		requests = append(requests, Request(r))
	}
	return requests
}
