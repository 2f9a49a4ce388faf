package main

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A control does what a form asks for, and says in words what it did.
type control func(form func(name string) string) (string, error)

func (s *sandbox) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.showPage)
	mux.HandleFunc("GET /env", s.showEnvironment)
	mux.HandleFunc("GET /code/{id}", s.showCode)
	for path, control := range map[string]control{
		"/clock":     s.moveClock,
		"/webhooks":  s.deliverTo,
		"/redeliver": s.redeliver,
		"/fault":     s.inject,
		"/decide":    s.decide,
	} {
		mux.Handle("POST "+path, s.handle(control))
	}
	// A page that a tester happens to have open elsewhere moves no clock here.
	return http.NewCrossOriginProtection().Handler(mux)
}

// handle gives a browser the page again, and a program the words alone.
func (s *sandbox) handle(control control) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		words, err := control(r.PostFormValue)
		browser := strings.Contains(r.Header.Get("Accept"), "text/html")
		switch {
		case err != nil && browser:
			s.render(w, http.StatusUnprocessableEntity, err.Error())
		case err != nil:
			http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		default:
			s.mu.Lock()
			s.said = slices.Insert(s.said, 0, said{time.Now(), words})
			s.said = s.said[:min(len(s.said), 10)]
			s.mu.Unlock()
			if browser {
				http.Redirect(w, r, "/", http.StatusSeeOther)
				return
			}
			_, _ = fmt.Fprintln(w, words)
		}
	})
}

var errVendor = errors.New("the vendor must be veriff, iamport or tomoidv")

// moveClock moves a vendor's clock ahead, or back with a minus.
func (s *sandbox) moveClock(form func(string) string) (string, error) {
	units := map[string]time.Duration{"minutes": time.Minute, "hours": time.Hour, "days": 24 * time.Hour}
	v, unit := s.vendor(form("vendor")), units[form("unit")]
	amount, err := strconv.Atoi(form("amount"))
	switch {
	case v == nil:
		return "", errVendor
	case unit == 0:
		return "", errors.New("the unit must be minutes, hours or days")
	case err != nil || amount < -10_000 || amount > 10_000:
		return "", errors.New("the amount must be a whole number from -10000 to 10000")
	}
	v.advance(time.Duration(amount) * unit) // of Veriff, which may deliver webhooks
	s.mu.Lock()
	defer s.mu.Unlock()
	v.ahead += time.Duration(amount) * unit
	return fmt.Sprintf("%s: moved the clock by %d %s", v.Title, amount, form("unit")), nil
}

// deliverTo sends the webhooks that are still to come to a URL.
func (s *sandbox) deliverTo(form func(string) string) (string, error) {
	if err := s.veriff.DeliverToURL(form("url")); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.webhooks = form("url")
	return "Veriff: webhooks go to " + s.webhooks, nil
}

// redeliver does what Veriff does every hour.
func (s *sandbox) redeliver(func(string) string) (string, error) {
	return fmt.Sprintf("Veriff: delivered again; %d webhooks are not answered with 200", s.veriff.Redeliver()), nil
}

// inject lets something happen to the next call, or to none.
func (s *sandbox) inject(form func(string) string) (string, error) {
	v, name, route := s.vendor(form("vendor")), form("fault"), form("route")
	if v == nil {
		return "", errVendor
	}
	if name == "none" {
		v.clear()
		return v.Title + ": nothing more is going to happen", nil
	}
	i := slices.IndexFunc(v.Faults, func(f fault) bool { return f.Name == name })
	switch {
	case i < 0:
		var names []string
		for _, f := range v.Faults {
			names = append(names, f.Name)
		}
		return "", fmt.Errorf("the fault must be none, %s", strings.Join(names, ", "))
	case route != "" && !slices.Contains(v.Routes, route):
		return "", fmt.Errorf("the route must be empty, %s", strings.Join(v.Routes, ", "))
	}
	if err := v.Faults[i].inject(route); err != nil {
		return "", err
	}
	if route == "" {
		route = "the next call"
	}
	return fmt.Sprintf("%s: to happen to %s: %s", v.Title, route, v.Faults[i].Words), nil
}

// decide plays those who decide elsewhere than on the person's page.
func (s *sandbox) decide(form func(string) string) (string, error) {
	v := s.vendor(form("vendor"))
	if v == nil {
		return "", errVendor
	}
	if err := v.decide(form("id"), form("outcome")); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s: %s of %s", v.Title, form("outcome"), form("id")), nil
}
