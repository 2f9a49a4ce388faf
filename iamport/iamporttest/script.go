package iamporttest

import (
	_ "embed" // the scripts
	"net/http"
	"strings"

	"github.com/kyckit/kyckit-go/internal/fake"
)

//go:embed iamport.js
var script []byte

//go:embed window.js
var windowScript []byte

// windowScriptPath is where the script of the hosted window is.
const windowScriptPath = "/v1/window.js"

func serveScript(w http.ResponseWriter, _ *http.Request) { writeScript(w, script) }

// serveOldScript serves the script under its old address,
// /js/iamport.payment-{version}.js. It needs no jQuery.
func (s *Server) serveOldScript(w http.ResponseWriter, r *http.Request) {
	file := r.PathValue("file")
	if !strings.HasPrefix(file, "iamport.payment-") || !strings.HasSuffix(file, ".js") {
		s.serveNothing(w, r)
		return
	}
	writeScript(w, script)
}

func serveWindowScript(w http.ResponseWriter, _ *http.Request) { writeScript(w, windowScript) }

func writeScript(w http.ResponseWriter, text []byte) {
	a := fake.NewAnswer(http.StatusOK, "text/javascript; charset=utf-8", text)
	a.Header.Set("Cache-Control", "no-store")
	a.Header.Set("X-Content-Type-Options", "nosniff")
	a.Write(w)
}
