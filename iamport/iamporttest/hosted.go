package iamporttest

import (
	"net/http"
	"slices"
)

// hostedPath is where the persons go; a certification's token follows.
const hostedPath = "/v1/window/"

// pageData is what the hosted window shows.
type pageData struct {
	State       string // open, closed, ended, refused or unknown
	ImpUID      string
	MerchantUID string
	MinAge      int
	Person      Person
	ErrorCode   string
	ErrorMsg    string
	Alert       string
	Popup       *popup // nil for a redirect
}

// A popup is what window.js tells the page that waits for the popup.
type popup struct {
	State  string // begun or ended
	RSP    string // JSON
	Target string // origin
	Close  bool   // the popup closes itself
}

// showPage shows the window.
func (s *Server) showPage(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	_, data := s.lookUp(r)
	s.mu.Unlock()
	s.render(w, data)
}

// choose does what the clicked button says and sends the person back.
func (s *Server) choose(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	problem := ""
	if err := r.ParseForm(); err != nil {
		problem = "the form could not be read"
	}
	address, data := s.chosen(r, problem)
	if address != "" {
		seeOther(w, address)
		return
	}
	s.render(w, data)
}

// chosen does what the form says and tells where the person goes, or what the
// window shows instead.
func (s *Server) chosen(r *http.Request, problem string) (address string, data pageData) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x, data := s.lookUp(r)
	if data.State != "open" {
		return "", data
	}
	data.Person = Person{
		Name:      r.PostForm.Get("name"),
		Birthday:  r.PostForm.Get("birthday"),
		Gender:    r.PostForm.Get("gender"),
		Foreigner: r.PostForm.Get("nationality") == "foreign",
		Phone:     onlyDigits(r.PostForm.Get("phone")),
		Carrier:   r.PostForm.Get("carrier"),
	}
	data.ErrorCode, data.ErrorMsg = r.PostForm.Get("errorCode"), r.PostForm.Get("errorMsg")
	switch outcome := r.PostForm.Get("outcome"); {
	case problem != "":
	case outcome == "pass":
		if problem = data.Person.problem(s.today()); problem == "" {
			_ = s.pass(x, data.Person) // too young is an end as well
		}
	case outcome == "fail":
		_ = x.fails(data.ErrorCode, data.ErrorMsg) // it is open
	case outcome == "leave":
		_ = x.abandon() // it is open
	default:
		problem = "choose an outcome"
	}
	if problem != "" {
		data.Alert = sentence(problem)
		return "", data
	}
	return s.end(x), data
}

// end is where a person goes who is done.
func (s *Server) end(x *certification) string {
	if x.attempt.RedirectURL != "" {
		return s.returnURL(x)
	}
	return hostedPath + x.token + "/end"
}

func seeOther(w http.ResponseWriter, address string) {
	w.Header().Set("Location", address)
	w.WriteHeader(http.StatusSeeOther)
}

// showEnd is the last that a popup shows, and where a person comes to who has
// nowhere to go back to.
func (s *Server) showEnd(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	_, data := s.lookUp(r)
	s.mu.Unlock()
	if data.State == "closed" {
		data.State = "ended"
		if data.Popup != nil {
			data.Popup.Close = true
		}
	}
	s.render(w, data)
}

// lookUp finds the certification of a hosted window, under the lock.
func (s *Server) lookUp(r *http.Request) (*certification, pageData) {
	x := s.find(func(x *certification) bool { return x.token == r.PathValue("token") })
	if x == nil {
		return nil, pageData{State: "unknown"}
	}
	data := pageData{State: "closed", ImpUID: x.impUID, MerchantUID: x.attempt.MerchantUID}
	if x.status == statusBegun {
		data.State = "open"
		data.Person = x.hint
		data.ErrorCode, data.ErrorMsg = "0086", "인증 시도 횟수를 초과하였습니다."
		if x.attempt.Gateway == Danal {
			data.MinAge = x.attempt.MinAge
		}
	}
	if x.target != "" {
		data.Popup = &popup{State: "ended", RSP: string(x.callback()), Target: x.target}
		if data.State == "open" {
			data.Popup.State = "begun"
		}
	}
	return x, data
}

// Carriers are what the person can choose from.
func (pageData) Carriers() []string { return slices.Insert(carriers(), 0, "") }

func (s *Server) render(w http.ResponseWriter, data pageData) {
	page := s.page.Show(data.State, data.Alert, data)
	if data.Popup != nil {
		page.Header.Set("Content-Security-Policy", page.Header.Get("Content-Security-Policy")+"; script-src 'self'")
	}
	page.Write(w)
}
