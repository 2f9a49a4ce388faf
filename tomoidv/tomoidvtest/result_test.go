package tomoidvtest_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

// kycOf is the standard view of a record.
func kycOf(t *testing.T, record map[string]any) map[string]any {
	t.Helper()
	view, ok := record["kyc"].(map[string]any)
	require.True(t, ok, "a kyc view")
	return view
}

// whole is a person of whom everything is known.
func whole() tomoidvtest.Person {
	return tomoidvtest.Person{
		GivenName: "Hanako", FamilyName: "Sato", DateOfBirth: "1990-01-31", Sex: "F", Nationality: "JP", GovernmentID: "123456789012",
		NameVariants: []tomoidvtest.NameVariant{{Kind: "alternate_script", Value: "佐藤花子"}, {Kind: "phonetic", Value: "サトウハナコ"}},
		Email:        "hanako@shop.invalid", Phone: "+81312345678",
		Address: tomoidvtest.Address{
			Full: "1-2-3 Marunouchi, Chiyoda, Tokyo 100-0005", Street: "1-2-3 Marunouchi", Street2: "5F", City: "Chiyoda", Region: "Tokyo",
			PostalCode: "100-0005", Country: "JP",
		},
		Document: tomoidvtest.Document{Number: "TK1234567", ExpirationDate: "2031-01-30", IssuingRegion: "Tokyo"},
	}
}

// golden compares with a file in testdata, random parts replaced.
func golden(t *testing.T, name string, got map[string]any, srv *tomoidvtest.Server) {
	t.Helper()
	want, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	written, err := json.MarshalIndent(got, "", "  ")
	require.NoError(t, err)
	text := strings.NewReplacer(srv.Attempts()[0].PPID, "{ppid}", srv.URL, "{url}").Replace(string(written))
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if before, _, found := strings.Cut(line, "{url}/media/"); found {
			lines[i] = before + "{url}/media/{id}\""
		}
	}
	assert.JSONEq(t, string(want), strings.Join(lines, "\n"))
}

func TestWholeResult(t *testing.T) {
	both(t, func(t *testing.T, srv *tomoidvtest.Server, client *http.Client) {
		srv.SetTime(time.Date(2026, 3, 1, 12, 0, 0, 0, time.FixedZone("KST", 9*60*60)))
		a := newApp(t, srv)
		a.client = client
		a.now = func() time.Time { return time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC) }
		a.authorize(t)
		a.begin(t, map[string]any{"user_id": "u-1", "country": "jp", "kyc_policy": kycPolicy(passport())})
		require.NoError(t, srv.Pass("u-1", whole()))
		question := map[string]any{"user_id": "u-1", "country": "jp", "policy": kycPolicy(passport())}
		golden(t, "result_1.4.json", a.result14(t, question), srv)
		golden(t, "result_1.3.json", a.result13(t, question), srv)
		got := a.post(t, kycPath, `{"user_id":"u-1","country":"jp"}`, "Tomo-API-Version", "1.4")
		require.Equal(t, http.StatusOK, got.status)
		assert.Equal(t, a.result13(t, question)["result"].(map[string]any)["result"], got.json(t))
		for _, r := range srv.Requests() {
			assert.NotContains(t, r.Path, "/media/", "nobody fetched any")
		}
	})
}

// Whatever is not known is null under 1.4 and absent from GetKycRes.
func TestSparseResult(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := passed(t, srv)
	sparse := only(t, a.result14(t, `{"user_id":"p"}`))
	assert.Equal(t, map[string]any{
		"full_name": "Hanako Sato", "date_of_birth": "1990-01-31", "country": "JP", "full_address": "",
	}, sparse["result"])

	a.begin(t, map[string]any{"user_id": "w", "country": "jp", "kyc_policy": kycPolicy(passport())})
	require.NoError(t, srv.Pass("w", whole()))
	sameKeys(t, "kyc", kycOf(t, only(t, a.result14(t, `{"user_id":"w"}`))), kycOf(t, sparse))
	assert.Equal(t, []any{
		"family_name", "given_name", "sex", "nationality", "government_id", "full_address", "street", "city", "region", "postal_code",
		"email_address", "phone_number", "document_category", "document_number", "document_issuing_country", "document_issuing_region",
		"document_expiration_date",
	}, kycOf(t, sparse)["field_provenance"].(map[string]any)["missing_fields"])
}

// sameKeys compares the keys of two views, but for objects that may be null.
func sameKeys(t *testing.T, path string, want, got map[string]any) {
	t.Helper()
	assert.Equal(t, slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got)), path)
	for name := range want {
		one, isObject := want[name].(map[string]any)
		two, isToo := got[name].(map[string]any)
		if isObject && isToo {
			sameKeys(t, path+"."+name, one, two)
		}
	}
}

func TestResultQuestions(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := authorized(t, srv)
	a.begin(t, map[string]any{"user_id": "u", "country": "jp", "kyc_policy": kycPolicy(passport())})
	require.NoError(t, srv.Pass("u", hanako()))
	a.begin(t, map[string]any{"user_id": "u", "country": "jp"})
	require.NoError(t, srv.Pass("u", hanako()))
	a.begin(t, map[string]any{"user_id": "u", "country": "us"})
	require.NoError(t, srv.Pass("u", hanako()))
	a.begin(t, map[string]any{"user_id": "v", "country": "us"})
	require.NoError(t, srv.Pass("v", hanako()))
	ppid := srv.Attempts()[0].PPID
	const pass, jp, us = "jp:document:passport:document_ocr_check:no_owner_assurance", "jp:default", "us:default"
	for name, c := range map[string]struct {
		question map[string]any
		want     []string
		single   bool
	}{
		"user":                       {map[string]any{"user_id": "u"}, []string{pass, jp, us}, false},
		"user and country":           {map[string]any{"user_id": "u", "country": "jp"}, []string{pass, jp}, false},
		"user and other country":     {map[string]any{"user_id": "u", "country": "us"}, []string{us}, false},
		"user, country and policy":   {map[string]any{"user_id": "u", "country": "jp", "policy": kycPolicy(passport())}, []string{pass}, true},
		"nothing under the policy":   {map[string]any{"user_id": "u", "country": "jp", "policy": kycPolicy(idCard())}, nil, false},
		"nothing in the country":     {map[string]any{"user_id": "u", "country": "cn"}, nil, false},
		"another user":               {map[string]any{"user_id": "v"}, []string{us}, false},
		"person":                     {map[string]any{"user_id": ppid}, []string{pass, jp, us, us}, false},
		"person and country":         {map[string]any{"user_id": ppid, "country": "jp"}, []string{pass, jp}, false},
		"person, country and policy": {map[string]any{"user_id": ppid, "country": "jp", "policy": kycPolicy(passport())}, []string{pass}, true},
	} {
		t.Run(name, func(t *testing.T) {
			for _, answer := range []map[string]any{a.result13(t, c.question), a.result14(t, c.question)} {
				var got []string
				if c.single {
					require.NotContains(t, answer, "results")
					got = append(got, answer["result"].(map[string]any)["policy_key"].(string))
				} else {
					for _, r := range records(t, answer) {
						got = append(got, r["policy_key"].(string))
					}
				}
				assert.Equal(t, c.want, got)
			}
		})
	}
}

func TestResultForms(t *testing.T) {
	for name, c := range map[string]struct {
		form         tomoidvtest.ResultForm
		all, country bool // answered with a single result
		policy       bool
	}{
		"single when asked": {tomoidvtest.SingleWhenAsked, false, false, true},
		"single when one":   {tomoidvtest.SingleWhenOne, false, true, true},
		"always a list":     {tomoidvtest.AlwaysList, false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			srv := begin(t, tomoidvtest.WithResultForm(c.form), tomoidvtest.WithoutListener())
			a := authorized(t, srv)
			for _, country := range []string{"jp", "us"} {
				a.begin(t, map[string]any{"user_id": "u", "country": country, "kyc_policy": kycPolicy(tomoidvtest.DocumentedPolicies(country)[0])})
				require.NoError(t, srv.Pass("u", hanako()))
			}
			for want, question := range map[*bool]map[string]any{
				&c.all:     {"user_id": "u"},
				&c.country: {"user_id": "u", "country": "jp"},
				&c.policy:  {"user_id": "u", "country": "jp", "policy": kycPolicy(idCard())},
			} {
				answer := a.result13(t, question)
				assert.Equal(t, *want, answer["result"] != nil, question)
				assert.Equal(t, !*want, answer["results"] != nil, question)
				assert.Len(t, answer, 1)
				assert.Len(t, a.result14(t, question), 2)
			}
		})
	}
}

func TestRequestsForResultsThatAreRefused(t *testing.T) {
	a := passed(t, begin(t, tomoidvtest.WithoutListener()))
	for name, c := range map[string]struct{ path, body, want string }{
		"result, no user_id":       {resultPath, `{"country":"jp"}`, "user_id is missing"},
		"result, empty user_id":    {resultPath, `{"user_id":""}`, "invalid body: user_id"},
		"result, null user_id":     {resultPath, `{"user_id":null}`, "invalid body: user_id"},
		"result, country":          {resultPath, `{"user_id":"p","country":"JP"}`, "invalid body: country"},
		"result, null country":     {resultPath, `{"user_id":"p","country":null}`, "invalid body: country"},
		"result, kyc_policy":       {resultPath, `{"user_id":"p","country":"jp","kyc_policy":{}}`, "kyc_policy is not documented"},
		"result, policy null":      {resultPath, `{"user_id":"p","country":"jp","policy":null}`, "invalid body: policy"},
		"result, policy alone":     {resultPath, string(text(map[string]any{"user_id": "p", "policy": kycPolicy(passport())})), "Unsupported kyc_policy"},
		"result, no body":          {resultPath, ``, "not a JSON object"},
		"kyc, no user_id":          {kycPath, `{"country":"jp"}`, "user_id is missing"},
		"kyc, no country":          {kycPath, `{"user_id":"p"}`, "country is missing"},
		"kyc, fields":              {kycPath, `{"user_id":"p","country":"jp","fields":[]}`, "fields is not documented"},
		"reset, no user_id":        {resetPath, `{"country":"jp","kyc_policy":{}}`, "user_id is missing"},
		"reset, no country":        {resetPath, `{"user_id":"p","kyc_policy":{}}`, "country is missing"},
		"reset, no policy":         {resetPath, `{"user_id":"p","country":"jp"}`, "kyc_policy is missing"},
		"reset, policy by another": {resetPath, `{"user_id":"p","country":"jp","policy":{}}`, "policy is not documented"},
		"delete, no user_id":       {deletePath, `{}`, "user_id is missing"},
		"delete, country":          {deletePath, `{"user_id":"p","country":"jp"}`, "country is not documented"},
		"delete, list":             {deletePath, `{"user_id":["p"]}`, "invalid body: user_id"},
		"bulk, no user_ids":        {bulkPath, `{}`, "user_ids is missing"},
		"bulk, text":               {bulkPath, `{"user_ids":"p"}`, "invalid body: user_ids"},
		"bulk, empty":              {bulkPath, `{"user_ids":[]}`, "invalid body: user_ids"},
		"bulk, empty id":           {bulkPath, `{"user_ids":["p",""]}`, "invalid body: user_ids"},
		"bulk, number":             {bulkPath, `{"user_ids":[1]}`, "invalid body: user_ids"},
		"bulk, user_id":            {bulkPath, `{"user_id":"p"}`, "user_id is not documented"},
	} {
		t.Run(name, func(t *testing.T) {
			got := a.post(t, c.path, c.body)
			assert.Equal(t, http.StatusBadRequest, got.status)
			assert.Contains(t, got.json(t)["message"], c.want)
			assert.Len(t, records(t, a.result13(t, `{"user_id":"p"}`)), 1)
		})
	}
}

func TestAbsence(t *testing.T) {
	statuses := map[tomoidvtest.Absence]int{tomoidvtest.EmptyResults: 200, tomoidvtest.BadRequest: 400, tomoidvtest.NotFound: 404}
	check := func(t *testing.T, opts []tomoidvtest.Option, noResult, unknown tomoidvtest.Absence) {
		t.Helper()
		srv := begin(t, append(opts, tomoidvtest.WithoutListener())...)
		a := authorized(t, srv)
		a.begin(t, `{"user_id":"u","country":"jp"}`)
		for id, c := range map[string]struct {
			way     tomoidvtest.Absence
			message string
		}{"u": {noResult, "no result"}, "nobody": {unknown, "unknown user"}} {
			question := map[string]any{"user_id": id, "country": "jp"}
			got := a.post(t, resultPath, question, "Tomo-API-Version", "1.4")
			require.Equal(t, statuses[c.way], got.status, id)
			if c.way == tomoidvtest.EmptyResults {
				assert.Equal(t, map[string]any{"user_id": id, "results": []any{}}, got.json(t))
				assert.Equal(t, `{"results":[]}`, a.post(t, resultPath, question).body)
			} else {
				assert.Equal(t, map[string]any{"message": c.message}, got.json(t))
			}
			got = a.post(t, kycPath, question)
			want := statuses[c.way]
			if want == 200 {
				want = 400
			}
			assert.Equal(t, want, got.status, id)
			assert.Equal(t, map[string]any{"message": c.message}, got.json(t))
		}
	}
	t.Run("as it is", func(t *testing.T) { check(t, nil, tomoidvtest.EmptyResults, tomoidvtest.BadRequest) })
	for one := range statuses {
		for two := range statuses {
			t.Run(http.StatusText(statuses[one])+" and "+http.StatusText(statuses[two]), func(t *testing.T) {
				check(t, []tomoidvtest.Option{tomoidvtest.WithNoResult(one), tomoidvtest.WithUnknownUser(two)}, one, two)
			})
		}
	}
}

func TestStatuses(t *testing.T) {
	for status, end := range map[string]func(*tomoidvtest.Server) error{
		"approved":       func(s *tomoidvtest.Server) error { return s.Pass("u", hanako()) },
		"rejected":       func(s *tomoidvtest.Server) error { return s.Fail("u") },
		"pending_review": func(s *tomoidvtest.Server) error { return s.Review("u", hanako()) },
		"expired":        func(s *tomoidvtest.Server) error { return s.Expire("u") },
		"canceled":       func(s *tomoidvtest.Server) error { return s.Cancel("u") },
	} {
		t.Run(status, func(t *testing.T) {
			for _, opts := range [][]tomoidvtest.Option{nil, {tomoidvtest.WithAllStatusesIn13()}} {
				srv := begin(t, append(opts, tomoidvtest.WithoutListener())...)
				a := authorized(t, srv)
				a.begin(t, map[string]any{"user_id": "u", "country": "jp", "kyc_policy": kycPolicy(passport())})
				require.NoError(t, end(srv))
				assert.Equal(t, status, srv.Attempts()[0].Status)
				view := kycOf(t, only(t, a.result14(t, `{"user_id":"u"}`)))
				assert.Equal(t, status, view["status"])
				assert.Equal(t, "kyc_result.v1", view["schema_version"])
				assert.Equal(t, status == "pending_review", view["completed_at"] == nil)
				assert.Regexp(t, `^ppid\.`, a.result14(t, `{"user_id":"u"}`)["user_id"], "also while nobody is known")
				outcome := map[string]string{"approved": "passed", "rejected": "failed"}[status]
				if outcome == "" {
					outcome = "not_performed"
				}
				checks := view["checks"].(map[string]any)
				assert.Equal(t, outcome, checks["document"].(map[string]any)["outcome"])
				assert.Equal(t, "not_performed", checks["biometric"].(map[string]any)["outcome"])
				shown := status == "approved" || opts != nil
				assert.Equal(t, shown, len(records(t, a.result13(t, `{"user_id":"u"}`))) == 1)
				got := a.post(t, kycPath, `{"user_id":"u","country":"jp"}`)
				assert.Equal(t, shown, got.status == http.StatusOK)
			}
		})
	}
}

func TestChecksOfPolicies(t *testing.T) {
	for key, want := range map[string][]string{
		"us:personal_info:null:personal_info_verf:owner_verf:sms_otp":                            {"data_source", "phone_verification"},
		"us:document:residential_card:document_ocr_check:no_owner_assurance":                     {"document"},
		"jp:document:id_card:government_id_verf:owner_verf:document_secret":                      {"data_source"},
		"cn:document:id_card:document_authenticity_check:owner_check:submitted_doc_selfie_match": {"biometric", "document"},
		"kr:eid:certificate:government_ci_verf:owner_verf:toss":                                  {"certificate", "data_source"},
	} {
		t.Run(key, func(t *testing.T) {
			srv := begin(t, tomoidvtest.WithoutListener())
			a := authorized(t, srv)
			for _, p := range tomoidvtest.DocumentedPolicies(key[:2]) {
				if p.Key(key[:2]) != key {
					continue
				}
				a.begin(t, map[string]any{"user_id": "u", "country": key[:2], "kyc_policy": kycPolicy(p)})
				require.NoError(t, srv.Pass("u", hanako()))
			}
			var got []string
			for name, check := range kycOf(t, only(t, a.result14(t, `{"user_id":"u"}`)))["checks"].(map[string]any) {
				if check.(map[string]any)["outcome"] == "passed" {
					got = append(got, name)
				}
			}
			slices.Sort(got)
			assert.Equal(t, want, got)
		})
	}
}

func TestPPIDs(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := authorized(t, srv)
	given := srv.AddClient(tomoidvtest.Sandbox)
	b := appOf(t, srv, given.ID, given.SecretKey)
	b.authorize(t)
	ppid := func(a *app, userID string, p tomoidvtest.Person) string {
		a.begin(t, map[string]any{"user_id": userID, "country": "jp"})
		require.NoError(t, srv.Pass(userID, p))
		return a.result14(t, map[string]any{"user_id": userID})["user_id"].(string)
	}
	one := ppid(a, "u-1", hanako())
	assert.Regexp(t, `^ppid\.[A-Za-z0-9_-]{43}$`, one)
	assert.Equal(t, one, ppid(a, "u-2", hanako()), "one person")
	assert.NotEqual(t, one, ppid(a, "u-3", minsu()), "another person")
	assert.NotEqual(t, one, ppid(b, "u-4", hanako()), "another client")
	named := hanako()
	named.PPID = "ppid.chosen"
	assert.Equal(t, "ppid.chosen", ppid(a, "u-5", named))

	assert.Len(t, records(t, a.result14(t, map[string]any{"user_id": one})), 2)
	got := b.post(t, resultPath, map[string]any{"user_id": one})
	assert.Equal(t, http.StatusBadRequest, got.status, "another client's PPID is nobody's")
	assert.Equal(t, http.StatusBadRequest, b.post(t, resultPath, `{"user_id":"u-1"}`).status, "and its user is nobody")
	assert.Equal(t, http.StatusBadRequest, b.post(t, kycPath, map[string]any{"user_id": one, "country": "jp"}).status)
	assert.Equal(t, `{"status":"not_deletable"}`, b.post(t, deletePath, map[string]any{"user_id": one}).body)
	assert.Len(t, records(t, a.result14(t, map[string]any{"user_id": one})), 2)
}

func TestSharedPPIDs(t *testing.T) {
	srv := begin(t, tomoidvtest.WithSharedPPIDs(), tomoidvtest.WithoutListener())
	a := passed(t, srv)
	given := srv.AddClient(tomoidvtest.Sandbox)
	b := appOf(t, srv, given.ID, given.SecretKey)
	b.authorize(t)
	b.begin(t, `{"user_id":"q","country":"jp"}`)
	require.NoError(t, srv.Pass("q", hanako()))
	one, two := a.result14(t, `{"user_id":"p"}`)["user_id"], b.result14(t, `{"user_id":"q"}`)["user_id"]
	assert.Equal(t, one, two)
	assert.Len(t, records(t, a.result14(t, map[string]any{"user_id": two})), 1, "records are not shared")
}

func TestIDsInAnswers(t *testing.T) {
	srv := begin(t, tomoidvtest.WithSentUserID(), tomoidvtest.WithOpaqueAuthIDs(), tomoidvtest.WithoutListener())
	a := passed(t, srv)
	ppid := srv.Attempts()[0].PPID
	one, two := a.result14(t, `{"user_id":"p"}`), a.result14(t, map[string]any{"user_id": ppid})
	assert.Equal(t, "p", one["user_id"])
	assert.Equal(t, ppid, two["user_id"])
	authID := only(t, one)["auth_id"].(string)
	assert.NotEqual(t, "p", authID)
	assert.NotEqual(t, ppid, authID)
	assert.Len(t, authID, 43)
	assert.Equal(t, authID, only(t, two)["auth_id"])

	a = passed(t, begin(t, tomoidvtest.WithoutListener()))
	assert.Equal(t, "p", only(t, a.result14(t, `{"user_id":"p"}`))["auth_id"])
	assert.Equal(t, "p", only(t, a.result13(t, `{"user_id":"p"}`))["auth_id"])
}

func TestPersonWideResults(t *testing.T) {
	for _, wide := range []bool{false, true} {
		opts := []tomoidvtest.Option{tomoidvtest.WithoutListener()}
		want := 1
		if wide {
			opts, want = append(opts, tomoidvtest.WithPersonWideResults()), 2
		}
		srv := begin(t, opts...)
		a := authorized(t, srv)
		for user, p := range map[string]tomoidvtest.Person{"u": hanako(), "v": hanako(), "w": minsu()} {
			a.begin(t, map[string]any{"user_id": user, "country": "jp"})
			require.NoError(t, srv.Pass(user, p))
		}
		a.begin(t, `{"user_id":"x","country":"jp"}`)
		assert.Len(t, records(t, a.result14(t, `{"user_id":"u"}`)), want)
		assert.Len(t, records(t, a.result14(t, `{"user_id":"w"}`)), 1)
		assert.Empty(t, records(t, a.result14(t, `{"user_id":"x"}`)))
	}
}

func TestTwoPersonsUnderOneUser(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := authorized(t, srv)
	a.begin(t, `{"user_id":"u","country":"jp"}`)
	require.NoError(t, srv.Pass("u", hanako()))
	first := a.result14(t, `{"user_id":"u"}`)["user_id"]
	a.begin(t, `{"user_id":"u","country":"jp"}`)
	require.NoError(t, srv.Pass("u", minsu()))
	second := a.result14(t, `{"user_id":"u"}`)
	assert.NotEqual(t, first, second["user_id"])
	assert.Equal(t, "김민수", only(t, second)["result"].(map[string]any)["full_name"], "the later takes the place of the earlier")
}
