package stress_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strings"
)

// The headers that an answer's signature is in, and one more of the newer kind.
const (
	hmacHeader      = "X-Hmac-Signature"
	newerHMACHeader = "Vrf-Hmac-Signature"
	olderHeader     = "X-Signature"
)

// signer makes signatures of one kind.
type signer func(secret, body string) string

func hmacSignature(secret, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	return hex.EncodeToString(mac.Sum(nil))
}

func olderSignature(secret, body string) string {
	sum := sha256.Sum256([]byte(body + secret))
	return hex.EncodeToString(sum[:])
}

// signatures are what can stand in an answer's header: right and wrong ones of
// the client's own kind, and of the other one.
type signatures struct{ right, wrong, otherRight, otherWrong string }

// signatureFaults are the faults of an answer that is signed, for a client that
// speaks the legacy API or today's. What is no signature is a success here; a
// client that wants one has want.unsigned.
func signatureFaults(legacy bool) map[string]fault {
	own, other, sign, signOther := hmacHeader, olderHeader, signer(hmacSignature), signer(olderSignature)
	if legacy {
		own, other, sign, signOther = other, own, signOther, sign
	}
	// with replaces what the answer is signed with.
	with := func(headers func(s signatures) http.Header) func(exchange) {
		return func(e exchange) {
			rec := e.answer()
			body, secret := rec.Body.String(), e.network.world.secret
			s := signatures{sign(secret, body), sign("another-secret", body), signOther(secret, body), signOther("another-secret", body)}
			e.network.world.secrets = append(e.network.world.secrets, s.right, s.otherRight) // which an attacker would like to read
			unsign(rec)
			for name, values := range headers(s) {
				rec.Header()[name] = values
			}
			e.send(rec)
		}
	}
	one := func(name string, value func(s signatures) []string) func(exchange) {
		return with(func(s signatures) http.Header { return http.Header{name: value(s)} })
	}
	// of replaces the answer, but not the signature of the one that was right.
	of := func(change func(rec *httptest.ResponseRecorder, secret string)) func(exchange) {
		return func(e exchange) {
			rec := e.answer()
			rec.Header().Del("Content-Length")
			change(rec, e.network.world.secret)
			e.send(rec)
		}
	}
	refused, unsigned := want{kind: wrongSignature, doubt: true}, want{unsigned: true}
	empty := want{kind: invalidAnswer, doubt: true}
	all := map[string]fault{
		"there is none": {serve: with(func(signatures) http.Header { return nil }), want: unsigned},
		"in a trailer": {serve: func(e exchange) {
			rec := e.answer()
			right := sign(e.network.world.secret, rec.Body.String())
			unsign(rec)
			rec.Header().Del("Content-Length")
			rec.Header().Set("Trailer", own)
			e.send(rec)
			e.w.Header().Set(own, right)
		}, want: unsigned},
		"on an informational answer": {serve: func(e exchange) {
			rec := e.answer()
			e.w.Header().Set(own, sign(e.network.world.secret, rec.Body.String()))
			e.w.WriteHeader(http.StatusEarlyHints)
			e.w.Header().Del(own)
			unsign(rec)
			e.send(rec)
		}, want: unsigned},

		"the newer name": {serve: with(func(s signatures) http.Header {
			if legacy {
				return http.Header{newerHMACHeader: {s.otherRight}}
			}
			return http.Header{newerHMACHeader: {s.right}}
		})},
		"the newer name, wrong beside the right": {serve: with(func(s signatures) http.Header {
			return http.Header{own: {s.right}, newerHMACHeader: {s.wrong}}
		}), want: refused},

		"the other kind alone":          {serve: one(other, func(s signatures) []string { return []string{s.otherRight} }), want: want{unsigned: !legacy}},
		"the other kind alone, wrong":   {serve: one(other, func(s signatures) []string { return []string{s.otherWrong} }), want: refused},
		"the other kind by this name":   {serve: one(own, func(s signatures) []string { return []string{s.otherRight} }), want: refused},
		"this kind by the other name":   {serve: one(other, func(s signatures) []string { return []string{s.right} }), want: refused},
		"both kinds":                    {serve: with(func(s signatures) http.Header { return http.Header{own: {s.right}, other: {s.otherRight}} })},
		"both kinds, the other's wrong": {serve: with(func(s signatures) http.Header { return http.Header{own: {s.right}, other: {s.otherWrong}} }), want: refused},
		"both kinds, its own wrong":     {serve: with(func(s signatures) http.Header { return http.Header{own: {s.wrong}, other: {s.otherRight}} }), want: refused},

		"of what was asked": {serve: func(e exchange) {
			rec := e.answer()
			rec.Header().Set(own, e.r.Header.Get(own))
			e.send(rec)
		}, want: refused},
		"of another answer": {serve: of(func(rec *httptest.ResponseRecorder, secret string) {
			rec.Header().Set(own, sign(secret, `{"status":"another"}`))
		}), want: refused},
		"the answer has a byte more": {serve: of(func(rec *httptest.ResponseRecorder, _ string) { rec.Body.WriteByte(' ') }), want: refused},
		"the answer lost a byte":     {serve: of(func(rec *httptest.ResponseRecorder, _ string) { rec.Body.Truncate(rec.Body.Len() - 1) }), want: refused},
		"the answer lost all":        {serve: of(func(rec *httptest.ResponseRecorder, _ string) { rec.Body.Reset() }), want: refused},
		"of nothing, as it is": {serve: of(func(rec *httptest.ResponseRecorder, secret string) {
			rec.Body.Reset()
			rec.Header().Set(own, sign(secret, ""))
		}), want: empty, of: each(shapeless, want{})},
		"wrong, on a refusal": {serve: func(e exchange) {
			e.w.Header().Set(own, sign("another-secret", refusal))
			e.refuse(http.StatusNotFound)
		}, want: want{kind: notFound}},
		"HTTP/2: right, then wrong": {over: overHTTP2, serve: one(own, func(s signatures) []string { return []string{s.right, s.wrong} }), want: refused},
	}
	for name, values := range map[string]func(s signatures) []string{
		"right, in capitals": func(s signatures) []string { return []string{strings.ToUpper(s.right)} },
		"right, twice":       func(s signatures) []string { return []string{s.right, s.right} },
	} {
		all[name] = fault{serve: one(own, values)}
	}
	for name, values := range map[string]func(s signatures) []string{
		"of another secret": func(s signatures) []string { return []string{s.wrong} },
		"right, then wrong": func(s signatures) []string { return []string{s.right, s.wrong} },
		"wrong, then right": func(s signatures) []string { return []string{s.wrong, s.right} },
		"right, then empty": func(s signatures) []string { return []string{s.right, ""} },
		"empty, then right": func(s signatures) []string { return []string{"", s.right} },
		"two in one line":   func(s signatures) []string { return []string{s.wrong + ", " + s.right} },
		"empty":             func(signatures) []string { return []string{""} },
		"of no hex":         func(signatures) []string { return []string{strings.Repeat("g", 2*sha256.Size)} },
		"in base64": func(s signatures) []string {
			sum, _ := hex.DecodeString(s.right)
			return []string{base64.StdEncoding.EncodeToString(sum)}
		},
		"named":        func(s signatures) []string { return []string{"sha256=" + s.right} },
		"cut off":      func(s signatures) []string { return []string{s.right[:2*sha256.Size-2]} },
		"half a digit": func(s signatures) []string { return []string{s.right + "0"} },
		"longer":       func(s signatures) []string { return []string{s.right + "00"} },
	} {
		all[name] = fault{serve: one(own, values), want: refused}
	}
	named := make(map[string]fault, len(all))
	for name, f := range all {
		named["signature: "+name] = f
	}
	return named
}

// shapeless are the calls of which an answer may be nothing.
var shapeless = []string{"tomoidv/Do", "tomoidv/Do once", "veriff/Do", "veriff/Do once", "veriff/SendCollectedData"}

func unsign(rec *httptest.ResponseRecorder) {
	for _, name := range []string{hmacHeader, newerHMACHeader, olderHeader} {
		rec.Header().Del(name)
	}
}
