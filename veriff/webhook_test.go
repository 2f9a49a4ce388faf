package veriff_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

func parse(tb testing.TB, body []byte) (veriff.Webhook, error) {
	verifier, err := veriff.NewVerifier(apiKey, sharedSecret)
	require.NoError(tb, err)
	return verifier.Parse(webhookHeader(body), body)
}

func TestDecisionWebhook(t *testing.T) {
	body := fixture(t, "answers", "decision_approved.json")
	webhook, err := parse(t, body)
	require.NoError(t, err)
	decision := webhook.(*veriff.Decision)
	assert.True(t, decision.Approved())
	assert.Equal(t, "192.0.2.7", decision.TechnicalData.IP)
	assert.True(t, decision.Meta().Signed())
	assert.Equal(t, body, decision.Meta().Raw())

	body[len(body)/2] = 'X'
	assert.NotEqual(t, body, decision.Meta().Raw(), "the caller may use its buffer again")
}

func TestEventWebhook(t *testing.T) {
	body := fixture(t, "webhooks", "event_submitted.json")
	webhook, err := parse(t, body)
	require.NoError(t, err)
	event := webhook.(*veriff.Event)
	assert.Equal(t, veriff.EventCode(7002), event.Code)
	assert.Equal(t, veriff.EventAction("submitted"), event.Action)
	assert.Equal(t, body, event.Meta().Raw())
	stored, err := json.Marshal(event)
	require.NoError(t, err)
	assert.JSONEq(t, string(body), string(stored), "every field")
}

func TestPublishedEventShape(t *testing.T) {
	webhook, err := parse(t, []byte(`{"id":"`+sessionID+`","feature":"selfid","code":7001,"action":"started"}`))
	require.NoError(t, err)
	assert.Equal(t, veriff.EventActionStarted, webhook.(*veriff.Event).Action)
}

func TestUnknownWebhookKeepsItsBytes(t *testing.T) {
	for name, body := range map[string][]byte{
		"watchlist": fixture(t, "webhooks", "watchlist.json"), "action alone": []byte(`{"id":"x","action":"rejected"}`), "code alone": []byte(`{"id":"x","code":7001}`), "new kind": []byte(`{"kind":"aura","id":"x"}`), "empty object": []byte(`{}`),
	} {
		webhook, err := parse(t, body)
		require.NoError(t, err, name)
		require.IsType(t, &veriff.UnknownWebhook{}, webhook, name)
		assert.Equal(t, body, webhook.Meta().Raw(), name)
		assert.True(t, webhook.Meta().Signed(), name)
	}
}

func TestGenuineWebhooksThatCannotBeRead(t *testing.T) {
	for name, body := range map[string]string{
		"empty": "", "no JSON": "status=approved", "HTML": "<html>", "cut off": `{"status":"success","verif`, "list": `[]`, "text": `"x"`,
		"garbage behind":      `{"status":"success","verification":{"id":"` + sessionID + `"}}{}`,
		"no session":          `{"status":"success","verification":{"status":"approved","code":9001}}`,
		"session of no form":  `{"status":"success","verification":{"id":"../x","status":"approved","code":9001}}`,
		"event of no session": `{"feature":"selfid","code":7001,"action":"started"}`,
		"fail":                `{"status":"fail","verification":{"id":"` + sessionID + `"}}`,
		"no envelope status":  `{"verification":{"id":"` + sessionID + `","status":"approved","code":9001}}`,
		"status twice":        `{"status":"success","verification":{"id":"` + sessionID + `","status":"declined","status":"approved"}}`,
		"case twin":           `{"status":"success","verification":{"id":"` + sessionID + `","status":"declined"},"Verification":{"id":"` + sessionID + `","status":"approved","code":9001}}`,
		"verification a text": `{"status":"success","verification":"approved"}`,
		"wrong type":          `{"status":"success","verification":{"id":"` + sessionID + `","code":{}}}`,
		"event, wrong type":   `{"id":"` + sessionID + `","feature":"selfid","code":[],"action":"started"}`,
		"not UTF-8":           "{\"status\":\"success\",\"x\":\"\xff\"}",
	} {
		webhook, err := parse(t, []byte(body))
		assert.Nil(t, webhook, name)
		require.ErrorIs(t, err, veriff.ErrInvalidAnswer, name)
		assertKinds(t, err, veriff.ErrInvalidAnswer)
	}
}
