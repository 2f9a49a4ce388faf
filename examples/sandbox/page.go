package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"time"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

//go:embed page.html
var pageText string

// atMost is how many checks and webhooks the page shows, the newest.
const atMost = 10

// A view is what the page shows.
type view struct {
	URL      string
	Alert    string
	Said     []said
	Vendors  []vendorView
	Webhooks webhooksView
}

type vendorView struct {
	*vendor
	Now    time.Time
	Ahead  time.Duration
	Checks []check
	More   int // checks that are not shown
}

type webhooksView struct {
	URL    string
	Latest []webhook
	More   int
}

// A webhook is one with what came of it.
type webhook struct {
	Kind, SessionID, Body string
	Deliveries            []string
}

func (s *sandbox) showPage(w http.ResponseWriter, _ *http.Request) { s.render(w, http.StatusOK, "") }

func (s *sandbox) render(w http.ResponseWriter, status int, alert string) {
	var page bytes.Buffer
	t, err := template.New("page").Parse(pageText)
	if err == nil {
		err = t.Execute(&page, s.look(alert))
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = page.WriteTo(w)
}

func (s *sandbox) look(alert string) view {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := view{URL: s.url, Alert: alert, Said: slices.Clone(s.said)}
	for _, one := range s.vendors {
		checks, more := newest(one.checks())
		v.Vendors = append(v.Vendors, vendorView{
			vendor: one, Now: time.Now().Add(one.ahead).UTC(), Ahead: one.ahead, Checks: checks, More: more,
		})
	}
	latest, more := newest(s.veriff.Webhooks())
	v.Webhooks = webhooksView{URL: s.webhooks, More: more}
	for _, x := range latest {
		v.Webhooks.Latest = append(v.Webhooks.Latest, webhook{string(x.Kind), x.SessionID, string(x.Body), deliveries(x)})
	}
	return v
}

// newest are the last ones, the last first, and how many others there are.
func newest[T any](all []T) (shown []T, more int) {
	more = max(0, len(all)-atMost)
	shown = slices.Clone(all[more:])
	slices.Reverse(shown)
	return shown, more
}

func deliveries(x verifftest.Webhook) []string {
	var out []string
	for _, d := range x.Deliveries {
		if d.Err != nil {
			out = append(out, "no answer")
			continue
		}
		out = append(out, fmt.Sprint(d.StatusCode))
	}
	return out
}

// showEnvironment is the settings as lines for a file.
func (s *sandbox) showEnvironment(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	for _, v := range s.vendors {
		for _, x := range v.Settings {
			_, _ = fmt.Fprintf(w, "%s=%s\n", x.Name, x.Value) // none needs a quote
		}
	}
}

// showCode is the code that a person got by SMS.
func (s *sandbox) showCode(w http.ResponseWriter, r *http.Request) {
	for _, v := range s.vendors {
		for _, c := range v.checks() {
			if c.ID == r.PathValue("id") && c.Code != "" {
				_, _ = fmt.Fprintln(w, c.Code)
				return
			}
		}
	}
	http.Error(w, "nobody waits for a code with this imp_uid", http.StatusNotFound)
}
