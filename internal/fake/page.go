package fake

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
)

// frame is what the hosted pages of all fakes have in common. It needs no
// script, says first of all that nothing here is real, and leaves three places
// to fill: title, vendor and content.
const frame = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{{template "title" .}}</title>
<style>
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --edge: #818b98; --page: #f3f5f7; --card: #fff;
  --warn: #fff3cd; --warn-ink: #5c4300; --main: #0b5fff; --main-ink: #fff; --bad: #b42318; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9aa6b2; --line: #3d444d; --edge: #7d8794;
  --page: #0d1117; --card: #161b22; --warn: #3b2f05; --warn-ink: #f2d27a; --main: #7aa7ff; --main-ink: #0d1117; --bad: #ff9a8f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
.fake { margin: 0; padding: .75rem 1rem; background: var(--warn); color: var(--warn-ink); text-align: center; }
main { max-width: 40rem; margin: 1.5rem auto; padding: 1.5rem; background: var(--card); border: 1px solid var(--line);
  border-radius: .75rem; }
@media (max-width: 42rem) { main { margin: 0; border-width: 0; border-radius: 0; padding: 1.25rem 1rem 2rem; } }
h1 { margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.25; }
p { margin: 0 0 1rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0 0 1.5rem; font-size: .875rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
fieldset { margin: 0 0 1.5rem; padding: 0; border: 0; min-width: 0; }
legend { padding: 0; margin-bottom: .5rem; font-size: 1.0625rem; font-weight: 600; }
.fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1rem; }
label { display: block; margin-bottom: .25rem; font-size: .875rem; color: var(--soft); }
input, select, button { width: 100%; min-height: 2.75rem; padding: .5rem .75rem; font: inherit; color: inherit;
  border: 1px solid var(--edge); border-radius: .5rem; background: var(--card); }
select { padding-right: .5rem; }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
button { font-weight: 600; cursor: pointer; }
button.main { background: var(--main); border-color: var(--main); color: var(--main-ink); }
.choice { padding: 1rem 0; border-top: 1px solid var(--line); }
.pair { display: grid; grid-template-columns: 1fr 12rem; gap: .75rem; align-items: end; }
@media (max-width: 32rem) { .pair { grid-template-columns: 1fr; } }
main > :last-child, fieldset:last-child, .choice:last-child { margin-bottom: 0; padding-bottom: 0; }
.hint { margin: .5rem 0 0; font-size: .875rem; color: var(--soft); }
.alert { padding: .75rem 1rem; border: 1px solid var(--bad); border-radius: .5rem; color: var(--bad); }
</style>
</head>
<body>
<p class="fake"><strong>This is a fake.</strong> Nothing here reaches {{template "vendor" .}}, and nobody is verified.</p>
<main>
{{template "content" .}}
</main>
</body>
</html>
`

// A Page is a hosted page: the frame with a vendor's own content in it.
type Page struct {
	template *template.Template
}

// NewPage fits content into the frame: a text that defines the templates
// "title", "vendor" and "content".
func NewPage(content string) (*Page, error) {
	t, err := template.New("page").Parse(frame)
	if err == nil {
		t, err = t.Parse(content)
	}
	if err != nil {
		return nil, fmt.Errorf("fake: hosted page: %w", err)
	}
	return &Page{template: t}, nil
}

// Render is the page for data. Its address is a capability, so that no cache
// keeps it and no link gives it away.
func (p *Page) Render(status int, data any) (*Answer, error) {
	var body bytes.Buffer
	if err := p.template.Execute(&body, data); err != nil {
		return nil, fmt.Errorf("fake: hosted page: %w", err)
	}
	a := NewAnswer(status, "text/html; charset=utf-8", body.Bytes())
	a.Header.Set("Cache-Control", "no-store")
	a.Header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'")
	a.Header.Set("Referrer-Policy", "no-referrer")
	a.Header.Set("X-Content-Type-Options", "nosniff")
	return a, nil
}

// Show is the page for data as an answer to a visit: 404 in the state unknown,
// 422 with an alert about what the person sent, else 200.
func (p *Page) Show(state, alert string, data any) *Answer {
	status := http.StatusOK
	switch {
	case state == "unknown":
		status = http.StatusNotFound
	case alert != "":
		status = http.StatusUnprocessableEntity
	}
	a, err := p.Render(status, data)
	if err != nil {
		return NewAnswer(http.StatusInternalServerError, "text/plain; charset=utf-8", []byte(err.Error()))
	}
	return a
}
