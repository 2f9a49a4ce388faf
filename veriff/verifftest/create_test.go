package verifftest_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

const uuid4 = `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`

func TestCreatedSession(t *testing.T) {
	srv := start(t)
	a := create(t, srv, `{"vendorData":"a&<b>","endUserId":"8E4f7cd8-7a19-1d7d-971f-a076407ee03c"}`)
	require.Equal(t, http.StatusCreated, a.status)
	assert.Contains(t, a.body, `"vendorData":"a&<b>"`, "as a JavaScript server writes it")
	v := a.verification(t)
	assert.Regexp(t, uuid4, v["id"])
	assert.Equal(t, srv.URL+"/v/"+v["sessionToken"].(string), v["url"])
	assert.Equal(t, map[string]any{
		"id": v["id"], "url": v["url"], "sessionToken": v["sessionToken"], "host": srv.URL, "status": "created",
		"vendorData": "a&<b>", "endUserId": "8E4f7cd8-7a19-1d7d-971f-a076407ee03c",
	}, v)

	other := create(t, srv, `{}`).verification(t)
	assert.NotEqual(t, v["id"], other["id"])
	assert.NotEqual(t, v["sessionToken"], other["sessionToken"])
	assert.Nil(t, other["vendorData"])
	assert.Nil(t, other["endUserId"])

	known := srv.Sessions()
	require.Len(t, known, 2)
	assert.Regexp(t, uuid4, known[0].AttemptID)
	assert.Equal(t, verifftest.Session{
		ID: v["id"].(string), URL: v["url"].(string), AttemptID: known[0].AttemptID, Status: "created",
		VendorData: "a&<b>", EndUserID: "8E4f7cd8-7a19-1d7d-971f-a076407ee03c",
	}, known[0])
}

func TestOldCreateReply(t *testing.T) {
	srv := start(t, verifftest.WithOldCreateReply())
	v := create(t, srv, `{"vendorData":"a"}`).verification(t)
	assert.Equal(t, map[string]any{"id": v["id"], "url": v["url"], "sessionToken": v["sessionToken"], "baseUrl": srv.URL}, v)
	assert.NotEmpty(t, v["url"])
}

func TestAcceptedProperties(t *testing.T) {
	srv := start(t)
	now := time.Now()
	for name, verification := range map[string]string{
		"nothing": `{}`,
		"everything of today": `{"callback":"https://a.invalid/b?c=d","person":{"firstName":"Mirae","lastName":"Hong","fullName":"Mirae Hong",
			"idNumber":"1","phoneNumber":"+82","email":"a@a.invalid","gender":"FEMALE","dateOfBirth":"2000-02-29",
			"maritalStatus":"single","isDeceased":false},"document":{"number":"aZ09","country":"XK","type":"RESIDENCE_PERMIT",
			"idCardType":"CE","firstIssue":"2020-01-31"},"address":{"fullAddress":"1 A Street"},
			"proofOfAddress":{"acceptableTypes":[{"name":"UTILITY_BILL"}]},"vendorData":"","endUserId":"8e4f7cd8-7a19-4d7d-971f-a076407ee03c",
			"consents":[{"type":"ine","approved":true},{"type":"bipa","approved":false},{"type":"aadhaar","approved":true}]}`,
		"everything of document 003": `{"callback":"https://a.invalid","person":{"firstName":"A","lastName":"B","idNumber":"123456789"},
			"document":{"number":"B01234567","type":"PASSPORT","country":"EE"},"additionalData":{"citizenship":"EE","n":1,"b":true,"none":null},
			"vendorData":"11111111","lang":"en","features":["selfid"],"timestamp":"` + now.UTC().Format("2006-01-02T15:04:05.000Z") + `"}`,
		"timestamp with an offset":      `{"timestamp":"` + now.In(time.FixedZone("", 9*3600)).Format(time.RFC3339) + `"}`,
		"timestamp just young enough":   `{"timestamp":"` + now.Add(-59*time.Minute).Format(time.RFC3339) + `"}`,
		"vendorData of 1000 symbols":    `{"vendorData":"` + strings.Repeat("한", 1000) + `"}`,
		"no features":                   `{"features":[]}`,
		"document number of any length": `{"document":{"number":"MORGA753116SM9IJ"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			a := create(t, srv, verification)
			assert.Equal(t, http.StatusCreated, a.status, a.body)
		})
	}
}

func TestRefusedBodies(t *testing.T) {
	srv := start(t)
	srv.SetTime(time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC))
	verification := func(v string) string { return `{"verification":` + v + `}` }
	for name, c := range map[string]struct{ body, code string }{
		"empty object":                  {`{}`, "1102"},
		"null":                          {`null`, "1102"},
		"list":                          {`[]`, "1102"},
		"verification is null":          {verification(`null`), "1102"},
		"verification is a list":        {verification(`[]`), "1102"},
		"verification misspelt":         {`{"Verification":{}}`, "1102"},
		"not JSON":                      {`verification`, "1104"},
		"cut off":                       {`{"verification":{}`, "1104"},
		"followed by garbage":           {verification(`{}`) + `}`, "1104"},
		"two texts":                     {verification(`{}`) + verification(`{}`), "1104"},
		"not UTF-8":                     {verification(`{"vendorData":"` + "\xff" + `"}`), "1104"},
		"unknown beside verification":   {`{"verification":{},"callback":"https://a.invalid"}`, "1104"},
		"unknown property":              {verification(`{"vendor_data":"a"}`), "1104"},
		"case of a property":            {verification(`{"VendorData":"a"}`), "1104"},
		"unknown property of person":    {verification(`{"person":{"firstname":"A"}}`), "1104"},
		"unknown property of document":  {verification(`{"document":{"id":"A"}}`), "1104"},
		"unknown property of consent":   {verification(`{"consents":[{"kind":"ine"}]}`), "1104"},
		"unknown property of address":   {verification(`{"address":{"street":"A"}}`), "1104"},
		"unknown of proofOfAddress":     {verification(`{"proofOfAddress":{"types":[]}}`), "1104"},
		"person is a string":            {verification(`{"person":"A"}`), "1104"},
		"person is null":                {verification(`{"person":null}`), "1104"},
		"name is a number":              {verification(`{"person":{"firstName":1}}`), "1104"},
		"name is null":                  {verification(`{"person":{"lastName":null}}`), "1104"},
		"gender":                        {verification(`{"person":{"gender":"female"}}`), "1104"},
		"maritalStatus":                 {verification(`{"person":{"maritalStatus":"Single"}}`), "1104"},
		"isDeceased":                    {verification(`{"person":{"isDeceased":"false"}}`), "1104"},
		"dateOfBirth is a number":       {verification(`{"person":{"dateOfBirth":19900131}}`), "1104"},
		"dateOfBirth with slashes":      {verification(`{"person":{"dateOfBirth":"1990/01/31"}}`), "1203"},
		"dateOfBirth with a time":       {verification(`{"person":{"dateOfBirth":"1990-01-31T00:00:00Z"}}`), "1203"},
		"dateOfBirth that never was":    {verification(`{"person":{"dateOfBirth":"1990-02-30"}}`), "2003"},
		"dateOfBirth to come":           {verification(`{"person":{"dateOfBirth":"2026-02-01"}}`), "2003"},
		"document is a list":            {verification(`{"document":[]}`), "1104"},
		"document number is a number":   {verification(`{"document":{"number":1}}`), "1104"},
		"document number with a hyphen": {verification(`{"document":{"number":"AB-12"}}`), "2102"},
		"document number is empty":      {verification(`{"document":{"number":""}}`), "2102"},
		"document type of the answers":  {verification(`{"document":{"type":"DRIVERS_LICENCE"}}`), "2103"},
		"document type in lower case":   {verification(`{"document":{"type":"passport"}}`), "2103"},
		"document type is a number":     {verification(`{"document":{"type":1}}`), "1104"},
		"country in lower case":         {verification(`{"document":{"country":"kr"}}`), "2104"},
		"country of three letters":      {verification(`{"document":{"country":"KOR"}}`), "2104"},
		"country that is none":          {verification(`{"document":{"country":"UK"}}`), "2104"},
		"country is a space":            {verification(`{"document":{"country":"R "}}`), "2104"},
		"country is a number":           {verification(`{"document":{"country":82}}`), "1104"},
		"idCardType":                    {verification(`{"document":{"idCardType":"XX"}}`), "1104"},
		"firstIssue":                    {verification(`{"document":{"firstIssue":"31.1.2020"}}`), "1203"},
		"address is a string":           {verification(`{"address":"A"}`), "1104"},
		"fullAddress is a number":       {verification(`{"address":{"fullAddress":1}}`), "1104"},
		"acceptableTypes is an object":  {verification(`{"proofOfAddress":{"acceptableTypes":{}}}`), "1104"},
		"acceptable type is a string":   {verification(`{"proofOfAddress":{"acceptableTypes":["A"]}}`), "1104"},
		"consents is an object":         {verification(`{"consents":{}}`), "1104"},
		"consent type":                  {verification(`{"consents":[{"type":"INE"}]}`), "1104"},
		"consent approved":              {verification(`{"consents":[{"type":"ine","approved":"true"}]}`), "1104"},
		"vendorData of 1001 symbols":    {verification(`{"vendorData":"` + strings.Repeat("한", 1001) + `"}`), "1500"},
		"vendorData of 1001 letters":    {verification(`{"vendorData":"` + strings.Repeat("a", 1001) + `"}`), "1500"},
		"two countries":                 {verification(`{"document":{"country":"AD AE"}}`), "2104"},
		"vendorData is a number":        {verification(`{"vendorData":1}`), "1501"},
		"vendorData is null":            {verification(`{"vendorData":null}`), "1501"},
		"vendorData is an object":       {verification(`{"vendorData":{"id":"a"}}`), "1501"},
		"endUserId is no UUID":          {verification(`{"endUserId":"user-1"}`), "1104"},
		"additionalData is nested":      {verification(`{"additionalData":{"a":{"b":"c"}}}`), "1104"},
		"additionalData has a list":     {verification(`{"additionalData":{"a":[]}}`), "1104"},
		"additionalData is a string":    {verification(`{"additionalData":"a"}`), "1104"},
		"lang is a number":              {verification(`{"lang":1}`), "1104"},
		"features is a string":          {verification(`{"features":"selfid"}`), "1104"},
		"feature that is none":          {verification(`{"features":["selfid","video_call"]}`), "1301"},
		"timestamp without a zone":      {verification(`{"timestamp":"2026-01-31T11:59:59"}`), "1202"},
		"timestamp is a number":         {verification(`{"timestamp":1769860800}`), "1202"},
		"timestamp over an hour old":    {verification(`{"timestamp":"2026-01-31T10:59:59.999Z"}`), "1201"},
		"callback over http":            {verification(`{"callback":"http://a.invalid/"}`), "1302"},
		"callback to loopback":          {verification(`{"callback":"http://127.0.0.1/"}`), "1302"},
		"callback into an app":          {verification(`{"callback":"app://done"}`), "1302"},
		"callback without a host":       {verification(`{"callback":"https:///done"}`), "1302"},
		"callback is a path":            {verification(`{"callback":"/done"}`), "1302"},
		"callback is empty":             {verification(`{"callback":""}`), "1302"},
		"callback is no URL":            {verification(`{"callback":"https://%"}`), "1302"},
		"callback is a number":          {verification(`{"callback":1}`), "1104"},
	} {
		t.Run(name, func(t *testing.T) {
			a := send(t, inProcess(srv), "POST", srv.URL+sessions, c.body, "X-AUTH-CLIENT", srv.APIKey)
			assert.Equal(t, http.StatusBadRequest, a.status)
			assert.Contains(t, a.body, `{"status":"fail","code":"`+c.code+`","message":"`)
		})
	}
	assert.Empty(t, srv.Sessions(), "nothing was created")
}

func TestTimestampFollowsTheClock(t *testing.T) {
	srv := start(t)
	srv.SetTime(time.Date(2020, 1, 31, 12, 0, 0, 0, time.UTC))
	a := create(t, srv, `{"timestamp":"2020-01-31T11:00:00Z"}`)
	assert.Equal(t, http.StatusCreated, a.status, a.body)
}

func TestContentType(t *testing.T) {
	srv := start(t)
	for name, c := range map[string]struct {
		contentType string
		want        int
	}{
		"none":         {"", 400},
		"form":         {"application/x-www-form-urlencoded", 400},
		"text":         {"text/plain", 400},
		"JSON":         {"application/json", 201},
		"with charset": {"application/json; charset=utf-8", 201},
	} {
		t.Run(name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), "POST", srv.URL+sessions, strings.NewReader(`{"verification":{}}`))
			require.NoError(t, err)
			req.Header.Set("X-AUTH-CLIENT", srv.APIKey)
			if c.contentType != "" {
				req.Header.Set("Content-Type", c.contentType)
			}
			resp, err := inProcess(srv).Do(req)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			assert.Equal(t, c.want, resp.StatusCode)
		})
	}
}

func TestHugeBody(t *testing.T) {
	both(t, func(t *testing.T, srv *verifftest.Server, client *http.Client) {
		body := `{"verification":{"lang":"` + strings.Repeat("a", 1<<20) + `"}}`
		a := send(t, client, "POST", srv.URL+sessions, body, "X-AUTH-CLIENT", srv.APIKey)
		assert.Equal(t, http.StatusRequestEntityTooLarge, a.status)
		assert.Contains(t, a.body, `"status":"fail"`)
		assert.Len(t, srv.Requests(), 1)
	})
}

func TestCreateOptions(t *testing.T) {
	for name, c := range map[string]struct {
		option       verifftest.Option
		verification string
		status       int
		code         string
	}{
		"timestamp required":            {verifftest.WithTimestampRequired(), `{}`, 400, "1102"},
		"timestamp required and given":  {verifftest.WithTimestampRequired(), `{"timestamp":"` + time.Now().Format(time.RFC3339) + `"}`, 201, ""},
		"unknown properties":            {verifftest.WithUnknownProperties(), `{"new":1,"person":{"new":{}},"document":{"new":[]},"address":{"new":1}}`, 201, ""},
		"short document number":         {verifftest.WithDocumentNumberLength(), `{"document":{"number":"12345"}}`, 400, "2101"},
		"document number of 6":          {verifftest.WithDocumentNumberLength(), `{"document":{"number":"123456"}}`, 201, ""},
		"document number of 9":          {verifftest.WithDocumentNumberLength(), `{"document":{"number":"123456789"}}`, 201, ""},
		"long document number":          {verifftest.WithDocumentNumberLength(), `{"document":{"number":"1234567890"}}`, 400, "2101"},
		"callback to 127.0.0.1":         {verifftest.WithLoopbackCallbacks(), `{"callback":"http://127.0.0.1:80/"}`, 201, ""},
		"callback to ::1":               {verifftest.WithLoopbackCallbacks(), `{"callback":"http://[::1]/"}`, 201, ""},
		"callback to localhost":         {verifftest.WithLoopbackCallbacks(), `{"callback":"http://localhost/"}`, 201, ""},
		"callback to somewhere by http": {verifftest.WithLoopbackCallbacks(), `{"callback":"http://localhost.invalid/"}`, 400, "1302"},
	} {
		t.Run(name, func(t *testing.T) {
			a := create(t, start(t, c.option), c.verification)
			assert.Equal(t, c.status, a.status)
			if c.code != "" {
				assert.Contains(t, a.body, `"code":"`+c.code+`"`)
			}
		})
	}
}

func TestRequestsAreKept(t *testing.T) {
	both(t, func(t *testing.T, srv *verifftest.Server, client *http.Client) {
		send(t, client, "POST", srv.URL+sessions+"?a=b", `{"verification":{}}`, "X-AUTH-CLIENT", "wrong", "X-One", "1")
		send(t, client, "GET", srv.URL+"/nothing", "")
		requests := srv.Requests()
		require.Len(t, requests, 2)
		assert.Equal(t, "POST", requests[0].Method)
		assert.Equal(t, sessions, requests[0].Path)
		assert.Equal(t, "a=b", requests[0].Query)
		assert.Equal(t, "1", requests[0].Header.Get("X-One"))
		assert.Equal(t, `{"verification":{}}`, string(requests[0].Body))
		assert.Equal(t, "/nothing", requests[1].Path)
		assert.Empty(t, requests[1].Body)
	})
}

func TestCredentialsAreRandom(t *testing.T) {
	one, two := start(t), start(t)
	assert.Regexp(t, regexp.MustCompile(uuid4), one.APIKey)
	assert.NotEqual(t, one.APIKey, two.APIKey)
	assert.NotEqual(t, one.Secret, two.Secret)
	assert.GreaterOrEqual(t, len(one.Secret), 32)
}
