package tomoidv_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/tomoidv"
)

// A text makes a client that signs what the key in it verifies, or an error
// that shows nothing of it.
func FuzzSecretKey(f *testing.F) {
	jwk := privateJWK(f)
	for _, text := range secretKeyForms(jwk) {
		f.Add(text)
	}
	for _, test := range badSecretKeys(f) {
		f.Add(test.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v := answers(started)
		client, err := tomoidv.NewClient(clientID, text, tomoidv.WithHTTPClient(&http.Client{Transport: v}))
		if err != nil {
			require.Nil(t, client)
			require.ErrorContains(t, err, "tomoidv: secret key")
			if text = strings.TrimSpace(text); len(text) > 40 {
				require.NotContains(t, err.Error(), text[:40])
			}
			return
		}
		require.NoError(t, start(t, client))
		if strings.Contains(text, jwk) {
			verify(t, v.forms[0].Get("client_assertion"))
		}
	})
}

// Nothing of a key is lost, and no record matches a policy whose parts are not
// all in its key.
func FuzzPolicyKey(f *testing.F) {
	for key := range documented {
		f.Add(key, "id_card", "owner_verf")
	}
	for _, key := range []string{"", "us:default", ":", "us:", "::::::::", "us:a:b:c:d:e:f:g"} {
		f.Add(key, "", "")
	}
	f.Fuzz(func(t *testing.T, key, idType, owner string) {
		p := tomoidv.ParsePolicyKey(tomoidv.PolicyKey(key))
		joined := strings.Join([]string{string(p.Country), p.Preset}, ":")
		if p.Preset == "" {
			joined = strings.Join(append([]string{string(p.Country), string(p.SubjectKind), string(p.IDType),
				string(p.Method), string(p.OwnerKind), string(p.OwnerType)}, p.Rest...), ":")
		}
		require.Equal(t, strings.TrimRight(key, ":"), strings.TrimRight(joined, ":"))

		policy := tomoidv.GovernmentID(tomoidv.IDType(idType), tomoidv.OwnerAssurance{Kind: tomoidv.OwnerKind(owner)})
		record := tomoidv.Record{PolicyKey: tomoidv.PolicyKey(key), Country: "jp"}
		if record.Matches(policy, "jp") {
			for _, part := range []string{"jp:document:", idType, ":government_id_verf:", owner} {
				require.True(t, part == "null" || strings.Contains(key, part), "%q in %q", part, key)
			}
		}
		if record.Matches(tomoidv.Policy{}, "jp") {
			require.Equal(t, "jp:default", key)
		}
	})
}

// Whatever the body, a result comes whole or not at all; an approval comes only
// from a body that says so; and storing a result loses nothing.
func FuzzResult(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "answers", "*.json"))
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, file := range files {
		body, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(body)
	}
	f.Add([]byte(`{"user_id":"ppid.x","result":{"policy_key":"us:default","country":"us","kyc":{"status":"rejected","ſtatus":"approved"}}}`))
	var body []byte
	client := newClient(f, answers(func(r *http.Request) (*http.Response, error) { return says(http.StatusOK, string(body))(r) }))
	f.Fuzz(func(t *testing.T, given []byte) {
		body = given
		got, err := client.Result(t.Context(), asked)
		if err != nil {
			require.Nil(t, got)
			return
		}
		require.Equal(t, given, got.Meta().Raw())
		for _, record := range got.Records {
			require.NotEmpty(t, record.PolicyKey)
			require.NotEmpty(t, record.Country)
			if record.Status() == tomoidv.StatusApproved {
				assertSaysApproved(t, given)
			}
		}
		assertStable(t, got, new(tomoidv.Result))
	})
}

// assertSaysApproved reads body with maps alone and finds a record whose kyc
// says approved. Numbers stay text: one that nobody asked for
// may be larger than any float64.
func assertSaysApproved(t *testing.T, body []byte) {
	var document any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	require.NoError(t, decoder.Decode(&document))
	found := false
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, element := range v {
				walk(element)
			}
		case map[string]any:
			for _, value := range v {
				walk(value)
			}
			found = found || v["status"] == "approved"
		}
	}
	walk(document)
	require.True(t, found)
}

// Whatever the query, a return is a claim whose PPID is in its token, or an
// error.
func FuzzParseReturn(f *testing.F) {
	for _, query := range []string{
		"", "fail=1", "token=" + forged(`{"sub":"`+ppid+`"}`) + "&key=x", "token=a.b.c", "token=%zz", "token=a;key=b",
		"token=" + forged(`{"sub":"a","sub":"b"}`), "token=" + forged(`{"sub":7}`), "token=" + forged(`[]`),
	} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		got, err := tomoidv.ParseReturn(&http.Request{Method: http.MethodGet, URL: &url.URL{RawQuery: query}})
		if err != nil {
			require.Nil(t, got)
			return
		}
		values, err := url.ParseQuery(query)
		require.NoError(t, err)
		require.Equal(t, values.Get("token"), got.Token)
		require.Equal(t, values.Get("key"), got.Key)
		require.Equal(t, got.Token == "", got.PPID == "")
	})
}
