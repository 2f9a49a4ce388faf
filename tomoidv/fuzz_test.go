package tomoidv_test

import (
	"bytes"
	"cmp"
	"crypto/ecdh"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/fuzztest"
	"github.com/kyckit/kyckit-go/tomoidv"
)

// A desk is TomoIDV in memory that keeps no more than the last request for a
// token and how often one was asked for.
type desk struct {
	tokenStatus int
	token       []byte

	mu      sync.Mutex // a doubted token is refreshed in the background
	status  int
	body    []byte
	granted int
	form    url.Values
	bearers []string
}

func newDesk(token []byte) *desk {
	return &desk{tokenStatus: http.StatusOK, token: token, status: http.StatusOK, body: []byte(`{"start_idv_uri":"https://app.example/idv"}`)}
}

func (d *desk) RoundTrip(r *http.Request) (*http.Response, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	status, body := d.status, d.body
	if strings.HasSuffix(r.URL.Path, "/v1/oauth2/token") {
		sent, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		if d.form, err = url.ParseQuery(string(sent)); err != nil {
			return nil, err
		}
		d.granted++
		status, body = d.tokenStatus, d.token
	} else {
		d.bearers = append(d.bearers, r.Header.Get("Authorization"))
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), Request: r}, nil
}

func (d *desk) says(status int, body []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.status, d.body, d.bearers = status, body, nil
}

// A text makes a client that signs what the key in it verifies, or an error
// that shows nothing of it.
func FuzzSecretKey(f *testing.F) {
	for _, text := range secretKeyForms(privateJWK(f)) {
		f.Add(text)
	}
	for _, test := range badSecretKeys(f) {
		f.Add(test.text)
	}
	token := fixture(f, "answers", "token.json")
	f.Fuzz(func(t *testing.T, text string) {
		d := newDesk(token)
		client, err := tomoidv.NewClient(clientID, text, tomoidv.WithHTTPClient(&http.Client{Transport: d}))
		if err != nil {
			require.Nil(t, client)
			require.ErrorContains(t, err, "tomoidv: secret key")
			if text = strings.TrimSpace(text); len(text) > 40 {
				require.NotContains(t, err.Error(), text[:40])
			}
			return
		}
		require.NoError(t, start(t, client))
		x, y := publicOf(t, text)
		require.True(t, holds(t, x, y, d.form.Get("client_assertion")))
	})
}

// publicOf reads a JWK that was taken and gives the public key of its d, which
// must be the one that it names.
func publicOf(tb testing.TB, text string) (x, y []byte) {
	tb.Helper()
	decode := func(text string) []byte {
		decoded, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(text), "="))
		require.NoError(tb, err)
		return decoded
	}
	document := []byte(strings.TrimFunc(text, unicode.IsSpace))
	if document[0] != '{' {
		document = decode(string(document))
	}
	key := fuzztest.Read(tb, document).Value.(map[string]any) // names of members are exact
	require.Equal(tb, []any{"EC", "P-256"}, []any{key["kty"], key["crv"]})
	for name, want := range map[string]string{"use": "sig", "alg": "ES256"} {
		if said, has := key[name]; has {
			require.Equal(tb, want, said)
		}
	}
	require.NotContains(tb, key, "keys")
	private, err := ecdh.P256().NewPrivateKey(decode(key["d"].(string)))
	require.NoError(tb, err)
	x, y = decode(key["x"].(string)), decode(key["y"].(string))
	require.Equal(tb, slices.Concat([]byte{4}, x, y), private.PublicKey().Bytes())
	return x, y
}

// Any key of P-256, in any form of its text, signs assertions that its public
// half verifies and no other's, that say what was asked for, once each; with one
// bit changed they do not hold.
func FuzzAssertion(f *testing.F) {
	d, err := base64.RawURLEncoding.DecodeString(fuzztest.Read(f, []byte(privateJWK(f))).Get("d").Text())
	require.NoError(f, err)
	for i, form := range []string{clientID, "client one", "한글 <&>", "", "a\x00", "\xff"} {
		f.Add(d, byte(i), form, "https://issuer.example", "k-1", uint16(60), uint(7*i), byte(1<<i))
	}
	f.Add(make([]byte, 32), byte(0), clientID, "", "", uint16(0), uint(0), byte(1))
	f.Add(bytes.Repeat([]byte{0xff}, 32), byte(1), clientID, " ", "a\nb", uint16(7200), uint(0), byte(1))
	token := fixture(f, "answers", "token.json")
	f.Fuzz(func(t *testing.T, d []byte, form byte, clientID, audience, keyID string, seconds uint16, at uint, flip byte) {
		private, err := ecdh.P256().NewPrivateKey(d)
		if err != nil {
			return
		}
		public := private.PublicKey().Bytes()[1:]
		encode := base64.RawURLEncoding.EncodeToString
		jwk := `{"kty":"EC","crv":"P-256","x":"` + encode(public[:32]) + `","y":"` + encode(public[32:]) + `","d":"` + encode(d) + `"}`
		text := []string{
			jwk, " " + jwk + "\n", encode([]byte(jwk)), base64.StdEncoding.EncodeToString([]byte(jwk)), base64.RawStdEncoding.EncodeToString([]byte(jwk + " ")),
			base64.URLEncoding.EncodeToString([]byte(jwk + "  ")),
		}[form%6]

		v := newDesk(token)
		options := []tomoidv.Option{tomoidv.WithHTTPClient(&http.Client{Transport: v}), tomoidv.WithMaxAttempts(1)}
		wantHeader, lifetime := map[string]any{"alg": "ES256", "typ": "JWT"}, int64(300)
		good := isID(clientID)
		if keyID != "" {
			options, wantHeader["kid"], good = append(options, tomoidv.WithKeyID(keyID)), keyID, good && isID(keyID)
		}
		wantAudience := "https://api.tomopayment.com/v1/oauth2/token"
		if audience != "" {
			options, wantAudience, good = append(options, tomoidv.WithAudience(audience)), audience, good && isID(audience)
		}
		if seconds != 0 {
			lifetime = int64(seconds)
			options, good = append(options, tomoidv.WithAssertionLifetime(time.Duration(seconds)*time.Second)), good && 30 <= seconds && seconds <= 3600
		}
		client, err := tomoidv.NewClient(clientID, text, options...)
		require.Equal(t, good, err == nil, err)
		if err != nil {
			require.NotContains(t, err.Error(), encode(d))
			return
		}
		require.NoError(t, start(t, client))
		compact := v.form.Get("client_assertion")
		require.True(t, holds(t, public[:32], public[32:], compact))
		header, claims := parts(t, compact)
		require.Equal(t, wantHeader, header)
		issued, err := claims["iat"].(json.Number).Int64()
		require.NoError(t, err)
		require.Equal(t, json.Number(strconv.FormatInt(issued+lifetime, 10)), claims["exp"])
		require.Equal(t, []any{clientID, clientID, wantAudience}, []any{claims["iss"], claims["sub"], claims["aud"]})
		require.Regexp(t, uuid4, claims["jti"])
		require.Len(t, claims, 6)

		other, err := tomoidv.NewClient(clientID, text, options...)
		require.NoError(t, err)
		require.NoError(t, start(t, other))
		_, again := parts(t, v.form.Get("client_assertion"))
		require.NotEqual(t, claims["jti"], again["jti"])

		if flip == 0 {
			return
		}
		changed := strings.Split(compact, ".")
		part := at % 3
		raw, err := base64.RawURLEncoding.DecodeString(changed[part])
		require.NoError(t, err)
		raw[at/3%uint(len(raw))] ^= flip
		changed[part] = encode(raw)
		require.False(t, holds(t, public[:32], public[32:], strings.Join(changed, ".")))
		nobody := bytes.Clone(d)
		nobody[at%32] ^= flip
		if stranger, err := ecdh.P256().NewPrivateKey(nobody); err == nil {
			key := stranger.PublicKey().Bytes()
			require.False(t, holds(t, key[1:33], key[33:], compact))
		}
	})
}

// isID tells whether a text is an id that no slip made.
func isID(text string) bool {
	return text != "" && utf8.ValidString(text) && strings.TrimSpace(text) == text &&
		!strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || 0x7f <= r && r <= 0x9f })
}

// A token is taken only from an answer that grants one, and used for no longer
// than it says.
func FuzzToken(f *testing.F) {
	for _, text := range []string{
		string(fixture(f, "answers", "token.json")), string(fixture(f, "answers", "started.json")),
		`{"access_token":"t","token_type":"bearer","expires_in":1}`, `{"access_token":"t","token_type":"Bearer","expires_in":9223372036854775807}`,
		`{"access_token":"t","token_type":"Bearer","expires_in":0}`, `{"access_token":"t","token_type":"DPoP","expires_in":3600}`,
		`{"access_token":"t","Access_Token":"u","token_type":"Bearer","expires_in":3600}`, `{"access_token":"a b","token_type":"Bearer","expires_in":3600}`,
		`{"error":"invalid_client","access_token":"t","token_type":"Bearer","expires_in":3600}`, `{"access_token":"t","token_type":"Bearer","expires_in":"3600"}`,
	} {
		f.Add(uint16(0), []byte(text))
		f.Add(uint16(200), []byte(text))
	}
	f.Fuzz(func(t *testing.T, status uint16, body []byte) {
		synctest.Test(t, func(t *testing.T) {
			d := newDesk(body)
			d.tokenStatus = 200 + int(status)%300
			client := newClient(t, d)
			err := start(t, client)
			require.Equal(t, 1, d.granted)
			if err != nil {
				var failed *tomoidv.Error
				require.ErrorAs(t, err, &failed)
				require.Equal(t, "getToken", failed.Op)
				require.Empty(t, d.bearers, "nothing is asked without a token")
				return
			}
			require.Less(t, d.tokenStatus, 300)
			grant := fuzztest.Read(t, body)
			token := grant.Word("access_token")
			require.NotEmpty(t, token)
			require.Equal(t, []string{"Bearer " + token}, d.bearers)
			require.Equal(t, "bearer", strings.ToLower(grant.Get("token_type").Text()))
			seconds, err := grant.Get("expires_in").Value.(json.Number).Int64()
			require.NoError(t, err)
			require.Positive(t, seconds)

			<-time.After(time.Duration(min(seconds, 24*60*60)) * time.Second)
			require.NoError(t, start(t, client))
			require.Equal(t, 2, d.granted, "the token had ended")
			synctest.Wait()
		})
	})
}

// Nothing of a key is lost, and a record matches a policy exactly if each part
// of its key is the policy's.
func FuzzPolicyKey(f *testing.F) {
	for key := range documented {
		parts := append(strings.Split(key, ":"), "", "")
		f.Add(key, parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[0])
		f.Add(key+":more", strings.ToUpper(parts[0]), parts[1], "", parts[3], parts[4], "null", parts[0])
		f.Add(parts[0]+":default", parts[0], "", "", "", "", "", parts[0])
		f.Add(key, parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]+"_other", parts[0])
		f.Add(key, parts[0], parts[1], strings.TrimPrefix(parts[2], "null"), parts[3], parts[4], cmp.Or(parts[5], "null"), parts[0])
	}
	for _, key := range []string{"", "us:default", ":", "us:", "::::::::", "us:a:b:c:d:e:f:g"} {
		f.Add(key, "us", "a", "b", "c", "d", "e", "us")
	}
	f.Fuzz(func(t *testing.T, key, country, kind, idType, method, ownerKind, ownerType, asked string) {
		p := tomoidv.ParsePolicyKey(tomoidv.PolicyKey(key))
		joined := strings.Join([]string{string(p.Country), p.Preset}, ":")
		if p.Preset == "" {
			joined = strings.Join(append([]string{string(p.Country), string(p.SubjectKind), string(p.IDType),
				string(p.Method), string(p.OwnerKind), string(p.OwnerType)}, p.Rest...), ":")
		}
		require.Equal(t, strings.TrimRight(key, ":"), strings.TrimRight(joined, ":"))

		policy := tomoidv.Policy{
			Subject: tomoidv.Subject{Kind: tomoidv.SubjectKind(kind), IDType: tomoidv.IDType(idType)}, Method: tomoidv.Method(method),
			OwnerAssurance: tomoidv.OwnerAssurance{Kind: tomoidv.OwnerKind(ownerKind), Type: tomoidv.OwnerType(ownerType)},
		}
		parts := []string{asked, kind, idType, method, ownerKind, ownerType}
		own := strings.Join(parts, ":")
		for _, key := range []string{key, own, strings.TrimRight(own, ":"), asked + ":default"} {
			record := tomoidv.Record{PolicyKey: tomoidv.PolicyKey(key), Country: tomoidv.Country(country)}
			want := asked != "" && strings.ToLower(country) == asked
			if policy == (tomoidv.Policy{}) {
				want = want && key == asked+":default" && !strings.Contains(asked, ":")
			} else {
				want = want && kind != "" && method != "" && ownerKind != "" && strings.Count(key, ":") != 1 &&
					slices.Equal(plainKey(parts), plainKey(strings.Split(key, ":")))
			}
			require.Equal(t, want, record.Matches(policy, tomoidv.Country(asked)), "%q of %q", key, own)
		}
	})
}

// plainKey gives six parts or more of a key, with "" for those that say that
// there is none.
func plainKey(parts []string) []string {
	parts = append(slices.Clone(parts), make([]string, max(0, 6-len(parts)))...)
	for _, i := range []int{2, 5} {
		if parts[i] == "null" {
			parts[i] = ""
		}
	}
	return parts
}

// Whatever TomoIDV answers, a call gives an error, or what the answer says once
// and plainly: a record is approved if and only if its own kyc says so. Storing a
// result loses nothing.
func FuzzAnswers(f *testing.F) {
	bodies := fuzztest.Files(f, "testdata/answers/*.json")
	for _, text := range []string{
		`{"user_id":"ppid.x","result":{"policy_key":"us:default","country":"us","kyc":{"status":"rejected","ſtatus":"approved"}}}`,
		`{"status":"reset"}`, `{"status":"deleted"}`, `{"results":[{"status":"deleted"},{"status":"not_deletable"}]}`, `"healthy"`, `{"start_idv_uri":"http://127.0.0.1/"}`,
		`{"start_idv_uri":"http://app.example/idv"}`, `{"start_idv_uri":"https://app.example@evil.example/"}`,
		`{"full_name":"Mirae Hong","date_of_birth":"1990-02-28","country":"US","full_address":"","sex":"F","region":null}`, ``, `{"code":"INVALID_TOKEN"}`,
	} {
		bodies = append(bodies, []byte(text))
	}
	single := fixture(f, "answers", "result_14_single.json")
	bodies = append(bodies, bytes.Replace(single, []byte(ppid), []byte("somebody-else"), 1))
	for i, body := range bodies {
		for call := range len(operations) {
			f.Add(byte(call), uint16(0), i%2 == 0, body, uint16(0), "")
		}
		f.Add(byte(i), uint16(200), false, body, uint16(0), "")
	}
	members := fuzztest.MembersOf(f, single)
	members.Seeds(fuzztest.Values(`"approved"`, `"ppid.c3ludGhldGljLTAwMDI"`, `"`+userID+`"`), func(number uint16, value string) {
		f.Add(byte(0), uint16(0), number%2 == 0, single, number, value)
	})
	for i, name := range members {
		if slices.Contains([]string{"user_id", "result.auth_id", "result.policy_key", "result.country", "result.result", "result.kyc.status"}, name) {
			f.Add(byte(0), uint16(0), false, single, uint16(i+1), `null`)
			f.Add(byte(0), uint16(0), true, single, uint16(i+1), `""`)
		}
	}
	d := newDesk(fixture(f, "answers", "token.json"))
	clients := map[bool]*tomoidv.Client{false: newClient(f, d), true: newClient(f, d, tomoidv.WithContractVersion("1.4"))}
	f.Fuzz(func(t *testing.T, call byte, status uint16, newer bool, body []byte, member uint16, value string) {
		body = members.Set(body, member, value)
		d.says(200+int(status)%300, body)
		err := operations[int(call)%len(operations)](t, clients[newer], body)
		if err == nil {
			require.Less(t, int(status)%300, 100)
			return
		}
		var failed *tomoidv.Error
		require.ErrorAs(t, err, &failed)
		if status%300 >= 100 {
			require.Equal(t, 200+int(status)%300, failed.StatusCode)
		}
	})
}

// operations are all calls; each holds what it was given to the answer's body.
var operations = []func(*testing.T, *tomoidv.Client, []byte) error{
	func(t *testing.T, c *tomoidv.Client, body []byte) error {
		got, err := c.Result(t.Context(), asked)
		if err != nil {
			require.Nil(t, got)
			return err
		}
		require.Equal(t, string(body), string(got.Meta().Raw()))
		fuzztest.Stable(t, got, new(tomoidv.Result))
		assertSays(t, got, fuzztest.Read(t, body))
		return nil
	},
	func(t *testing.T, c *tomoidv.Client, body []byte) error {
		got, err := c.Start(t.Context(), &tomoidv.StartRequest{UserID: userID})
		if err != nil {
			require.Nil(t, got)
			return err
		}
		require.Equal(t, got.URL, fuzztest.Read(t, body).Get("start_idv_uri").Value)
		require.Regexp(t, browsable, got.URL)
		fuzztest.Stable(t, got, new(tomoidv.Started))
		return nil
	},
	func(t *testing.T, c *tomoidv.Client, body []byte) error {
		got, err := c.Reset(t.Context(), &tomoidv.ResetRequest{UserID: userID, Country: "jp", Policy: tomoidv.DocumentOCR("passport", tomoidv.NoOwnerAssurance())})
		if err != nil {
			require.Nil(t, got)
			return err
		}
		require.NotEmpty(t, got.Status)
		require.Equal(t, string(got.Status), fuzztest.Read(t, body).Word("status"))
		fuzztest.Stable(t, got, new(tomoidv.ResetResult))
		return nil
	},
	func(t *testing.T, c *tomoidv.Client, body []byte) error {
		got, err := c.DeleteResult(t.Context(), ppid)
		if err != nil {
			require.Nil(t, got)
			return err
		}
		require.NotEmpty(t, got.Status)
		require.Equal(t, string(got.Status), fuzztest.Read(t, body).Word("status"))
		fuzztest.Stable(t, got, new(tomoidv.Deletion))
		return nil
	},
	func(t *testing.T, c *tomoidv.Client, body []byte) error {
		got, err := c.DeleteResults(t.Context(), []tomoidv.PPID{ppid, other})
		if err != nil {
			require.Nil(t, got)
			return err
		}
		plain := fuzztest.Read(t, body).Get("results").List()
		require.Len(t, got.Results, 2)
		require.Len(t, plain, 2)
		for i, one := range got.Results {
			require.NotEmpty(t, one.Status)
			require.Equal(t, string(one.Status), plain[i].Word("status"))
		}
		fuzztest.Stable(t, got, new(tomoidv.Deletions))
		return nil
	},
	func(t *testing.T, c *tomoidv.Client, body []byte) error {
		got, err := c.KYC(t.Context(), &tomoidv.KYCRequest{UserID: userID, Country: "us"})
		if err != nil {
			require.Nil(t, got)
			return err
		}
		require.NotEmpty(t, got.FullName+string(got.DateOfBirth))
		assertPerson(t, got, fuzztest.Read(t, body))
		fuzztest.Stable(t, got, new(tomoidv.Identity))
		return nil
	},
	func(t *testing.T, c *tomoidv.Client, body []byte) error {
		got, err := c.Health(t.Context())
		if err == nil {
			require.Equal(t, fuzztest.Document{Value: got}, fuzztest.Read(t, body))
		}
		return err
	},
	func(t *testing.T, c *tomoidv.Client, body []byte) error {
		got, err := c.Do(t.Context(), &tomoidv.Call{Method: http.MethodGet, Route: "/v1/idv/later"})
		if err != nil {
			require.Nil(t, got)
			return err
		}
		require.Equal(t, string(body), string(got.Meta().Raw()))
		var raw json.RawMessage
		if err := got.Decode(&raw); err != nil {
			require.ErrorIs(t, err, tomoidv.ErrInvalidAnswer)
			return nil
		}
		require.Equal(t, fuzztest.Read(t, body), fuzztest.Read(t, raw))
		return nil
	},
}

// browsable has a host and no userinfo, and is https, or http to this machine.
var browsable = regexp.MustCompile(`(?i)^(https://[^/?#@\\\s]+|http://(localhost|127\.[0-9.]+|\[::1\]|\[::ffff:[^\]]+\])(:[0-9]*)?)([/?#].*)?$`)

// assertSays holds a result to the records that were written, and its user_id to
// the one that was asked about, which is no PPID.
func assertSays(tb testing.TB, got *tomoidv.Result, plain fuzztest.Document) {
	tb.Helper()
	echoed := plain.Word("user_id")
	require.Equal(tb, echoed, string(got.UserID))
	require.True(tb, echoed == "" || echoed == userID || strings.HasPrefix(echoed, "ppid.") || personalID.MatchString(echoed), echoed)
	records := plain.Get("results").List()
	if one := plain.Get("result"); one.Value != nil {
		require.Nil(tb, plain.Get("results").Value)
		records = []fuzztest.Document{one}
	}
	require.Len(tb, got.Records, len(records))
	for i, record := range got.Records {
		plain := records[i]
		kyc := plain.Get("kyc")
		for name, pair := range map[string][2]string{
			"auth_id": {record.AuthID, plain.Word("auth_id")}, "policy_key": {string(record.PolicyKey), plain.Word("policy_key")},
			"country": {string(record.Country), plain.Word("country")}, "status": {string(record.Status()), kyc.Word("status")},
			"completed_at": {string(record.KYC.CompletedAt), kyc.Get("completed_at").Text()}, "document": {string(record.KYC.Document.Category), kyc.Get("document").Word("category")},
			"biometric": {string(record.KYC.Checks.Biometric.Outcome), kyc.Get("checks").Get("biometric").Word("outcome")},
			"born":      {string(record.KYC.Person.DateOfBirth), kyc.Get("person").Word("date_of_birth")},
		} {
			require.Equal(tb, pair[1], pair[0], name)
		}
		require.True(tb, record.AuthID != "" && record.PolicyKey != "" && record.Country != "")
		require.NotNil(tb, plain.Get("result").Value)
		assertPerson(tb, &record.Result, plain.Get("result"))
		if record.Status() == tomoidv.StatusApproved {
			require.Equal(tb, "approved", kyc.Get("status").Value)
		}
	}
}

var personalID = regexp.MustCompile(`^[0-9a-fA-F]{64}$`)

func assertPerson(tb testing.TB, got *tomoidv.Identity, plain fuzztest.Document) {
	tb.Helper()
	for name, said := range map[string]string{
		"full_name": got.FullName, "date_of_birth": string(got.DateOfBirth), "country": string(got.Country), "sex": got.Sex,
		"phone_number": got.PhoneNumber, "full_address": got.FullAddress,
	} {
		require.Equal(tb, plain.Word(name), said, name)
	}
}

// Whatever the query, a return is a claim whose PPID is in its token, or an
// error; and what TomoIDV's page would write is read as it was written.
func FuzzParseReturn(f *testing.F) {
	for _, query := range []string{
		"", "fail=1", "token=" + forged(`{"sub":"`+ppid+`"}`) + "&key=x", "token=a.b.c", "token=%zz", "token=a;key=b",
		"token=" + forged(`{"sub":"a","sub":"b"}`), "token=" + forged(`{"sub":7}`), "token=" + forged(`[]`), "token=x&token=x",
		"token=" + forged(`{"sub":"`+ppid+`"}`) + "&token=" + forged(`{"sub":"`+other+`"}`),
	} {
		f.Add(query, ppid, `{"kty":"EC"}`)
		f.Add(query, " ", "")
		f.Add(query, "a\x00\xff", "&token=x")
	}
	f.Fuzz(func(t *testing.T, query, subject, key string) {
		returned := func(query string) (*tomoidv.Claim, error) {
			return tomoidv.ParseReturn(&http.Request{Method: http.MethodGet, URL: &url.URL{RawQuery: query}})
		}
		got, err := returned(query)
		if err == nil {
			values, err := url.ParseQuery(query)
			require.NoError(t, err)
			require.True(t, len(values["token"]) <= 1 && len(values["key"]) <= 1)
			require.Equal(t, values.Get("token"), got.Token)
			require.Equal(t, values.Get("key"), got.Key)
			require.Equal(t, got.Token == "", got.PPID == "")
			if got.Token != "" {
				parts := strings.Split(got.Token, ".")
				require.Len(t, parts, 3)
				payload, err := base64.RawURLEncoding.DecodeString(parts[1])
				require.NoError(t, err)
				require.Equal(t, fuzztest.Read(t, payload).Get("sub").Value, string(got.PPID))
				require.True(t, isID(string(got.PPID)))
			}
		} else {
			require.Nil(t, got)
			require.True(t, errors.Is(err, tomoidv.ErrInvalidAnswer) || errors.Is(err, tomoidv.ErrTooLarge))
		}

		subject = strings.ToValidUTF8(subject, "x") // JSON has no other
		payload, err := json.Marshal(map[string]string{"sub": subject, "iss": "someone"})
		require.NoError(t, err)
		token := forged(string(payload))
		query = url.Values{"token": {token}, "key": {key}}.Encode()
		got, err = returned(query)
		require.Equal(t, isID(subject) && len(query) <= 64<<10, err == nil)
		if err == nil {
			require.Equal(t, tomoidv.Claim{PPID: tomoidv.PPID(subject), Token: token, Key: key}, *got)
		}
	})
}
