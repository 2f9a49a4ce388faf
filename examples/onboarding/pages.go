package main

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed pages
var pageFiles embed.FS

// pages are the templates by name, each within layout.html.
type pages map[string]*template.Template

func newPages() *pages {
	all := pages{}
	layout := template.Must(template.ParseFS(pageFiles, "pages/layout.html"))
	files, err := fs.Glob(pageFiles, "pages/*.html")
	if err != nil {
		panic(err) // the pattern is right
	}
	for _, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".html")
		all[name] = template.Must(template.Must(layout.Clone()).ParseFS(pageFiles, file))
	}
	return &all
}

// A view is what a template is given.
type view struct {
	Lang  language
	Who   *account // nil if nobody is signed in
	Nonce string
	Body  any
}

// T is the text in the reader's language.
func (v *view) T(key string, args ...any) (string, error) { return v.Lang.text(key, args...) }

// Time is an instant for people who compare it with logs.
func (*view) Time(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// With is the view of a part of the page.
func (v view) With(body any) *view {
	v.Body = body
	return &v
}

// A message is a page that says one thing. Its fields are keys of words.
type message struct{ Title, Text string }

// show writes a page.
func (a *app) show(w http.ResponseWriter, r *http.Request, code int, page string, body any) {
	v := &view{Lang: chosen(w, r, a.secure()), Body: body}
	var err error
	if v.Who, err = a.signedIn(r); err != nil {
		a.log.ErrorContext(r.Context(), "onboarding: session unknown", "error", err)
	}
	if launches, ok := body.(*checkBody); ok && launches.Launch != "" {
		var fragment string
		fragment, v.Nonce = withNonce(string(launches.Launch))
		launches.Launch = template.HTML(fragment)
	}
	var text bytes.Buffer
	if err := (*a.pages)[page].ExecuteTemplate(&text, "layout", v); err != nil {
		a.log.ErrorContext(r.Context(), "onboarding: page failed", "page", page, "error", fmt.Sprintf("%T", err))
		http.Error(w, "Something went wrong. Please try again later.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Security-Policy", a.policy(v.Nonce))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", string(v.Lang))
	w.WriteHeader(code)
	_, _ = w.Write(text.Bytes()) // an error is the connection's
}

// A form is one that came back, or did not come yet.
type form struct {
	Email string
	Alert string // a key of words; empty if nothing is wrong
}

func (a *app) showHome(w http.ResponseWriter, r *http.Request) error {
	who, err := a.signedIn(r)
	if err != nil {
		return err
	}
	if who != nil {
		http.Redirect(w, r, "/account", http.StatusSeeOther)
		return nil
	}
	a.show(w, r, http.StatusOK, "home", minimumAge)
	return nil
}

func (a *app) showSignUp(w http.ResponseWriter, r *http.Request) error {
	a.show(w, r, http.StatusOK, "signup", form{})
	return nil
}

func (a *app) doSignUp(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	email := r.PostForm.Get("email")
	who, err := a.db.signUp(r.Context(), email, r.PostForm.Get("password"))
	if alert, known := alertFor(err); known {
		a.show(w, r, http.StatusUnprocessableEntity, "signup", form{email, alert})
		return nil
	}
	if err == nil {
		err = a.openSession(w, r, who)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/account", http.StatusSeeOther)
	return nil
}

func (a *app) showSignIn(w http.ResponseWriter, r *http.Request) error {
	a.show(w, r, http.StatusOK, "signin", form{})
	return nil
}

func (a *app) doSignIn(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	email := r.PostForm.Get("email")
	who, err := a.db.signIn(r.Context(), email, r.PostForm.Get("password"))
	if alert, known := alertFor(err); known {
		a.show(w, r, http.StatusUnprocessableEntity, "signin", form{email, alert})
		return nil
	}
	if err == nil {
		err = a.openSession(w, r, who)
	}
	if err != nil {
		return err
	}
	// Never to where a request says.
	next := "/account"
	if who.Staff {
		next = "/staff"
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

func (a *app) doSignOut(w http.ResponseWriter, r *http.Request) error {
	if err := a.closeSession(w, r); err != nil {
		return err
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

// alertFor is what a person is told about an error that is theirs to mend.
func alertFor(err error) (alert string, known bool) {
	for known, alert := range map[error]string{
		errEmail: "alert.email", errPassword: "alert.password", errTaken: "alert.taken",
		errWrong: "alert.wrong", errTooManyTries: "alert.too_many_tries",
	} {
		if errors.Is(err, known) {
			return alert, true
		}
	}
	return "", false
}
