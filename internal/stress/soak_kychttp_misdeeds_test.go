package stress_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport/iamporttest"
	"github.com/kyckit/kyckit-go/kyc"
)

// A misdeed makes of a genuine request one that must change nothing.
type misdeed struct {
	name    string
	answers []int
	asks    bool               // the vendor may be asked what there is to it
	fits    func(n *news) bool // nil for every webhook or return
	do      func(r *rand.Rand, s *kychttpSoak, x *try, n *news)
}

func misdeedFor(r *rand.Rand, n *news) *misdeed {
	of := returnMisdeeds
	if n.webhook {
		of = webhookMisdeeds
	}
	m := of[r.IntN(len(of))]
	if m.fits != nil && !m.fits(n) {
		m = of[0]
	}
	return m
}

func ofVeriff(n *news) bool { return n.check.provider == "veriff" }

// signature is the header that has it, as Veriff and the reference vendor send
// it.
func signature(x *try, change func(value string) []string) {
	for i, line := range x.lines {
		name, value, _ := strings.Cut(line, ": ")
		if strings.EqualFold(name, "X-Hmac-Signature") || strings.EqualFold(name, "X-Kyctest-Signature") {
			var lines []string
			for _, changed := range change(value) {
				lines = append(lines, name+": "+changed)
			}
			x.lines = slices.Concat(x.lines[:i:i], lines, x.lines[i+1:])
			return
		}
	}
}

func always(values ...string) func(string) []string { return func(string) []string { return values } }

var webhookMisdeeds = []*misdeed{
	{"a webhook with a bit changed", []int{401}, false, nil, func(r *rand.Rand, _ *kychttpSoak, x *try, _ *news) {
		x.body[r.IntN(len(x.body))] ^= 1 << r.IntN(8)
	}},
	{"a webhook with another digit in its signature", []int{401}, false, nil, func(r *rand.Rand, _ *kychttpSoak, x *try, _ *news) {
		signature(x, func(value string) []string {
			changed, at := []byte(value), r.IntN(len(value))
			digit, _ := hex.DecodeString("0" + value[at:at+1])
			changed[at] = fmt.Sprintf("%x", digit[0]^1<<r.IntN(4))[0]
			return []string{string(changed)}
		})
	}},
	{"a webhook without a signature", []int{401}, false, nil, func(_ *rand.Rand, _ *kychttpSoak, x *try, _ *news) { signature(x, always()) }},
	{"a webhook with an empty signature", []int{401}, false, nil, func(_ *rand.Rand, _ *kychttpSoak, x *try, _ *news) { signature(x, always("")) }},
	{"a webhook with half a signature", []int{401}, false, nil, func(_ *rand.Rand, _ *kychttpSoak, x *try, _ *news) {
		signature(x, func(value string) []string { return []string{value[:32]} })
	}},
	{"a webhook with two wrong signatures", []int{401}, false, nil, func(_ *rand.Rand, _ *kychttpSoak, x *try, _ *news) {
		signature(x, always(hmacOf(soakUnknown, x.body), hmacOf("", x.body)))
	}},
	{"a webhook that an unknown secret signed", []int{401}, false, nil, func(_ *rand.Rand, _ *kychttpSoak, x *try, _ *news) {
		signature(x, always(hmacOf(soakUnknown, x.body)))
	}},
	{"a webhook with another's signature", []int{401}, false, ofVeriff, func(_ *rand.Rand, s *kychttpSoak, x *try, n *news) {
		another := bytes.Replace(x.body, []byte(n.check.id), []byte(kyc.NewCheckID()), 1)
		signature(x, always(hmacOf(s.fakes.Load().veriff.Secret, another)))
	}},
	{"a webhook with another's API key", []int{401}, false, ofVeriff, func(_ *rand.Rand, s *kychttpSoak, x *try, _ *news) {
		for i, line := range x.lines {
			x.lines[i] = strings.Replace(line, s.fakes.Load().veriff.APIKey, soakKey, 1)
		}
	}},
	{"a webhook of one vendor at another's route", []int{401, 404}, false, nil, func(r *rand.Rand, _ *kychttpSoak, x *try, n *news) {
		others := []string{"veriff", "kyctest", "iamport", "tomoidv"}
		others = slices.DeleteFunc(others, func(name string) bool { return name == n.check.provider })
		x.path = "/verify/" + pick(r, others...) + "/webhook"
	}},
	{"a webhook by another method", []int{405}, false, nil, func(r *rand.Rand, _ *kychttpSoak, x *try, _ *news) {
		x.method = pick(r, http.MethodGet, http.MethodPut)
	}},
	{"a webhook of more than 1 MiB", []int{413}, false, nil, func(_ *rand.Rand, s *kychttpSoak, x *try, _ *news) {
		x.body = append(x.body, bytes.Repeat([]byte(" "), 1<<20+1-len(x.body))...)
		signature(x, always(hmacOf(s.fakes.Load().veriff.Secret, x.body)))
	}},
	{"a genuine webhook that is no JSON", []int{400}, false, ofVeriff, func(_ *rand.Rand, s *kychttpSoak, x *try, _ *news) {
		x.body = x.body[1:]
		signature(x, always(hmacOf(s.fakes.Load().veriff.Secret, x.body)))
	}},
	{"a genuine webhook about nobody's check", []int{200}, false, ofVeriff, func(_ *rand.Rand, s *kychttpSoak, x *try, n *news) {
		x.body = bytes.ReplaceAll(x.body, []byte(n.check.id), []byte(kyc.NewCheckID()))
		signature(x, always(hmacOf(s.fakes.Load().veriff.Secret, x.body)))
	}},
	{"a genuine webhook about another session that names the check", []int{200}, false, ofVeriff, func(_ *rand.Rand, s *kychttpSoak, x *try, n *news) {
		x.body = bytes.ReplaceAll(x.body, []byte(n.check.session), []byte(soakPrefix+"0000-4000-8000-000000000451"))
		signature(x, always(hmacOf(s.fakes.Load().veriff.Secret, x.body)))
	}},
}

func cookies(x *try, value string) {
	for i, line := range x.lines {
		if strings.HasPrefix(line, "Cookie: ") {
			x.lines[i] = "Cookie: " + value
		}
	}
}

// claims has the browser bring another imp_uid than the check's.
func claims(x *try, c *checkup, impUID string) {
	x.path = strings.Replace(x.path, c.impUID, impUID, 1)
	x.body = bytes.Replace(x.body, []byte(c.impUID), []byte(impUID), 1)
}

// another is some check of the segment, not c, that has a cookie.
func (s *kychttpSoak) another(r *rand.Rand, c *checkup) *checkup {
	for {
		if other := pick(r, s.checks...); other != c && other.cookie != "" {
			return other
		}
	}
}

var returnMisdeeds = []*misdeed{
	{"a return from a browser without the cookie", []int{403}, false, nil, func(_ *rand.Rand, _ *kychttpSoak, x *try, n *news) {
		cookies(x, "session="+n.check.account)
	}},
	{"a return with another check's cookie", []int{403}, false, nil, func(r *rand.Rand, s *kychttpSoak, x *try, n *news) {
		other := s.another(r, n.check)
		cookies(x, "session="+n.check.account+"; "+other.cookie)
	}},
	{"a return with another secret in the check's cookie", []int{403}, false, nil, func(r *rand.Rand, s *kychttpSoak, x *try, n *news) {
		name, _, _ := strings.Cut(n.check.cookie, "=")
		_, secret, _ := strings.Cut(s.another(r, n.check).cookie, "=")
		cookies(x, name+"="+secret)
	}},
	{"a return to nobody's check", []int{403}, false, nil, func(_ *rand.Rand, _ *kychttpSoak, x *try, n *news) {
		x.path = strings.Replace(x.path, n.check.id, kyc.NewCheckID(), 1)
	}},
	{"a return to another vendor's route", []int{403}, false, nil, func(_ *rand.Rand, _ *kychttpSoak, x *try, n *news) {
		other := "veriff"
		if n.check.provider == other {
			other = "kyctest"
		}
		x.path = strings.Replace(x.path, "/"+n.check.provider+"/", "/"+other+"/", 1)
	}},
	{"a return that another site posts", []int{403}, false, nil, func(_ *rand.Rand, _ *kychttpSoak, x *try, _ *news) {
		x.method, x.manner = http.MethodPost, entire
		x.lines = slices.DeleteFunc(x.lines, func(line string) bool { return strings.HasPrefix(line, "Sec-Fetch-Site") })
		x.lines = append(x.lines, "Sec-Fetch-Site: cross-site")
	}},
	{"a return by another method", []int{405}, false, nil, func(r *rand.Rand, _ *kychttpSoak, x *try, _ *news) {
		x.method = pick(r, http.MethodPut, http.MethodDelete)
	}},
	{"a return that posts more than 64 KiB", []int{413}, false, func(n *news) bool { return n.check.provider == "iamport" && n.check.posts }, func(_ *rand.Rand, _ *kychttpSoak, x *try, _ *news) {
		x.body = append(x.body, bytes.Repeat([]byte(" "), 64<<10)...)
	}},
	// Once somebody was admitted by a check it is used up, and nobody is asked.
	{"a return with another's certification", []int{409, 303}, true, func(n *news) bool { return n.check.provider == "iamport" && n.seq > 0 }, func(r *rand.Rand, s *kychttpSoak, x *try, n *news) {
		theirs := "imp_045100000451" // nobody's, if there is no other yet
		for range 100 {
			if other := s.another(r, n.check); other.impUID != "" {
				theirs = other.impUID
				break
			}
		}
		claims(x, n.check, theirs)
	}},
	{"a return with another person's certification for the same check", []int{303, 403}, false, func(n *news) bool { return n.check.provider == "iamport" && n.seq > 0 }, func(_ *rand.Rand, s *kychttpSoak, x *try, n *news) {
		if n.check.newest() == 0 {
			cookies(x, "") // whoever comes first is the check's person
			return
		}
		another, err := s.fakes.Load().iamport.Certify(n.check.attempt(s), iamporttest.Person{Name: soakPerson + " another", Birthday: "1991-01-01"})
		require.NoError(s.t, err)
		claims(x, n.check, another)
	}},
}
