package stress_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"
)

// What no log may show is in all that is personal or an id.
const (
	soakPerson = "Mirae0451"
	soakNumber = "9002280451"
	soakPrefix = "5eed0451-"
	soakVendor = "attempt-0451-"

	soakKey     = "5e0451ab-7c1d-4e2f-8a3b-0451deadbeef"
	soakSecret  = "current-secret-0451-8d1f"
	soakBefore  = "previous-secret-0451-77aa"
	soakOldest  = "oldest-secret-0451-19c3"
	soakUnknown = "nobody's-secret-0451"
)

var soakEpoch = time.Date(2024, 1, 8, 9, 0, 0, 0, time.UTC)

func sessionID(index int) string { return fmt.Sprintf(soakPrefix+"0000-4000-8000-%012x", index) }

// sessionIndex is -1 for another text.
func sessionIndex(id string) int {
	var index int
	if _, err := fmt.Sscanf(id, soakPrefix+"0000-4000-8000-%012x", &index); err != nil {
		return -1
	}
	return index
}

func attemptID(session, attempt int) string {
	return fmt.Sprintf(soakPrefix+"%04x-4000-9000-%012x", attempt, session)
}

func (e *event) vendorData() string { return fmt.Sprint(soakVendor, e.session) }
func (e *event) firstName() string  { return fmt.Sprintf("%s-%d", soakPerson, e.session) }

// at is when it happened: two events of a session are minutes apart.
func (e *event) at() time.Time {
	return soakEpoch.Add(time.Duration(e.hour)*time.Hour + time.Duration(e.seq)*time.Minute + time.Duration(e.session%1000)*time.Millisecond)
}

// webhook is the body that tells of e.
func (e *event) webhook() []byte {
	id, attempt, data := sessionID(e.session), attemptID(e.session, e.attempt), e.vendorData()
	switch e.kind {
	case startedKind, submittedKind:
		code, action := 7001, "started"
		if e.kind == submittedKind {
			code, action = 7002, "submitted"
		}
		return fmt.Appendf(nil, `{"id":%q,"attemptId":%q,"feature":"selfid","code":%d,"action":%q,"vendorData":%q}`, id, attempt, code, action, data)
	case decisionKind:
		return e.decision("2006-01-02T15:04:05.000Z")
	case screeningKind:
		return e.screening()
	case fullAutoKind:
		return e.fullAuto()
	}
	return fmt.Appendf(nil, `{"status":"success","registry":{"name":"of nobody","session":%q,"person":%q,"seq":%d}}`, id, e.firstName(), e.seq)
}

// decision is the body that webhooks and the API have in common; the API writes
// more digits of a time.
func (e *event) decision(layout string) []byte {
	o := e.outcome
	at, reasonCode, reason := "null", "null", "null"
	if !o.untimed {
		at = `"` + e.at().Format(layout) + `"`
	}
	if o.reasonCode != 0 {
		reasonCode, reason = fmt.Sprint(o.reasonCode), `"said in words"`
	}
	return fmt.Appendf(nil, `{"status":"success","verification":{"id":%q,"attemptId":%q,"vendorData":%q,"endUserId":null,"status":%q,"code":%d,`+
		`"reason":%s,"reasonCode":%s,"decisionTime":%s,"acceptanceTime":%q,`+
		`"person":{"firstName":%q,"lastName":"Hong","dateOfBirth":"1990-02-28","idNumber":%q,"gender":"F","nationality":"KR","yearOfBirth":"1990","addresses":[{"fullAddress":"12 Haeundae-ro, %s"}]},`+
		`"document":{"number":"M%s","type":"PASSPORT","country":"KR","validUntil":"2030-01-01"},"additionalVerifiedData":{},"riskScore":{"score":0.13},"riskLabels":[],"comments":[],"highRisk":false},"technicalData":{"ip":"192.0.2.7"}}`,
		sessionID(e.session), attemptID(e.session, e.attempt), e.vendorData(), o.status, o.code, reason, reasonCode, at, soakEpoch.Format(layout),
		e.firstName(), soakNumber, soakPerson, soakNumber)
}

func (e *event) screening() []byte {
	return fmt.Appendf(nil, `{"checkType":"updated_result","attemptId":%q,"sessionId":%q,"vendorData":%q,"matchStatus":"no_match","searchTerm":{"name":%q,"year":"1990"},"totalHits":0,"createdAt":%q,"hits":[]}`,
		attemptID(e.session, e.attempt), sessionID(e.session), e.vendorData(), e.firstName(), e.at().Format("2006-01-02T15:04:05.000Z"))
}

func (e *event) fullAuto() []byte {
	return fmt.Appendf(nil, `{"status":"success","verification":{"id":%q,"attemptId":%q,"vendorData":%q,"decision":"approved","decisionScore":0.97,"insights":[]}}`,
		sessionID(e.session), attemptID(e.session, e.attempt), e.vendorData())
}

// answer is what the API says when e is the last of its kind.
func (e *event) answer() []byte {
	switch e.kind {
	case decisionKind:
		return e.decision("2006-01-02T15:04:05.000000Z")
	case screeningKind:
		return fmt.Appendf(nil, `{"status":"success","data":%s}`, e.screening())
	}
	return e.fullAuto()
}

func hmacOf(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

func legacyOf(secret string, body []byte) string {
	sum := sha256.Sum256(append(bytes.Clone(body), secret...))
	return hex.EncodeToString(sum[:])
}

// post is a delivery's request as Veriff may write it: with one of the secrets
// that hold, under any spelling of the headers.
func (d *delivery) post(e *event, secrets []string, legacy bool) *try {
	r := rand.New(rand.NewPCG(d.seed, 0))
	x := &try{method: http.MethodPost, body: e.webhook(), manner: d.manner}
	if d.large {
		x.body = append(x.body, bytes.Repeat([]byte(" "), 1<<20+1-len(x.body))...)
	}
	secret := pick(r, secrets...)
	signature := hmacOf(secret, x.body)
	switch r.IntN(9) {
	case 0:
		x.lines = []string{"vrf-auth-client: " + soakKey, "vrf-hmac-signature: " + signature, "vrf-integration-id: " + soakKey}
	case 1:
		x.lines = []string{"x-auth-client: " + soakKey, "VRF-HMAC-SIGNATURE: " + signature}
	case 2:
		x.lines = []string{"X-AUTH-CLIENT: " + soakKey, "X-HMAC-SIGNATURE: " + strings.ToUpper(signature)}
	case 3: // one holds, and is enough
		x.lines = []string{"X-AUTH-CLIENT: " + soakKey, "X-HMAC-SIGNATURE: " + signature, "X-HMAC-SIGNATURE: " + hmacOf(soakUnknown, x.body)}
	case 4:
		x.lines = []string{"X-AUTH-CLIENT: " + soakKey, "X-HMAC-SIGNATURE: " + signature, "X-SIGNATURE: " + legacyOf(secret, x.body)}
	case 5:
		x.lines = []string{"X-AUTH-CLIENT: " + soakKey, "X-HMAC-SIGNATURE: " + signature}
		if legacy {
			x.lines[1] = "X-SIGNATURE: " + legacyOf(secret, x.body)
		}
	default:
		x.lines = []string{"X-AUTH-CLIENT: " + soakKey, "X-HMAC-SIGNATURE: " + signature}
	}
	switch r.IntN(10) {
	case 0: // what signs is the body, whatever it is said to be
		x.lines = append(x.lines, "Content-Type: "+pick(r, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "nonsense"))
	case 1:
	default:
		x.lines = append(x.lines, "Content-Type: application/json")
	}
	if d.tampered >= 0 {
		tamperings[d.tampered].do(r, x, e, legacy)
	}
	return x
}

// A tampering changes a genuine post into one that must be refused.
type tampering struct {
	name   string
	status int
	do     func(r *rand.Rand, x *try, e *event, legacy bool)
}

func signedBy(x *try, key, signature string) {
	x.lines = []string{"Content-Type: application/json", "X-AUTH-CLIENT: " + key, "X-HMAC-SIGNATURE: " + signature}
}

var tamperings = []tampering{
	{"a bit of the body", http.StatusUnauthorized, func(r *rand.Rand, x *try, _ *event, _ bool) {
		x.body[r.IntN(len(x.body))] ^= 1 << r.IntN(8)
	}},
	{"another outcome", http.StatusUnauthorized, func(_ *rand.Rand, x *try, e *event, _ bool) {
		old := []byte(`"code"`)
		if e.kind == decisionKind {
			old = []byte(e.outcome.status)
		}
		signature := hmacOf(soakSecret, x.body)
		x.body = append(bytes.Replace(x.body, old, []byte(`approved`), 1), ' ')
		signedBy(x, soakKey, signature)
	}},
	{"a digit of the signature", http.StatusUnauthorized, func(r *rand.Rand, x *try, _ *event, _ bool) {
		signature := []byte(hmacOf(soakSecret, x.body))
		at := r.IntN(len(signature))
		digit, _ := hex.DecodeString("0" + string(signature[at]))
		signature[at] = fmt.Sprintf("%x", digit[0]^1<<r.IntN(4))[0]
		signedBy(x, soakKey, string(signature))
	}},
	{"a signature cut short", http.StatusUnauthorized, func(r *rand.Rand, x *try, _ *event, _ bool) {
		signedBy(x, soakKey, hmacOf(soakSecret, x.body)[:2*r.IntN(32)])
	}},
	{"a signature and more", http.StatusUnauthorized, func(_ *rand.Rand, x *try, _ *event, _ bool) {
		signedBy(x, soakKey, hmacOf(soakSecret, x.body)+"00")
	}},
	{"a signature that is no hex", http.StatusUnauthorized, func(_ *rand.Rand, x *try, _ *event, _ bool) {
		signedBy(x, soakKey, strings.Repeat("zz", 32))
	}},
	{"an unknown secret", http.StatusUnauthorized, func(_ *rand.Rand, x *try, _ *event, _ bool) { signedBy(x, soakKey, hmacOf(soakUnknown, x.body)) }},
	{"no secret at all", http.StatusUnauthorized, func(_ *rand.Rand, x *try, _ *event, _ bool) { signedBy(x, soakKey, hmacOf("", x.body)) }},
	{"another's API key", http.StatusUnauthorized, func(_ *rand.Rand, x *try, _ *event, _ bool) {
		signedBy(x, soakPrefix+"aaaa-4aaa-8aaa-aaaaaaaaaaaa", hmacOf(soakSecret, x.body))
	}},
	{"no API key", http.StatusUnauthorized, func(_ *rand.Rand, x *try, _ *event, _ bool) {
		signedBy(x, soakKey, hmacOf(soakSecret, x.body))
		x.lines = []string{x.lines[0], x.lines[2]}
	}},
	{"no signature", http.StatusUnauthorized, func(_ *rand.Rand, x *try, _ *event, _ bool) { x.lines = []string{"X-AUTH-CLIENT: " + soakKey} }},
	{"an empty signature", http.StatusUnauthorized, func(_ *rand.Rand, x *try, _ *event, _ bool) { signedBy(x, soakKey, "") }},
	{"two wrong signatures", http.StatusUnauthorized, func(_ *rand.Rand, x *try, _ *event, _ bool) {
		signedBy(x, soakKey, hmacOf(soakUnknown, x.body))
		x.lines = append(x.lines, "vrf-hmac-signature: "+hmacOf("", x.body))
	}},
	{"another session's signature", http.StatusUnauthorized, func(_ *rand.Rand, x *try, e *event, _ bool) {
		other := *e
		other.session++
		signedBy(x, soakKey, hmacOf(soakSecret, other.webhook()))
	}},
	{"the legacy sum as an HMAC", http.StatusUnauthorized, func(_ *rand.Rand, x *try, _ *event, _ bool) { signedBy(x, soakKey, legacyOf(soakSecret, x.body)) }},
	{"a legacy signature where none is taken", http.StatusUnauthorized, func(_ *rand.Rand, x *try, _ *event, legacy bool) {
		secret := soakSecret
		if legacy {
			secret = soakUnknown
		}
		x.lines = []string{"X-AUTH-CLIENT: " + soakKey, "X-SIGNATURE: " + legacyOf(secret, x.body)}
	}},
	{"a wrong HMAC beside a legacy signature that holds", http.StatusUnauthorized, func(_ *rand.Rand, x *try, _ *event, _ bool) {
		signedBy(x, soakKey, hmacOf(soakUnknown, x.body))
		x.lines = append(x.lines, "X-SIGNATURE: "+legacyOf(soakSecret, x.body))
	}},
	{"JSON written anew", http.StatusUnauthorized, func(_ *rand.Rand, x *try, _ *event, _ bool) {
		signature := hmacOf(soakSecret, x.body)
		x.body = bytes.ReplaceAll(x.body, []byte(`":`), []byte(`": `))
		signedBy(x, soakKey, signature)
	}},
	{"no body", http.StatusUnauthorized, func(_ *rand.Rand, x *try, _ *event, _ bool) {
		signedBy(x, soakKey, hmacOf(soakSecret, x.body))
		x.body = nil
	}},
	{"another method", http.StatusMethodNotAllowed, func(r *rand.Rand, x *try, _ *event, _ bool) {
		x.method = pick(r, http.MethodGet, http.MethodPut, http.MethodPatch)
	}},
	{"signed, and no JSON", http.StatusBadRequest, func(_ *rand.Rand, x *try, _ *event, _ bool) {
		x.body = x.body[:len(x.body)-1]
		signedBy(x, soakKey, hmacOf(soakSecret, x.body))
	}},
	{"signed, and about no session", http.StatusBadRequest, func(_ *rand.Rand, x *try, _ *event, _ bool) {
		x.body = []byte(`{"status":"success","verification":{"status":"approved","code":9001}}`)
		signedBy(x, soakKey, hmacOf(soakSecret, x.body))
	}},
	{"signed, and longer than 1 MiB by one byte", http.StatusRequestEntityTooLarge, func(_ *rand.Rand, x *try, _ *event, _ bool) {
		x.body = append(x.body, bytes.Repeat([]byte(" "), 1<<20+1-len(x.body))...)
		signedBy(x, soakKey, hmacOf(soakSecret, x.body))
	}},
}
