package hostile_test

import (
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/internal/surfacetest"
	"github.com/kyckit/kyckit-go/tomoidv"
	"github.com/kyckit/kyckit-go/veriff"
	"github.com/stretchr/testify/assert"
)

// libraries are the packages into which JSON comes.
var libraries = []string{"iamport", "tomoidv", "veriff", "kyc", "kyc/iamportkyc", "kyc/tomoidvkyc", "kyc/veriffkyc", "kyc/kychttp"}

// A method of a client, a type that decodes itself and a function that decodes
// anything need an entry before anything here is whole.
func TestDoorsAreComplete(t *testing.T) {
	var names []string
	for _, d := range doors(t) {
		names = append(names, d.name)
	}
	through := func(what string) bool {
		return slices.ContainsFunc(names, func(name string) bool {
			return name == what || strings.HasPrefix(name, what+",") || strings.HasPrefix(name, what+" ")
		})
	}
	noJSON := []string{"ForTier", "Format", "LogValue"}
	for vendor, client := range map[string]reflect.Type{
		"iamport": reflect.TypeFor[*iamport.Client](), "tomoidv": reflect.TypeFor[*tomoidv.Client](), "veriff": reflect.TypeFor[*veriff.Client](),
	} {
		for i := range client.NumMethod() {
			method := client.Method(i).Name
			assert.True(t, slices.Contains(noJSON, method) || through(vendor+"."+method), "no door for %s.Client.%s", vendor, method)
		}
		for _, typ := range surfacetest.Types(t, filepath.Join("..", "..", vendor), "UnmarshalJSON") {
			_, listed := custom[vendor+"."+typ]
			assert.True(t, listed || slices.Contains(unexported, typ), "nothing tells how %s.%s decodes itself", vendor, typ)
		}
	}
	var found []string
	for _, dir := range libraries {
		for _, name := range surfacetest.Callers(t, filepath.Join("..", "..", dir), "Unmarshal", "NewDecoder", "Decode", "CheckJSON", "UnmarshalRead", "UnmarshalDecode", "Scalar") {
			if !strings.HasSuffix(name, ".UnmarshalJSON") { // whose types are in custom
				found = append(found, dir+"."+name)
			}
		}
	}
	var listed []string
	for site, doors := range sites {
		listed = append(listed, site)
		for _, name := range doors {
			assert.True(t, through(name), "%s names the door %s, and there is none", site, name)
		}
	}
	assert.ElementsMatch(t, listed, found, "functions that decode JSON")
}

// unexported decode themselves behind a door of which an exported type tells.
var unexported = []string{"claimText", "codeNumber", "part", "present", "object"}

// sites are the functions that decode JSON, each with the doors that lead there.
var sites = map[string][]string{
	"iamport.Answer.Decode":                   {"iamport.Do"},
	"iamport.Call.Validate":                   {"iamport.Call.Body"},
	"iamport.errorBody":                       {"iamport error reply"},
	"iamport.open":                            {"iamport.Certification", "iamport token"},
	"iamport.parseJSON":                       {"iamport.ParseReturn", "kychttp return"},
	"iamport.unwrap":                          {"iamport.Certification", "iamport.Do"},
	"iamport.wholeNumber":                     {"iamport.Certification", "iamport token"},
	"kyc/kychttp.memoryRecord.get":            {}, // what it has written itself
	"tomoidv.Answer.Decode":                   {"tomoidv.Do"},
	"tomoidv.Call.Validate":                   {"tomoidv.Call.Body"},
	"tomoidv.Client.Do":                       {"tomoidv.Do"},
	"tomoidv.errorBody":                       {"tomoidv error reply"},
	"tomoidv.jwk.text":                        {"tomoidv secret key"},
	"tomoidv.open":                            {"tomoidv.Result", "tomoidv.Health"},
	"tomoidv.parseJWK":                        {"tomoidv secret key"},
	"tomoidv.subjectOf":                       {"tomoidv.ParseReturn"},
	"tomoidv.textOf":                          {"tomoidv error reply"},
	"tomoidv.tokenRequest.fetch":              {"tomoidv token"},
	"veriff.Answer.Decode":                    {"veriff.Do"},
	"veriff.Call.Validate":                    {"veriff.Call.Body"},
	"veriff.Client.SendCollectedData":         {"veriff.SendCollectedData"},
	"veriff.Client.sendRaw":                   {"veriff.Do", "veriff.SendCollectedData"},
	"veriff.CollectedDataRequest.Validate":    {"veriff.CollectedDataRequest.Browser"},
	"veriff.Verifier.parseDecision":           {"veriff webhook, decision"},
	"veriff.Verifier.parseEvent":              {"veriff webhook, event"},
	"veriff.Verifier.parseFullAutoDecision":   {"veriff webhook, full auto"},
	"veriff.Verifier.parseWatchlistScreening": {"veriff webhook, watchlist screening"},
	"veriff.Verifier.parseWebhook":            {"veriff webhook, unknown", "veriffkyc.ParseWebhook", "kychttp webhook"},
	"veriff.errorBody":                        {"veriff.DownloadMedia", "veriff.DownloadMediaFile"},
	"veriff.read":                             {"veriff.Decision"},
	"veriff.unmarshalCode":                    {"veriff.Decision", "veriff webhook, event"},
}

// Every field of what a client gives is in a clean document, and so attacked.
func TestFieldsAreComplete(t *testing.T) {
	attacked := map[string]bool{}
	for _, d := range doors(t) {
		for _, m := range membersOf(t, d.clean, d.shape) {
			attacked[m.path] = true
		}
	}
	for root, v := range map[string]any{
		"verification.": veriff.Decision{}, "response.": iamport.Certification{}, "result.": tomoidv.Record{}, "data.": veriff.WatchlistScreening{}, "person.": veriff.PersonRecord{},
		"": []any{veriff.Event{}, tomoidv.Identity{}, tomoidv.Started{}},
	} {
		several, ok := v.([]any)
		if !ok {
			several = []any{v}
		}
		for _, v := range several {
			for _, path := range surfacetest.Fields(v) {
				if strings.HasPrefix(root+path, "result.result.") {
					continue // a tomoidv.Identity, which KYC gives whole
				}
				path = root + strings.TrimSuffix(strings.TrimSuffix(path, "[]"), "{}")
				assert.True(t, attacked[path], "%T has %s, and no clean document has", v, path)
			}
		}
	}
}
