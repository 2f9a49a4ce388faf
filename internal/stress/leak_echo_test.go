package stress_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
)

// An echo is a vendor, or what stands before it, that sends back what was sent
// to it: in an error that a person should read, or in a place where no text
// belongs. said is all of it, and answer what the vendor says otherwise.
type echo func(e exchange, said string, answer *httptest.ResponseRecorder)

func echoes() map[string]echo {
	all := map[string]echo{
		"a JSON string": func(e exchange, said string, _ *httptest.ResponseRecorder) {
			e.say(400, "application/json", quote(said))
		},
		"plain text":    func(e exchange, said string, _ *httptest.ResponseRecorder) { e.say(400, "text/plain", said) },
		"HTML":          func(e exchange, said string, _ *httptest.ResponseRecorder) { e.say(502, "text/html", "<title>"+said) },
		"HTML with 200": func(e exchange, said string, _ *httptest.ResponseRecorder) { e.say(200, "text/html", "<title>"+said) },
		"text with 200": func(e exchange, said string, _ *httptest.ResponseRecorder) { e.say(200, "application/json", said) },
		"a long message": func(e exchange, said string, _ *httptest.ResponseRecorder) {
			e.fail(400, strings.Repeat(said+" ", 1+1<<16/len(said)))
		},
		"over many lines": func(e exchange, said string, _ *httptest.ResponseRecorder) {
			e.fail(400, "\x1b[2J\r\n\x00"+strings.ReplaceAll(said, " ", "\n")+"\u2028\u202e")
		},
		"spaced out": func(e exchange, said string, _ *httptest.ResponseRecorder) {
			e.fail(400, strings.Join(strings.Split(said, ""), " "))
		},
		"encoded in URLs": func(e exchange, said string, _ *httptest.ResponseRecorder) { e.fail(400, url.QueryEscape(said)) },
		"escaped in JSON": func(e exchange, said string, _ *httptest.ResponseRecorder) {
			e.say(400, "application/json", escaped(said))
		},
		"encoded in hex": func(e exchange, said string, _ *httptest.ResponseRecorder) {
			e.fail(400, hex.EncodeToString([]byte(said)))
		},
		"encoded in base64": func(e exchange, said string, _ *httptest.ResponseRecorder) {
			e.fail(400, base64.StdEncoding.EncodeToString([]byte(said)))
		},

		"a redirect": func(e exchange, said string, _ *httptest.ResponseRecorder) {
			e.w.Header().Set("Location", "https://"+elsewhere+"/?"+url.QueryEscape(said))
			e.say(302, "text/html", said)
		},
		"headers of a refusal": func(e exchange, said string, _ *httptest.ResponseRecorder) { echoHeaders(e, said); e.fail(401, said) },
		"headers of an outage": func(e exchange, said string, _ *httptest.ResponseRecorder) { echoHeaders(e, said); e.fail(503, said) },
		"headers of a success": func(e exchange, said string, answer *httptest.ResponseRecorder) { echoHeaders(e, said); e.send(answer) },
		"the signature": func(e exchange, said string, answer *httptest.ResponseRecorder) {
			answer.Header().Set("X-Hmac-Signature", said)
			answer.Header().Set("Vrf-Hmac-Signature", said)
			e.send(answer)
		},
		"the content's encoding": func(e exchange, said string, _ *httptest.ResponseRecorder) {
			e.w.Header().Set("Content-Encoding", "gzip")
			e.say(200, "application/json", said)
		},

		"the status": func(e exchange, said string, _ *httptest.ResponseRecorder) {
			e.raw("HTTP/1.1 "+said+"\r\n\r\n", closed)
		},
		"the reason": func(e exchange, said string, _ *httptest.ResponseRecorder) {
			e.raw("HTTP/1.1 400 "+said+"\r\nContent-Length: 0\r\n\r\n", closed)
		},
		"the protocol":             func(e exchange, said string, _ *httptest.ResponseRecorder) { e.raw(said+" 200 OK\r\n\r\n", closed) },
		"something else than HTTP": func(e exchange, said string, _ *httptest.ResponseRecorder) { e.raw(said+"\r\n", closed) },
		"a line of the header": func(e exchange, said string, _ *httptest.ResponseRecorder) {
			e.raw("HTTP/1.1 200 OK\r\n"+said+"\r\n\r\n", closed)
		},
		"a name in the header": func(e exchange, said string, _ *httptest.ResponseRecorder) {
			e.raw("HTTP/1.1 200 OK\r\n"+said+": x\r\n\r\n", closed)
		},
		"the length": func(e exchange, said string, _ *httptest.ResponseRecorder) {
			e.raw("HTTP/1.1 200 OK\r\nContent-Length: "+said+"\r\n\r\n", closed)
		},
		"two lengths": func(e exchange, said string, _ *httptest.ResponseRecorder) {
			e.raw("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: "+said+"\r\n\r\n", closed)
		},
		"the coding": func(e exchange, said string, _ *httptest.ResponseRecorder) {
			e.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: "+said+"\r\n\r\n", closed)
		},
		"a chunk's length": func(e exchange, said string, _ *httptest.ResponseRecorder) {
			e.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"+said+"\r\n", closed)
		},
		"the trailer": func(e exchange, said string, _ *httptest.ResponseRecorder) {
			e.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: "+said+"\r\n\r\n0\r\n"+said+"\r\n\r\n", closed)
		},
		"an early hint": func(e exchange, said string, answer *httptest.ResponseRecorder) {
			echoHeaders(e, said)
			e.w.WriteHeader(http.StatusEarlyHints)
			e.send(answer)
		},

		"for each text": changed(func(v any, said string) any {
			if _, ok := v.(string); ok {
				return said
			}
			return v
		}),
		"for each number": changed(func(v any, said string) any {
			if _, ok := v.(float64); ok {
				return said
			}
			return v
		}),
		"a number for each number": changed(func(v any, _ string) any {
			if _, ok := v.(float64); ok {
				return json.Number(numeral + "e300")
			}
			return v
		}),
		"for each value": changed(func(_ any, said string) any { return []any{map[string]any{said: said}} }),
		"for a cut key": func(e exchange, said string, _ *httptest.ResponseRecorder) {
			e.say(200, "application/json", quote(said)[:len(said)/2])
		},
		"for two keys": func(e exchange, said string, _ *httptest.ResponseRecorder) {
			e.say(200, "application/json", "{"+quote(said)+":1,"+quote(said)+":2}")
		},
		"after the answer": func(e exchange, said string, answer *httptest.ResponseRecorder) {
			answer.Body.WriteString(said)
			answer.Header().Del("Content-Length")
			e.unsigned(answer)
		},
	}
	for _, status := range []int{200, 400, 401, 403, 404, 409, 422, 429, 500, 503} {
		all[fmt.Sprintf("a message with %d", status)] = func(e exchange, said string, _ *httptest.ResponseRecorder) { e.fail(status, said) }
	}
	return all
}

// numeral is what an echo has for a secret where only a number is well-formed.
const numeral = "7731045107731045"

// fail answers with an error of each vendor's form, in all its members.
func (e exchange) fail(status int, said string) {
	q := quote(said)
	e.say(status, "application/json", `{"status":`+q+`,"code":`+q+`,"message":`+q+`,"error":`+q+`,"error_description":`+q+`,"response":null}`)
}

func (e exchange) say(status int, kind, body string) {
	e.w.Header().Set("Content-Type", kind)
	e.w.WriteHeader(status)
	_, _ = io.WriteString(e.w, body)
}

func quote(said string) string {
	b, _ := json.Marshal(said) // which a string is always
	return string(b)
}

// escaped is a JSON string that has nothing but escapes.
func escaped(said string) string {
	var b strings.Builder
	for _, r := range said {
		fmt.Fprintf(&b, `\u%04x`, r)
	}
	return `{"code":-1,"error":"` + b.String() + `","message":"` + b.String() + `"}`
}

func echoHeaders(e exchange, said string) {
	for _, name := range []string{
		"WWW-Authenticate", "Retry-After", "Date", "Server", "X-Request-Id", "Set-Cookie", "Link", "Etag", "Content-Type", "Warning", "Via",
	} {
		e.w.Header().Set(name, said)
	}
	e.w.Header().Add("WWW-Authenticate", `Bearer error="`+strings.NewReplacer(" ", "-", "/", "-", "+", "-", "=", "-").Replace(said)+`", error_description="`+said+`"`)
}

// changed sends the vendor's answer with each of its values changed.
func changed(change func(v any, said string) any) echo {
	return func(e exchange, said string, answer *httptest.ResponseRecorder) {
		var tree any
		if json.Unmarshal(answer.Body.Bytes(), &tree) != nil {
			e.say(200, "application/json", quote(said))
			return
		}
		answer.Body.Reset()
		_ = json.NewEncoder(answer.Body).Encode(changeLeaves(tree, said, change))
		answer.Header().Del("Content-Length")
		e.unsigned(answer)
	}
}

func changeLeaves(tree any, said string, change func(any, string) any) any {
	switch tree := tree.(type) {
	case map[string]any:
		for key, value := range tree {
			tree[key] = changeLeaves(value, said, change)
		}
		return tree
	case []any:
		for i, value := range tree {
			tree[i] = changeLeaves(value, said, change)
		}
		return tree
	}
	return change(tree, said)
}

// A reflection finds out what was said to a vendor, and says it back.
type reflection struct {
	echo  echo
	first *firstAnswer // of the world, and for all echoes the same
	heard map[string]bool
}

func (r *reflection) serve(e exchange) {
	body, _ := io.ReadAll(e.r.Body)
	e.r.Body = io.NopCloser(bytes.NewReader(body))
	e.vendor = r.first
	answer := e.answer()
	said := append(spoken(e.r, body), marker)
	for _, text := range said {
		r.heard[text] = true
	}
	for _, text := range leaves(answer.Body.Bytes()) {
		r.heard[text] = true
	}
	r.echo(e, strings.Join(said, " "), answer)
}

// framed are the frames of HTTP/2 that have room for a text.
func framed(said string) map[string]func(stream uint32) []byte {
	return map[string]func(uint32) []byte{
		"HTTP/2: GOAWAY": func(uint32) []byte {
			return frame(frameGoAway, 0, 0, append([]byte{0, 0, 0, 0, 0, 0, 0, protocolError}, said...)...)
		},
		"HTTP/2: a header that is none": func(stream uint32) []byte {
			return frame(frameHeaders, flagEndStream|flagEndHeaders, stream, []byte(said)...)
		},
		"HTTP/2: a header with another name": func(stream uint32) []byte {
			// RFC 7541, section 6.2.2: a literal of which neither name nor value is known.
			text := said[:min(len(said), 100)]
			return frame(frameHeaders, flagEndStream|flagEndHeaders, stream, slices.Concat(
				[]byte{0x88, 0, byte(len(text))}, []byte(text), []byte{byte(len(text))}, []byte(text))...)
		},
		"HTTP/2: a frame of no kind": func(stream uint32) []byte { return frame(frameData, 0xff, stream, []byte(said)...) },
	}
}

// spoken are the secrets in a request: credentials, tokens and signatures, and
// what its body is made of.
func spoken(r *http.Request, body []byte) []string {
	var all []string
	for _, name := range []string{"Authorization", "X-Auth-Client", "X-Hmac-Signature", "X-Signature"} {
		for _, value := range r.Header.Values(name) {
			all = append(all, strings.TrimPrefix(value, "Bearer "))
		}
	}
	form, err := url.ParseQuery(string(body))
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") && err == nil {
		for _, values := range form {
			all = append(all, values...)
		}
	}
	for _, values := range r.URL.Query() {
		all = append(all, values...)
	}
	all = append(all, leaves(body)...)
	slices.Sort(all)
	return slices.Compact(all)
}

// leaves are the texts in a JSON document that tell something: words that every
// request or answer has are not among them.
func leaves(body []byte) []string {
	var tree any
	if json.Unmarshal(body, &tree) != nil {
		return nil
	}
	found := map[string]bool{}
	changeLeaves(tree, "", func(v any, _ string) any {
		if text, ok := v.(string); ok && len(text) >= 6 && !ordinary[text] {
			found[text[:min(len(text), 60)]] = true
		}
		return v
	})
	return slices.Sorted(maps.Keys(found))
}

// ordinary are the words of the vendors' languages that happen to be in our
// messages or in routes.
var ordinary = map[string]bool{"success": true, "Bearer": true}
