package verifftest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

const collected = `{"providerName":"a","network":{"ip":"203.0.113.7"},"device":{"fingerprint":"b"}}`

func collect(t *testing.T, srv *verifftest.Server, id, body string) answer {
	t.Helper()
	return tell(t, srv, "POST", "/sessions/"+id+"/collected-data", body)
}

func TestCollectedData(t *testing.T) {
	srv := start(t)
	id := created(t, srv, `{}`)
	long := strings.Repeat("한", 255)
	for name, body := range map[string]string{
		"what is mandatory": collected,
		"everything": `{"providerName":"` + long + `","network":{"ip":"2001:db8::7"},"device":{"fingerprint":"` + long + `"},
			"person":{"email":"a@a.invalid","phoneNumber":"+82"},"browser":{"name":"a","version":1}}`,
	} {
		a := collect(t, srv, id, body)
		assert.Equal(t, 200, a.status, name)
		assert.Equal(t, `{"status":"success"}`, a.body, name)
	}
	require.NoError(t, srv.Open(id))
	assert.Equal(t, 200, collect(t, srv, id, collected).status)
	require.NoError(t, srv.Submit(id))
	assert.Equal(t, "409", collect(t, srv, id, collected).refused(t))
	other := "8e4f7cd8-7a19-4d7d-971f-a076407ee03c"
	assert.Equal(t, "404", collect(t, srv, other, collected).refused(t))
	a := send(t, inProcess(srv), "POST", srv.URL+sessions+"/"+id+"/collected-data", collected,
		"X-AUTH-CLIENT", srv.APIKey, "X-HMAC-SIGNATURE", hmacHex(srv.Secret, id))
	assert.Equal(t, "401 1819", a.refused(t))

	created201 := start(t, verifftest.WithCreatedStatus())
	assert.Equal(t, 201, collect(t, created201, created(t, created201, `{}`), collected).status)
}

func TestRefusedCollectedData(t *testing.T) {
	srv := start(t)
	id := created(t, srv, `{}`)
	long := strings.Repeat("a", 256)
	with := func(property string) string { return strings.TrimSuffix(collected, "}") + "," + property + "}" }
	replace := func(old, new string) string { return strings.Replace(collected, old, new, 1) }
	for name, c := range map[string]struct{ body, code string }{
		"no body":                     {``, "1102"},
		"not JSON":                    {`a`, "1104"},
		"list":                        {`[]`, "1102"},
		"nothing":                     {`{}`, "1102"},
		"no providerName":             {replace(`"providerName":"a",`, ``), "1102"},
		"providerName is empty":       {replace(`"a"`, `""`), "1102"},
		"providerName is null":        {replace(`"a"`, `null`), "1102"},
		"providerName is a number":    {replace(`"a"`, `1`), "1104"},
		"providerName of 256 letters": {replace(`"a"`, `"`+long+`"`), "1104"},
		"no network":                  {replace(`"network":{"ip":"203.0.113.7"},`, ``), "1102"},
		"no ip":                       {replace(`"ip":"203.0.113.7"`, ``), "1102"},
		"network is the ip":           {replace(`{"ip":"203.0.113.7"}`, `"203.0.113.7"`), "1102"},
		"ip of three bytes":           {replace(`203.0.113.7`, `203.0.113`), "1104"},
		"ip with a port":              {replace(`203.0.113.7`, `203.0.113.7:80`), "1104"},
		"ip is a number":              {replace(`"203.0.113.7"`, `7`), "1104"},
		"no device":                   {replace(`,"device":{"fingerprint":"b"}`, ``), "1102"},
		"fingerprint misspelt":        {replace(`fingerprint`, `fingerPrint`), "1102"},
		"fingerprint of 256 letters":  {replace(`"b"`, `"`+long+`"`), "1104"},
		"fingerprint is a number":     {replace(`"b"`, `1`), "1104"},
		"person is a string":          {with(`"person":"a"`), "1104"},
		"email is a number":           {with(`"person":{"email":1}`), "1104"},
		"unknown of person":           {with(`"person":{"phone":"1"}`), "1104"},
		"unknown of network":          {replace(`"ip"`, `"port":1,"ip"`), "1104"},
		"unknown of device":           {replace(`"fingerprint"`, `"id":1,"fingerprint"`), "1104"},
		"unknown":                     {with(`"os":"a"`), "1104"},
		"browser is a string":         {with(`"browser":"a"`), "1104"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, "400 "+c.code, collect(t, srv, id, c.body).refused(t))
		})
	}
}
