package kychttp

import (
	"errors"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"net/http"

	"github.com/kyckit/kyckit-go/kyc"
)

// A Page is what a person is shown. It may hold the person's data: no verb of
// fmt and no logger prints it. The paths in it are of the Service's own routes,
// except Done.
type Page struct {
	Provider string
	// Code is the HTTP status to send.
	Code int
	// Problem is empty on the page of a check, and Err then nil. Err is for the
	// application to look at, not for the person.
	Problem Problem
	Err     error

	// Status is how the check stands, for the person: kyc's constants say what
	// comes next. Result is the newest outcome, nil before one; its Reason tells
	// why to try again.
	Status kyc.Status
	Result *kyc.Result

	// Launch starts the check where the vendor has no URL (kyc.Launcher). Its
	// scripts stand in the page and have no nonce: a Content-Security-Policy of
	// this page must allow them.
	Launch template.HTML
	// Continue is where to POST an empty form, from a button, to go on with the
	// check at the vendor. It is empty when there is nothing to go on with, or
	// Launch does it.
	Continue string
	// Start is where to POST to begin a new check.
	Start string
	// Self is where to look again: the page of the check, empty if there is none;
	// after a return for which the Store failed, that return, since what the
	// browser brought is in its address alone.
	Self string
	// Done is Config.DoneURL.
	Done string
}

// Format prints no content, for every verb.
func (Page) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "kychttp.Page[redacted]") }

// LogValue logs no content.
func (Page) LogValue() slog.Value { return slog.StringValue("kychttp.Page[redacted]") }

// Problem is what keeps a person from the page of a check.
type Problem string

const (
	// ProblemOtherBrowser (403): a return from a browser that does not have the
	// check, or of no check. Nothing was changed. The person goes on from Self,
	// signed in, or from the browser in which they began.
	ProblemOtherBrowser Problem = "other_browser"
	// ProblemNotOwner (403): the check of another account, or none, or nobody is
	// signed in. A session in a SameSite=Strict cookie is there once the person
	// has followed a link on the page, such as Self.
	ProblemNotOwner Problem = "not_owner"
	// ProblemRefused (403): Begin refused, with Err, or the request came from a
	// page of another site.
	ProblemRefused Problem = "refused"
	// ProblemMismatch (400, 409): what the browser brought, or the vendor answered, is
	// not about this check. Nothing was changed.
	ProblemMismatch Problem = "mismatch"
	// ProblemTryLater (413, 500, 503): the vendor, the database or the program
	// failed. Nothing is lost.
	ProblemTryLater Problem = "try_later"
)

func (s *Service) newPage(provider kyc.Provider, code int) *Page {
	name := provider.Name()
	return &Page{Provider: name, Code: code, Start: s.base.Path + "/" + name + "/start", Done: s.cfg.DoneURL}
}

func (s *Service) problem(w http.ResponseWriter, r *http.Request, provider kyc.Provider, code int, problem Problem, err error) {
	page := s.newPage(provider, code)
	page.Problem, page.Err = problem, err
	if id := r.PathValue("id"); id != "" {
		page.Self = s.route(provider.Name(), "check", id)
		if errors.Is(err, errStore) && r.Method == http.MethodGet && r.URL.Path == s.route(provider.Name(), "return", id) {
			page.Self = r.URL.RequestURI()
		}
	}
	s.cfg.Page(w, r, page)
}

// failed answers a browser for which asking came to nothing.
func (s *Service) failed(w http.ResponseWriter, r *http.Request, provider kyc.Provider, err error) {
	code, problem := http.StatusServiceUnavailable, ProblemTryLater
	switch {
	case errors.Is(err, kyc.ErrForeign), errors.Is(err, kyc.ErrNotFound):
		code, problem = http.StatusConflict, ProblemMismatch
	case errors.Is(err, kyc.ErrInvalidNotice):
		code, problem = http.StatusBadRequest, ProblemMismatch
	case errors.Is(err, errCallback):
		code = http.StatusInternalServerError
	}
	s.problem(w, r, provider, code, problem, err)
}

// words are what the plain pages say.
type words struct{ Title, Text string }

var statusWords = map[kyc.Status]words{
	kyc.StatusPending:   {"Verification under way", "If you have finished, wait a moment and look again. If not, go on."},
	kyc.StatusReview:    {"Under review", "Somebody has to look at it. There is nothing for you to do."},
	kyc.StatusResubmit:  {"Please try again", "What you handed in was not good enough."},
	kyc.StatusApproved:  {"You are verified", "Thank you."},
	kyc.StatusDeclined:  {"Not verified", "You could not be verified. Please ask us if you think that this is wrong."},
	kyc.StatusExpired:   {"Time is up", "The verification was not finished in time. Please begin again."},
	kyc.StatusAbandoned: {"Not finished", "The verification was not finished. Please begin again."},
	kyc.StatusCanceled:  {"Called off", "The verification was called off. You can begin again."},
}

var problemWords = map[Problem]words{
	ProblemOtherBrowser: {"Continue your verification", "It goes on in the browser in which you began, or in this one when you are signed in."},
	ProblemNotOwner:     {"Continue your verification", "Please sign in to the account that it belongs to."},
	ProblemRefused:      {"Not possible", "A verification cannot be begun here now."},
	ProblemMismatch:     {"Something does not match", "This could not be confirmed. Nothing was changed."},
	ProblemTryLater:     {"Please try again later", "Something does not work at the moment. Nothing is lost."},
}

// otherWords are for a status that nobody can read.
var otherWords = words{"Please wait", "Somebody has to look at it. There is nothing for you to do."}

func (p *Page) words() words {
	found, ok := statusWords[p.Status]
	if p.Problem != "" {
		found, ok = problemWords[p.Problem]
	}
	if !ok {
		return otherWords
	}
	return found
}

func (p *Page) reason() string {
	if p.Status == kyc.StatusResubmit && p.Result != nil {
		return p.Result.Reason
	}
	return ""
}

// beginsAnew tells whether a new check is what comes next.
func (p *Page) beginsAnew() bool {
	switch p.Status {
	case kyc.StatusExpired, kyc.StatusAbandoned, kyc.StatusCanceled:
		return p.Problem == ""
	}
	return false
}

// looksAgain tells whether the check's page may have something else to tell.
func (p *Page) looksAgain() bool {
	if p.Self == "" || p.Problem == ProblemRefused {
		return false
	}
	return p.Problem != "" || !p.Status.Final()
}

// defaultPage is a plain page in English.
func defaultPage(w http.ResponseWriter, _ *http.Request, page *Page) {
	policy := "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
	if page.Launch != "" {
		// What a vendor's script loads and opens is the vendor's to say.
		policy = "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
	}
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(page.Code)
	_ = plainPage.Execute(w, map[string]any{ // an error is the connection's
		"Page": page, "Words": page.words(), "Reason": page.reason(), "Again": page.looksAgain(), "Anew": page.beginsAnew(),
	})
}

var plainPage = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Words.Title}}</title>
<style>
body { font: 1.125rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 32rem; padding: 2rem 1rem; color: #1a1a1a; background: #fff }
button { font: inherit; padding: .75rem 1.25rem; border: 0; border-radius: .375rem; color: #fff; background: #0b57d0 }
a { color: #0b57d0 }
</style>
</head>
<body>
<main>
<h1>{{.Words.Title}}</h1>
<p>{{.Words.Text}}</p>
{{- with .Reason}}
<p>{{.}}</p>{{end}}
{{- with .Page.Launch}}
<div>{{.}}</div>{{end}}
{{- with .Page.Continue}}
<form method="post" action="{{.}}"><button>Go on</button></form>{{end}}
{{- if .Anew}}
<form method="post" action="{{.Page.Start}}"><button>Begin again</button></form>{{end}}
{{- if .Again}}
<p><a href="{{.Page.Self}}">{{if .Page.Problem}}Continue{{else}}Look again{{end}}</a></p>{{end}}
<p><a href="{{.Page.Done}}">Back to the site</a></p>
</main>
</body>
</html>
`))
