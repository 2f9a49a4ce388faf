package fake_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/fake"
)

const content = `{{define "title"}}Title{{end}}{{define "vendor"}}Vendor{{end}}{{define "content"}}<p>{{.}}</p>{{end}}`

func TestPage(t *testing.T) {
	page, err := fake.NewPage(content)
	require.NoError(t, err)
	a, err := page.Render(http.StatusTeapot, "<script>")
	require.NoError(t, err)
	assert.Equal(t, http.StatusTeapot, a.Status)
	assert.Equal(t, "text/html; charset=utf-8", a.Header.Get("Content-Type"))
	assert.Equal(t, "no-store", a.Header.Get("Cache-Control"))
	assert.Equal(t, "no-referrer", a.Header.Get("Referrer-Policy"))
	assert.Contains(t, a.Header.Get("Content-Security-Policy"), "default-src 'none'")
	for _, want := range []string{`<html lang="en">`, "<title>Title</title>", "This is a fake.", "reaches Vendor", "<p>&lt;script&gt;</p>"} {
		assert.Contains(t, string(a.Body), want)
	}
}

func TestPageThatCannotBe(t *testing.T) {
	_, err := fake.NewPage("{{")
	assert.ErrorContains(t, err, "hosted page")

	incomplete, err := fake.NewPage(`{{define "title"}}Title{{end}}`)
	require.NoError(t, err)
	_, err = incomplete.Render(http.StatusOK, nil)
	assert.ErrorContains(t, err, "hosted page")
}

func TestPageShown(t *testing.T) {
	page, err := fake.NewPage(content)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		state, alert string
		want         int
	}{
		"open":               {"open", "", http.StatusOK},
		"unknown":            {"unknown", "", http.StatusNotFound},
		"alert":              {"open", "Choose.", http.StatusUnprocessableEntity},
		"alert, but unknown": {"unknown", "Choose.", http.StatusNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			a := page.Show(c.state, c.alert, "data")
			assert.Equal(t, c.want, a.Status)
			assert.Contains(t, string(a.Body), "<p>data</p>")
		})
	}

	incomplete, err := fake.NewPage(`{{define "title"}}Title{{end}}`)
	require.NoError(t, err)
	a := incomplete.Show("open", "", nil)
	assert.Equal(t, http.StatusInternalServerError, a.Status)
	assert.Contains(t, string(a.Body), "hosted page")
}
