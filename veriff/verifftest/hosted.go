package verifftest

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// hostedPath is where the persons go; a session's token follows.
const hostedPath = "/v/"

// pageData is what the hosted page shows.
type pageData struct {
	State      string // open, closed, ended or unknown
	SessionID  string
	VendorData string
	Person     Person
	Alert      string
	Decline    []reason
	Resubmit   []reason
	Chosen     []int // reasons, when the form comes back
}

// showPage is the person's arrival. To look at the headers alone is none.
func (s *Server) showPage(w http.ResponseWriter, r *http.Request) {
	id, data := s.lookUp(r)
	if id != "" && r.Method == http.MethodGet {
		_ = s.change(id, s.openSession) // impossible on a reload, which changes nothing
	}
	s.render(w, data)
}

// choose does what the clicked button says: the attempt is submitted and
// decided at once, and the person sent back.
func (s *Server) choose(w http.ResponseWriter, r *http.Request) {
	id, data := s.lookUp(r)
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		data.Alert = "The form could not be read."
	}
	if data.State != "open" {
		s.render(w, data)
		return
	}
	data.Person.FirstName = r.PostForm.Get("firstName")
	data.Person.LastName = r.PostForm.Get("lastName")
	data.Person.DateOfBirth = r.PostForm.Get("dateOfBirth")
	data.Person.Document.Number = r.PostForm.Get("documentNumber")
	for _, name := range []string{"declineReason", "resubmitReason"} {
		code, _ := strconv.Atoi(r.PostForm.Get(name))
		data.Chosen = append(data.Chosen, code)
	}
	change, alert := s.choice(r, data.Person)
	if data.Alert == "" {
		data.Alert = alert
	}
	if data.Alert != "" {
		s.render(w, data)
		return
	}
	var callback string
	err := s.change(id, func(x *session) error {
		callback = x.callback
		return change(x)
	})
	if err != nil { // somebody else was faster
		_, data = s.lookUp(r)
		s.render(w, data)
		return
	}
	if callback == "" {
		callback = r.URL.Path + "/end"
	}
	w.Header().Set("Location", callback)
	w.WriteHeader(http.StatusSeeOther)
}

// choice is the change that the form asks for, or what is wrong with the form.
func (s *Server) choice(r *http.Request, p Person) (change func(*session) error, alert string) {
	if _, err := time.Parse(time.DateOnly, p.DateOfBirth); p.DateOfBirth != "" && err != nil {
		return nil, "The date of birth must be a date: year, month and day, as in 1990-01-31."
	}
	if number := p.Document.Number; number != "" && !isDocumentNumber(number) {
		return nil, "The document number may have letters A to Z and digits only."
	}
	switch outcome := r.PostForm.Get("outcome"); outcome {
	case "approve":
		return s.submitted(p, func(x *session) error { return s.approveSession(x, x.person) }), ""
	case "decline":
		code, ok := chosenReason(r.PostForm.Get("declineReason"), declineReasons())
		if !ok {
			return nil, "Choose a reason to decline."
		}
		return s.submitted(p, func(x *session) error { return s.declineSession(x, code, "") }), ""
	case "resubmit":
		code, ok := chosenReason(r.PostForm.Get("resubmitReason"), resubmissionReasons())
		if !ok {
			return nil, "Choose a reason to ask for another attempt."
		}
		return s.submitted(p, func(x *session) error { return s.resubmitSession(x, code, "") }), ""
	case "leave":
		return func(x *session) error {
			if x.status == statusCreated {
				_ = s.openSession(x) // possible when created
			}
			return s.abandonSession(x)
		}, ""
	}
	return nil, "Choose an outcome."
}

// submitted submits the session for the person on the form, then decides.
func (s *Server) submitted(p Person, decide func(*session) error) func(*session) error {
	return func(x *session) error {
		if err := s.submitSession(x); err != nil {
			return err
		}
		if x.status != statusSubmitted { // a test name has decided
			return nil
		}
		x.person = p
		return decide(x)
	}
}

func chosenReason(value string, reasons []reason) (code int, ok bool) {
	code, err := strconv.Atoi(value)
	return code, err == nil && slices.ContainsFunc(reasons, func(r reason) bool { return r.Code == code })
}

// showEnd is where a person comes back to who has no callback to go to.
func (s *Server) showEnd(w http.ResponseWriter, r *http.Request) {
	_, data := s.lookUp(r)
	if data.State != "unknown" {
		data.State = "ended"
	}
	s.render(w, data)
}

// IsChosen tells whether a reason was chosen on the form that comes back.
func (d pageData) IsChosen(code int) bool { return slices.Contains(d.Chosen, code) }

// lookUp finds the session of a hosted page.
func (s *Server) lookUp(r *http.Request) (id string, data pageData) {
	s.sweep()
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.sessions, func(x *session) bool { return x.token == r.PathValue("token") })
	if i < 0 {
		return "", pageData{State: "unknown"}
	}
	x := s.sessions[i]
	data = pageData{
		State:      "closed",
		SessionID:  x.id,
		VendorData: text(x.vendorData),
		Person:     x.person,
		Decline:    declineReasons(),
		Resubmit:   resubmissionReasons(),
	}
	if x.isOpen() {
		data.State = "open"
	}
	return x.id, data
}

func (s *Server) render(w http.ResponseWriter, data pageData) {
	s.page.Show(data.State, data.Alert, data).Write(w)
}
