package tomoidvtest

import (
	"mime"
	"net/http"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// A Route names an operation of the API, for faults.
type Route string

// The operations.
const (
	TokenRoute         Route = "POST /v1/oauth2/token"
	HealthRoute        Route = "GET /v1/idv/health"
	StartRoute         Route = "POST /v1/idv/start"
	ResultRoute        Route = "POST /v1/idv/result"
	ResetRoute         Route = "POST /v1/idv/reset"
	DeleteResultRoute  Route = "POST /v1/idv/result/delete"
	DeleteResultsRoute Route = "POST /v1/idv/result/bulk-delete"
	KYCRoute           Route = "POST /v1/idv/kyc/get"
)

// An endpoint is one operation of the API.
type endpoint struct {
	route Route
	// open needs no access token.
	open bool
	// serve does what an authorized request asks for.
	serve func(*call) (body any, no *refusal)
}

// endpoints is the whole API. Each has a file of its own.
func (s *Server) endpoints() []endpoint {
	return []endpoint{
		{route: TokenRoute, open: true, serve: s.token},
		{route: HealthRoute, open: true, serve: s.health},
		{route: StartRoute, serve: s.start},
		{route: ResultRoute, serve: s.result},
		{route: ResetRoute, serve: s.reset},
		{route: DeleteResultRoute, serve: s.deleteResult},
		{route: DeleteResultsRoute, serve: s.deleteResults},
		{route: KYCRoute, serve: s.kyc},
	}
}

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for _, e := range s.endpoints() {
		mux.HandleFunc(string(e.route), func(w http.ResponseWriter, r *http.Request) { s.serveAPI(w, r, e) })
	}
	mux.HandleFunc("GET "+hostedPath, s.showPage)
	mux.HandleFunc("POST "+hostedPath, s.choose)
	mux.HandleFunc("GET "+endPath, s.showEnd)
	mux.HandleFunc("/", s.serveNothing)
	return mux
}

// serveNothing answers what no operation is there for.
func (s *Server) serveNothing(w http.ResponseWriter, r *http.Request) {
	s.serveAPI(w, r, endpoint{})
}

// A call is a request to the API.
type call struct {
	request    *http.Request
	body       []byte
	contract14 bool    // 1.3 otherwise
	client     *client // whose access token came with it
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request, e endpoint) {
	body, ok := s.recorder.Receive(w, r)
	if !ok {
		s.refuse(&refusal{status: http.StatusRequestEntityTooLarge, code: "invalid_request", message: "Request Entity Too Large"}).Write(w)
		return
	}
	c := &call{request: r, body: body}
	err := s.faults.Take(string(e.route)).Serve(w, r,
		func() *fake.Answer { return s.process(c, e) },
		func(*fake.Answer) {}) // answers are not signed
	_ = s.fail(err)
}

func (s *Server) process(c *call, e endpoint) *fake.Answer {
	if e.serve == nil {
		return s.refuse(notFound("Not Found"))
	}
	if no := s.negotiate(c); no != nil {
		return s.refuse(no)
	}
	answer := s.answer(c, e)
	s.setVersion(answer.Header, c, e)
	return answer
}

func (s *Server) answer(c *call, e endpoint) *fake.Answer {
	if !e.open {
		if no := s.authorize(c); no != nil {
			answer := s.refuse(no)
			if answer.Status == http.StatusUnauthorized {
				answer.Header.Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			}
			return answer
		}
	}
	if c.request.URL.RawQuery != "" {
		return s.refuse(invalid("the operation has no query"))
	}
	body, no := e.serve(c)
	answer := newAnswer(http.StatusOK, fake.EncodeJSON(body))
	if no != nil {
		answer = s.refuse(no)
	}
	if e.route == TokenRoute { // RFC 6749 section 5.1
		answer.Header.Set("Cache-Control", "no-store")
		answer.Header.Set("Pragma", "no-cache")
	}
	return answer
}

// health is GET /v1/idv/health.
func (s *Server) health(*call) (any, *refusal) { return "ok", nil }

// mediaType is the body's, empty if none is readable.
func (c *call) mediaType() string {
	values := c.request.Header.Values("Content-Type")
	if len(values) != 1 {
		return ""
	}
	mediaType, _, err := mime.ParseMediaType(values[0])
	if err != nil {
		return ""
	}
	return mediaType
}
