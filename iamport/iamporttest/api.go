package iamporttest

import (
	"net/http"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// A Route names an operation of the API, for faults.
type Route string

// The operations.
const (
	TokenRoute               Route = "POST /users/getToken"
	CertificationRoute       Route = "GET /certifications/{imp_uid}"
	DeleteCertificationRoute Route = "DELETE /certifications/{imp_uid}"
	RequestOTPRoute          Route = "POST /certifications/otp/request"
	ConfirmOTPRoute          Route = "POST /certifications/otp/confirm/{imp_uid}"
)

// An endpoint is one operation of the API.
type endpoint struct {
	route Route
	// open needs no token.
	open bool
	// serve does what an authorized request asks for.
	serve func(*call) (response any, no *refusal)
}

// endpoints is the whole API. Each has a file of its own.
func (s *Server) endpoints() []endpoint {
	return []endpoint{
		{route: TokenRoute, open: true, serve: s.getToken},
		{route: CertificationRoute, serve: s.getCertification},
		{route: DeleteCertificationRoute, serve: s.deleteCertification},
		{route: RequestOTPRoute, serve: s.requestOTP},
		{route: ConfirmOTPRoute, serve: s.confirmOTP},
	}
}

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for _, e := range s.endpoints() {
		mux.HandleFunc(string(e.route), func(w http.ResponseWriter, r *http.Request) { s.serveAPI(w, r, e) })
	}
	mux.HandleFunc("GET /v1/iamport.js", serveScript)
	mux.HandleFunc("GET /js/{file}", s.serveOldScript)
	mux.HandleFunc("GET "+windowScriptPath, serveWindowScript)
	mux.HandleFunc("POST "+windowPath, s.openWindow)
	mux.HandleFunc("GET "+hostedPath+"{token}", s.showPage)
	mux.HandleFunc("POST "+hostedPath+"{token}", s.choose)
	mux.HandleFunc("GET "+hostedPath+"{token}/end", s.showEnd)
	mux.HandleFunc("/", s.serveNothing)
	return mux
}

// serveNothing answers what no operation is there for.
func (s *Server) serveNothing(w http.ResponseWriter, r *http.Request) {
	s.serveAPI(w, r, endpoint{})
}

// A call is a request to the API.
type call struct {
	request *http.Request
	body    []byte
	impUID  string // from the path
	tier    string // empty for the agent, or a merchant without tiers
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request, e endpoint) {
	body, ok := s.recorder.Receive(w, r)
	if !ok {
		refuse(&refusal{http.StatusRequestEntityTooLarge, "Request Entity Too Large"}).Write(w)
		return
	}
	c := &call{request: r, body: body, impUID: r.PathValue("imp_uid")}
	err := s.faults.Take(string(e.route)).Serve(w, r,
		func() *fake.Answer { return s.process(c, e) },
		func(*fake.Answer) {}) // Iamport signs nothing
	_ = s.fail(err)
}

func (s *Server) process(c *call, e endpoint) *fake.Answer {
	if e.serve == nil {
		return refuse(&refusal{http.StatusNotFound, "Not Found"})
	}
	no := s.authorize(c, e)
	if no != nil {
		return refuse(no)
	}
	response, no := e.serve(c)
	if no != nil {
		return refuse(no)
	}
	return newAnswer(http.StatusOK, envelope(0, "", response))
}

func refuse(no *refusal) *fake.Answer { return newAnswer(no.status, no.body()) }

func newAnswer(status int, body []byte) *fake.Answer {
	return fake.NewAnswer(status, "application/json; charset=utf-8", body)
}
