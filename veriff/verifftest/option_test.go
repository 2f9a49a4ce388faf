package verifftest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

func TestTestNames(t *testing.T) {
	for name, want := range map[string]string{"Approve": "approved", "Decline": "declined", "Resubmit": "resubmission_requested", "approve": "submitted"} {
		t.Run(name, func(t *testing.T) {
			verification := `{"person":{"firstName":"` + name + `"}}`
			srv := start(t, verifftest.WithTestNames())
			id := created(t, srv, verification)
			uploaded(t, srv, id, image("face", jpegFile))
			a := submit(t, srv, id, submission)
			require.Equal(t, 200, a.status, a.body)
			assert.Equal(t, "submitted", a.verification(t)["status"])
			assert.Equal(t, want, status(t, srv, id))

			id = created(t, srv, verification)
			require.NoError(t, srv.Submit(id))
			assert.Equal(t, want, status(t, srv, id), "in the hosted flow too")

			session := create(t, srv, verification).verification(t)
			a = click(t, inProcess(srv), session["url"].(string), "decline", "declineReason", "101", "firstName", "Mirae")
			assert.Equal(t, http.StatusSeeOther, a.status, "the person is done")
			clicked := want
			if name == "approve" {
				clicked = "declined"
			}
			assert.Equal(t, clicked, status(t, srv, session["id"].(string)), "whatever is clicked")

			srv = start(t)
			id = created(t, srv, verification)
			require.NoError(t, srv.Submit(id))
			assert.Equal(t, "submitted", status(t, srv, id), "only by the option")
		})
	}
}

func TestShortVendorData(t *testing.T) {
	srv := start(t, verifftest.WithShortVendorData())
	data := func(n int) string { return `{"vendorData":"` + strings.Repeat("0", n) + `"}` }
	assert.Equal(t, http.StatusCreated, create(t, srv, data(40)).status)
	a := create(t, srv, data(41))
	assert.Equal(t, "400 1500", a.refused(t))
	assert.Equal(t, "Vendor data cannot be more than 40 symbols.", a.object(t)["message"])
}

func TestRegistryChecks(t *testing.T) {
	srv := start(t, verifftest.WithRegistryChecks())
	for name, c := range map[string]struct{ verification, refused string }{
		"nothing":            {`{}`, "400 1308"},
		"no number":          {`{"person":{"fullName":"A B","dateOfBirth":"1990-01-31"}}`, "400 1308"},
		"no name":            {`{"person":{"idNumber":"7","dateOfBirth":"1990-01-31"}}`, "400 1309"},
		"half a name":        {`{"person":{"idNumber":"7","firstName":"A","dateOfBirth":"1990-01-31"}}`, "400 1309"},
		"other half":         {`{"person":{"idNumber":"7","lastName":"B","dateOfBirth":"1990-01-31"}}`, "400 1309"},
		"no date or address": {`{"person":{"idNumber":"7","fullName":"A B"}}`, "400 1310"},
		"wrong date":         {`{"person":{"idNumber":"7","fullName":"A B","dateOfBirth":"today"}}`, "400 1203"},
		"full name, date":    {`{"person":{"idNumber":"7","fullName":"A B","dateOfBirth":"1990-01-31"}}`, ""},
		"names, address":     {`{"person":{"idNumber":"7","firstName":"A","lastName":"B"},"address":{"fullAddress":"1 A"}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := create(t, srv, c.verification)
			if c.refused == "" {
				assert.Equal(t, http.StatusCreated, a.status, a.body)
				return
			}
			assert.Equal(t, c.refused, a.refused(t))
		})
	}
}

func TestKeyOptions(t *testing.T) {
	body := `{"verification":{}}`
	post := func(t *testing.T, srv *verifftest.Server, key string) string {
		return send(t, inProcess(srv), "POST", srv.URL+sessions, body, "X-AUTH-CLIENT", key).refused(t)
	}
	t.Run("inactive integration", func(t *testing.T) {
		srv := start(t, verifftest.WithInactiveIntegration())
		assert.Equal(t, "401 1804", post(t, srv, srv.APIKey))
		assert.Equal(t, "401 1803", post(t, srv, "8e4f7cd8-7a19-4d7d-971f-a076407ee03c"))
	})
	t.Run("old refusal of a key", func(t *testing.T) {
		srv := start(t, verifftest.WithOldKeyRefusals())
		assert.Equal(t, "401 1101", post(t, srv, "8e4f7cd8-7a19-4d7d-971f-a076407ee03c"))
	})
}

func TestEndingsOnEventWebhook(t *testing.T) {
	srv := start(t, verifftest.WithEndingsOnEventWebhook())
	srv.SetTime(time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC))
	expiring, leaving, declining := created(t, srv, `{}`), created(t, srv, `{}`), created(t, srv, `{}`)
	require.NoError(t, srv.Open(leaving))
	require.NoError(t, srv.Submit(declining))
	require.NoError(t, srv.Decline(declining, 101, ""))
	before := len(srv.Webhooks())
	assert.Equal(t, verifftest.DecisionWebhook, srv.Webhooks()[before-1].Kind)
	srv.Advance(7 * 24 * time.Hour)
	webhooks := srv.Webhooks()[before:]
	require.Len(t, webhooks, 2)
	for i, id := range []string{expiring, leaving} {
		assert.Equal(t, verifftest.EventWebhook, webhooks[i].Kind)
		assert.Equal(t, decision(t, srv, id).body, string(webhooks[i].Body))
	}
}
