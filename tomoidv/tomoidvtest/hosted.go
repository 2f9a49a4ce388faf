package tomoidvtest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const (
	hostedPath = "/idv" // where the persons go
	endPath    = hostedPath + "/end"
)

// pageData is what the hosted app shows.
type pageData struct {
	State       string // open, closed, ended or unknown
	UserID      string
	PolicyKey   string
	Environment Environment
	Person      Person
	OtherName   string
	AsksEmail   bool
	Alert       string
}

// showPage shows the app.
func (s *Server) showPage(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	_, data := s.lookUp(r)
	s.mu.Unlock()
	s.render(w, data)
}

// choose does what the clicked button says and sends the person back.
func (s *Server) choose(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	unreadable := r.ParseForm() != nil
	address, data := s.chosen(r, unreadable)
	if address != "" {
		w.Header().Set("Location", address)
		w.WriteHeader(http.StatusSeeOther)
		return
	}
	s.render(w, data)
}

// chosen does what the form says and tells where the person goes, or what the
// app shows instead.
func (s *Server) chosen(r *http.Request, unreadable bool) (address string, data pageData) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x, data := s.lookUp(r)
	if data.State != "open" {
		return "", data
	}
	if unreadable {
		data.Alert = "The form could not be read."
		return "", data
	}
	data.OtherName = r.PostForm.Get("otherName")
	data.Person = Person{
		FullName:    r.PostForm.Get("fullName"),
		DateOfBirth: r.PostForm.Get("dateOfBirth"),
		Email:       r.PostForm.Get("email"),
		Document:    Document{Number: r.PostForm.Get("documentNumber")},
	}
	p := data.Person
	if data.OtherName != "" {
		p.NameVariants = []NameVariant{{Kind: "alternate_script", Value: data.OtherName}}
	}
	if data.Alert = s.chooses(x, r.PostForm.Get("outcome"), p); data.Alert != "" {
		return "", data
	}
	if x.returnURL == "" {
		return endPath + "?" + url.Values{"token": {x.token}}.Encode(), data
	}
	return x.returnURL, data
}

// chooses ends an open check as the person wants, or tells what is wrong with
// that.
func (s *Server) chooses(x *attempt, outcome string, p Person) (alert string) {
	problem := p.problem(s.clock.Now().UTC())
	switch {
	case !slices.Contains([]string{"pass", "review", "fail", "cancel", "leave"}, outcome):
		return "Choose an outcome."
	case problem != "" && (outcome == "pass" || outcome == "review"):
		return strings.ToUpper(problem[:1]) + problem[1:] + "."
	}
	// The check is open, and the person is as they must be.
	switch outcome {
	case "pass":
		_ = s.pass(x, p)
	case "review":
		_ = s.review(x, p)
	case "fail":
		_ = s.reject(x, p)
	case "cancel":
		_ = s.cancel(x)
	case "leave":
		_ = s.leave(x)
	}
	return ""
}

// showEnd is where a person comes to who has nowhere to go back to.
func (s *Server) showEnd(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	_, data := s.lookUp(r)
	s.mu.Unlock()
	if data.State != "unknown" {
		data.State = "ended"
	}
	s.render(w, data)
}

// lookUp finds the check of a visit to the app, under the lock.
func (s *Server) lookUp(r *http.Request) (*attempt, pageData) {
	s.endOld()
	token := r.URL.Query().Get("token")
	i := slices.IndexFunc(s.attempts, func(x *attempt) bool { return x.token == token })
	if i < 0 {
		return nil, pageData{State: "unknown"}
	}
	x := s.attempts[i]
	country := x.country
	fill(&country, "unknown")
	data := pageData{State: "closed", UserID: x.userID, PolicyKey: x.policy.Key(country), Environment: s.settings.environment}
	if x.status == statusOpen {
		data.State = "open"
		data.Person = Person{FullName: "Alex Example", DateOfBirth: "1990-01-31", Document: Document{Number: "X1234567"}}
		data.AsksEmail = x.email == "" && slices.Contains([]string{"us", "uk", "gb", "ca"}, country)
	}
	return x, data
}

func (s *Server) render(w http.ResponseWriter, data pageData) {
	s.page.Show(data.State, data.Alert, data).Write(w)
}
