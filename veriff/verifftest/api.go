package verifftest

import (
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// A Route names an operation of the API, for faults.
type Route string

// The operations.
const (
	CreateSessionRoute      Route = "POST /v1/sessions"
	SubmitSessionRoute      Route = "PATCH /v1/sessions/{id}"
	DeleteSessionRoute      Route = "DELETE /v1/sessions/{id}"
	UploadMediaRoute        Route = "POST /v1/sessions/{id}/media"
	SessionMediaRoute       Route = "GET /v1/sessions/{id}/media"
	AttemptMediaRoute       Route = "GET /v1/attempts/{id}/media"
	DownloadMediaRoute      Route = "GET /v1/media/{id}"
	AttemptsRoute           Route = "GET /v1/sessions/{id}/attempts"
	PersonRoute             Route = "GET /v1/sessions/{id}/person"
	DecisionRoute           Route = "GET /v1/sessions/{id}/decision"
	FullAutoDecisionRoute   Route = "GET /v1/sessions/{id}/decision/fullauto"
	WatchlistScreeningRoute Route = "GET /v1/sessions/{id}/watchlist-screening"
	CollectedDataRoute      Route = "POST /v1/sessions/{id}/collected-data"
	TimestampsRoute         Route = "GET /v1/sessions/{id}/timestamps"
	TimestampRoute          Route = "GET /v1/timestamps/{id}"
)

// An endpoint is one operation of the API.
type endpoint struct {
	route Route
	// unsignedToo accepts a request without a signature, never one with a
	// wrong one.
	unsignedToo bool
	// maxBody is the most bytes of a body, 0 for what suffices without files.
	maxBody int64
	// unsignedAnswer leaves the answer to a request without a signature.
	unsignedAnswer bool
	// serve does what an authenticated request asks for.
	serve func(*call) (*fake.Answer, *refusal)
}

// endpoints is the whole API. Each has a file of its own.
func (s *Server) endpoints() []endpoint {
	return []endpoint{
		{route: CreateSessionRoute, unsignedToo: true, serve: s.createSession},
		{route: SubmitSessionRoute, serve: s.submitByAPI},
		{route: DeleteSessionRoute, serve: s.deleteSession},
		{route: UploadMediaRoute, maxBody: maxUpload, serve: s.uploadMedia},
		{route: SessionMediaRoute, serve: s.sessionMedia},
		{route: AttemptMediaRoute, serve: s.attemptMedia},
		{route: DownloadMediaRoute, unsignedAnswer: s.settings.unsignedMedia, serve: s.downloadMedia},
		{route: AttemptsRoute, serve: s.attempts},
		{route: PersonRoute, serve: s.personRecord},
		{route: DecisionRoute, serve: s.decision},
		{route: FullAutoDecisionRoute, serve: s.fullAutoDecision},
		{route: WatchlistScreeningRoute, serve: s.watchlistScreening},
		{route: CollectedDataRoute, serve: s.addCollectedData},
		{route: TimestampsRoute, serve: s.timestampList},
		{route: TimestampRoute, serve: s.timestampOf},
	}
}

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for _, e := range s.endpoints() {
		handle := func(w http.ResponseWriter, r *http.Request) { s.serveAPI(w, r, e) }
		mux.HandleFunc(string(e.route), handle)
		mux.HandleFunc(string(e.route)+"/{$}", handle) // document 003's samples have the slash
	}
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
	id      string // from the path

	// What authenticate finds out.
	authentic bool
	legacy    bool // signed with document 003's scheme
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request, e endpoint) {
	receive := s.recorder.Receive
	if e.maxBody > 0 {
		receive = func(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
			return s.recorder.ReceiveUpTo(e.maxBody, w, r)
		}
	}
	body, ok := receive(w, r)
	if !ok {
		no := tooLarge()
		newAnswer(no.status, no.body()).Write(w)
		return
	}
	c := &call{request: r, body: body, id: r.PathValue("id")}
	err := s.faults.Take(string(e.route)).Serve(w, r,
		func() *fake.Answer { return s.process(c, e) },
		func(a *fake.Answer) {
			signed := !s.settings.unsignedAnswers && !(e.unsignedAnswer && a.Status < http.StatusBadRequest)
			if c.authentic && signed {
				sign(a.Header, s.settings.headers, c.legacy, s.APIKey, s.Secret, a.Body)
			}
		})
	_ = s.fail(err)
}

func (s *Server) process(c *call, e endpoint) *fake.Answer {
	no := notFound()
	if e.serve != nil {
		no = s.authenticate(c, e)
	}
	if no == nil && c.id != "" {
		no = judgeID(c.id)
	}
	if no == nil {
		answer, refused := e.serve(c)
		if refused == nil {
			return answer
		}
		no = refused
	}
	if no.status == http.StatusUnauthorized && s.settings.uncodedRefusals {
		no = unauthorized("", "Not Authorized.")
	}
	return newAnswer(no.status, no.body())
}

// authenticate looks at the key, then at the signatures. Every one that is
// there must hold.
func (s *Server) authenticate(c *call, e endpoint) *refusal {
	keys := c.request.Header.Values(authClientHeader)
	switch {
	case len(keys) == 0 || keys[0] == "":
		return unauthorized("1801", "X-AUTH-CLIENT header is missing.")
	case len(keys) > 1 || !isUUID(keys[0]):
		return unauthorized("1802", "X-AUTH-CLIENT header is not a UUID.")
	case keys[0] != s.APIKey && s.settings.oldKeyRefusals:
		return unauthorized("1101", "Invalid Vendor API Key.")
	case keys[0] != s.APIKey:
		return unauthorized("1803", "No integration has this X-AUTH-CLIENT.")
	case s.settings.inactive:
		return unauthorized("1804", "The integration is not active.")
	}
	payload, wrongHMAC, wrongLegacy := c.signedPayload()
	byHMAC, bySHA := c.request.Header.Values(hmacHeader), c.request.Header.Values(legacyHeader)
	switch {
	case len(bySHA) > 0 && s.settings.refuseLegacy:
		return unauthorized("1815", "Could not authenticate: X-SIGNATURE is not accepted.")
	case len(byHMAC)+len(bySHA) == 0 && e.unsignedToo:
	case len(byHMAC)+len(bySHA) == 0:
		return unauthorized("1815", "Could not authenticate: the signature is missing.")
	case len(byHMAC) > 1, len(bySHA) > 1, slices.ContainsFunc(slices.Concat(byHMAC, bySHA), func(x string) bool { return !isSignature(x) }):
		return unauthorized("1812", "The signature is not a SHA256 hash.")
	case len(byHMAC) == 1 && byHMAC[0] != hmacSignature(s.Secret, payload):
		return unauthorized(wrongHMAC, "The HMAC of the payload does not match X-HMAC-SIGNATURE.")
	case len(bySHA) == 1 && bySHA[0] != legacySignature(s.Secret, payload):
		return unauthorized(wrongLegacy, "The SHA256 of the payload does not match X-SIGNATURE.")
	}
	c.authentic = true
	c.legacy = len(byHMAC) == 0 && len(bySHA) == 1
	return nil
}

// signedPayload is what the request must have signed, and the codes for
// signatures that do not match: the id in the path where nothing is sent, else
// the body as it came. A query is never part of it.
func (c *call) signedPayload() (payload []byte, wrongHMAC, wrongLegacy string) {
	switch c.request.Method {
	case http.MethodPost, http.MethodPatch:
		return c.body, "1819", "1814"
	}
	return []byte(c.id), "1818", "1813"
}

func judgeID(id string) *refusal {
	switch {
	case len(id) < 20 || len(id) > 40:
		return invalid("1001", "Query ID must be between 20 and 40 symbols.")
	case !isUUID(id) || id[14] != '4' || !strings.Contains("89abAB", id[19:20]):
		return invalid("1002", "Query ID must be a valid UUID V4.")
	}
	return nil
}

func isUUID(s string) bool {
	match, _ := regexp.MatchString(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`, s)
	return match
}

func newAnswer(status int, body []byte) *fake.Answer {
	return fake.NewAnswer(status, "application/json; charset=utf-8", body)
}

// success is an answer that brings members.
func success(status int, members map[string]any) *fake.Answer {
	members["status"] = "success"
	return newAnswer(status, fake.EncodeJSON(members))
}

// isJSON tells whether the body's content type says JSON.
func (c *call) isJSON() bool {
	mediaType, _, err := mime.ParseMediaType(c.request.Header.Get("Content-Type"))
	return err == nil && mediaType == "application/json"
}
