package tomoidv_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/tomoidv"
)

// secretKeyForms writes a JWK in every form that the console may give.
func secretKeyForms(jwk string) map[string]string {
	pad := strings.Repeat(" ", (3-len(jwk)%3)%3) // so that each padding occurs
	one, two := jwk+pad+" ", jwk+pad+"  "
	withPlus := `{"note":"???>>>~~~",` + jwk[1:] // whose base64 has + and /
	return map[string]string{
		"base64url":             base64.RawURLEncoding.EncodeToString([]byte(jwk)),
		"base64url, no padding": base64.URLEncoding.EncodeToString([]byte(jwk + pad)),
		"base64url, one =":      base64.URLEncoding.EncodeToString([]byte(two)),
		"base64url, two =":      base64.URLEncoding.EncodeToString([]byte(one)),
		"base64":                base64.StdEncoding.EncodeToString([]byte(withPlus)),
		"base64, not padded":    base64.RawStdEncoding.EncodeToString([]byte(withPlus + " ")),
		"white space around":    " \r\n\t" + base64.StdEncoding.EncodeToString([]byte(jwk)) + "\u00a0\n",
		"raw JSON":              jwk,
		"raw JSON, spaced":      "\n" + strings.ReplaceAll(strings.ReplaceAll(jwk, ",", ",\n  "), ":", ": ") + "\n",
		"as long as is taken":   "{" + strings.Repeat(" ", 16<<10-len(jwk)) + jwk[1:],
		"more members":          `{"kid":"k","use":"sig","alg":"ES256","key_ops":["sign"],"ext":true,` + jwk[1:],
		"members padded":        strings.NewReplacer(`","y"`, `=","y"`, `","d"`, `=","d"`, `"}`, `="}`).Replace(jwk),
	}
}

type badKey struct{ text, says string }

func badSecretKeys(tb testing.TB) map[string]badKey {
	jwk := privateJWK(tb)
	member := func(name string) string {
		_, rest, _ := strings.Cut(jwk, `"`+name+`":"`)
		value, _, _ := strings.Cut(rest, `"`)
		return value
	}
	with := func(name, value string) string {
		return strings.Replace(jwk, `"`+name+`":"`+member(name)+`"`, `"`+name+`":`+value, 1)
	}
	without := func(name string) string {
		return strings.Replace(strings.Replace(jwk, `,"`+name+`":"`+member(name)+`"`, "", 1), `"`+name+`":"`+member(name)+`",`, "", 1)
	}
	const otherD = "eiTQ57qtR0-eEEjY8t8u4REvMYa8u6XdyQBiCvLIjp4"
	encode := func(number []byte) string { return `"` + base64.RawURLEncoding.EncodeToString(number) + `"` }
	order := []byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51}
	base := base64.StdEncoding.EncodeToString([]byte(jwk))
	return map[string]badKey{
		"empty":              {"", "secret key is empty"},
		"blank":              {" \n", "secret key is empty"},
		"huge":               {strings.Repeat("A", 16<<10+1), "secret key is over 16 KiB"},
		"PEM":                {"-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----", "secret key is PEM"},
		"a shared secret":    {"hunter2-hunter2-hunter2!", "neither JSON nor base64"},
		"a JWT":              {"eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln", "neither JSON nor base64"},
		"broken lines":       {base[:60] + "\n" + base[60:], "white space within"},
		"too much padding":   {base + "====", "its padding is wrong"},
		"wrong padding":      {base + "=", "its padding is wrong"},
		"cut off base64":     {base[:61], "cut off"},
		"altered base64":     {strings.TrimSuffix(base, "0=") + "1=", "altered"},
		"base64 of half":     {base[:60], "malformed JSON"},
		"base64 of words":    {base64.StdEncoding.EncodeToString([]byte("hunter2 hunter2")), "its text is not a JSON object"},
		"base64 of a string": {base64.StdEncoding.EncodeToString([]byte(`"` + member("d") + `"`)), "its text is not a JSON object"},
		"base64 of a list":   {base64.StdEncoding.EncodeToString([]byte("[" + jwk + "]")), "its text is not a JSON object"},
		"not JSON":           {`{"kty":"EC",`, "malformed JSON"},
		"trailed":            {jwk + "x", "malformed JSON"},
		"two keys":           {jwk + jwk, "malformed JSON"},
		"a member twice":     {`{"d":"` + otherD + `",` + jwk[1:], "two keys of one object are the same"},
		"a member in capitals": {
			`{"D":"` + otherD + `",` + jwk[1:], "two keys of one object are the same"},
		"d in capitals":        {strings.Replace(jwk, `"d"`, `"D"`, 1), "it is a public key: it has no d"},
		"for encryption":       {`{"use":"enc",` + jwk[1:], "its use is not sig"},
		"for ES384":            {`{"alg":"ES384",` + jwk[1:], "its alg is not ES256"},
		"a use that is a list": {`{"use":["sig"],` + jwk[1:], "its use is not sig"},
		"a set":                {`{"keys":[` + jwk + `]}`, "it is a set of keys, not one"},
		"public":               {without("d"), "it is a public key: it has no d"},
		"RSA":                  {`{"kty":"RSA","n":"AQAB","e":"AQAB","d":"AQAB"}`, "its kty is RSA, not EC"},
		"a shared key":         {`{"kty":"oct","k":"aHVudGVyMg"}`, "its kty is oct, not EC"},
		"Ed25519":              {`{"kty":"OKP","crv":"Ed25519","x":"AQAB","d":"AQAB"}`, "its kty is OKP, not EC"},
		"no kty":               {without("kty"), "it has no kty"},
		"kty of another kind":  {with("kty", `"hunter2hunter2"`), "its kty is not EC"},
		"kty a number":         {with("kty", `7`), "its kty is not a string"},
		"P-384":                {with("crv", `"P-384"`), "its crv is P-384, not P-256"},
		"P-521":                {with("crv", `"P-521"`), "its crv is P-521, not P-256"},
		"secp256k1":            {with("crv", `"secp256k1"`), "its crv is secp256k1, not P-256"},
		"another curve":        {with("crv", `"hunter2hunter2"`), "its crv is not P-256"},
		"no crv":               {without("crv"), "it has no crv"},
		"no x":                 {without("x"), "it has no x"},
		"no y":                 {without("y"), "it has no y"},
		"d null":               {with("d", `null`), "its d is not a string"},
		"d empty":              {with("d", `""`), "its d has 0 bytes, not 32"},
		"d short":              {with("d", encode(order[1:])), "its d has 31 bytes, not 32"},
		"d long":               {with("d", encode(append([]byte{0}, order...))), "its d has 33 bytes, not 32"},
		"d zero":               {with("d", encode(make([]byte, 32))), "its d is out of range"},
		"d the order":          {with("d", encode(order)), "its d is out of range"},
		"d all ones":           {with("d", encode([]byte(strings.Repeat("\xff", 32)))), "its d is out of range"},
		"d not base64":         {with("d", `"hunter2 hunter2!"`), "its d is not base64"},
		"x not base64":         {with("x", `"hunter2_hunter2!"`), "its x is not base64"},
		"y short":              {with("y", `"AQAB"`), "its y has 3 bytes, not 32"},
		"another d":            {with("d", `"`+otherD+`"`), "its x and y are not those of its d"},
		"x and y swapped": {
			strings.NewReplacer(`"x"`, `"y"`, `"y"`, `"x"`).Replace(jwk), "its x and y are not those of its d"},
		"y of the negative": {with("y", encode(make([]byte, 32))), "its x and y are not those of its d"},
	}
}

func TestSecretKeyForms(t *testing.T) {
	jwk := privateJWK(t)
	for name, text := range secretKeyForms(jwk) {
		t.Run(name, func(t *testing.T) {
			v := answers(started)
			client, err := tomoidv.NewClient(clientID, text, tomoidv.WithHTTPClient(&http.Client{Transport: v}))
			require.NoError(t, err)
			require.NoError(t, start(t, client))
			verify(t, v.forms[0].Get("client_assertion"))
		})
	}
}

func TestBadSecretKeys(t *testing.T) {
	for name, test := range badSecretKeys(t) {
		t.Run(name, func(t *testing.T) {
			_, err := tomoidv.NewClient(clientID, test.text)
			require.ErrorContains(t, err, "tomoidv: secret key")
			require.ErrorContains(t, err, test.says)
			for part := range strings.FieldsFuncSeq(test.text, func(r rune) bool { return strings.ContainsRune(`{}",: -`, r) }) {
				if len(part) > 10 {
					assert.NotContains(t, err.Error(), part)
				}
			}
		})
	}
}
