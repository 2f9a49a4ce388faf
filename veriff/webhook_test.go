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

func TestWatchlistWebhook(t *testing.T) {
	for _, name := range []string{"watchlist.json", "watchlist_possible_match.json"} {
		body := fixture(t, "webhooks", name)
		webhook, err := parse(t, body)
		require.NoError(t, err, name)
		screening := webhook.(*veriff.WatchlistScreening)
		assert.Equal(t, sessionID, screening.SessionID, name)
		assert.Equal(t, "attempt-1", screening.VendorData, name)
		assert.Equal(t, veriff.CheckTypeUpdatedResult, screening.CheckType, name)
		assert.True(t, screening.Meta().Signed(), name)
		assert.Equal(t, body, screening.Meta().Raw(), name)
		if name == "watchlist.json" {
			assert.Equal(t, veriff.MatchStatusNoMatch, screening.MatchStatus)
			continue
		}
		stored, err := json.Marshal(screening)
		require.NoError(t, err)
		assert.JSONEq(t, string(body), string(stored), "every field")
	}
}

func TestFullAutoWebhook(t *testing.T) {
	body := fixture(t, "webhooks", "fullauto.json")
	webhook, err := parse(t, body)
	require.NoError(t, err)
	decision := webhook.(*veriff.FullAutoDecision)
	assert.Equal(t, sessionID, decision.SessionID)
	assert.Equal(t, veriff.Text("approved"), decision.Decision)
	assert.Equal(t, body, decision.Meta().Raw())
	assert.True(t, decision.Meta().Signed())
}

// A webhook is of a kind only if nothing else can be meant, and nothing but a
// decision becomes a *Decision.
func TestWebhookKinds(t *testing.T) {
	const id, sid = `"id":"` + sessionID + `"`, `"sessionId":"` + sessionID + `"`
	const event, watchlist, fullAuto = `"action":"started","code":7001`, `"checkType":"initial_result","matchStatus":"no_match"`, `"decision":"approved","decisionScore":0.9`
	type (
		decision  = *veriff.Decision
		unknown   = *veriff.UnknownWebhook
		machine   = *veriff.FullAutoDecision
		screening = *veriff.WatchlistScreening
	)
	for name, test := range map[string]struct {
		body string
		want veriff.Webhook
	}{
		"decision":                           {`{"status":"success","verification":{` + id + `,"status":"approved","code":9001}}`, decision(nil)},
		"decision without a status":          {`{"status":"success","verification":{` + id + `,"code":9102}}`, decision(nil)},
		"decision without a code":            {`{"status":"success","verification":{` + id + `,"status":"declined"}}`, decision(nil)},
		"decision of a code of no list":      {`{"status":"success","verification":{` + id + `,"status":"quantum","code":"9999"}}`, decision(nil)},
		"decision with new members":          {`{"status":"success","verification":{` + id + `,"status":"declined","code":9102,` + fullAuto + `},"sessionId":"x",` + event + `,` + watchlist + `}`, decision(nil)},
		"event":                              {`{` + id + `,` + event + `}`, (*veriff.Event)(nil)},
		"event with a null verification":     {`{` + id + `,` + event + `,"verification":null,"data":7}`, (*veriff.Event)(nil)},
		"watchlist":                          {`{` + sid + `,` + watchlist + `}`, screening(nil)},
		"watchlist, unknown values":          {`{` + sid + `,"checkType":"third","matchStatus":"true_match"}`, screening(nil)},
		"full auto":                          {`{` + sid + `,` + fullAuto + `}`, machine(nil)},
		"full auto, in a verification":       {`{"status":"success","verification":{` + id + `,` + fullAuto + `}}`, machine(nil)},
		"full auto, status of no decision":   {`{"verification":{` + id + `,"status":"done","decision":"x","insights":[]}}`, machine(nil)},
		"full auto, in data":                 {`{"data":{` + sid + `,` + fullAuto + `}}`, machine(nil)},
		"full auto, all over the place":      {`{` + id + `,"data":{` + sid + `,"verification":{` + id + `,"decision":"declined","insights":{"a":1}}}}`, machine(nil)},
		"full auto of no session":            {`{` + fullAuto + `}`, unknown(nil)},
		"full auto of two sessions":          {`{"sessionId":"` + otherID + `","verification":{` + id + `,` + fullAuto + `}}`, unknown(nil)},
		"full auto of no status of success":  {`{"status":"fail",` + sid + `,` + fullAuto + `}`, unknown(nil)},
		"full auto, two decisions":           {`{` + sid + `,` + fullAuto + `,"data":{` + fullAuto + `}}`, unknown(nil)},
		"full auto, another shape":           {`{` + sid + `,"decision":"approved","decisionScore":{"value":1}}`, unknown(nil)},
		"decision alone":                     {`{` + sid + `,"decision":"approved"}`, unknown(nil)},
		"null members of full auto":          {`{` + sid + `,"decision":"approved","decisionScore":null}`, unknown(nil)},
		"event and watchlist":                {`{` + id + `,` + sid + `,` + event + `,` + watchlist + `}`, unknown(nil)},
		"event and full auto":                {`{` + id + `,` + event + `,` + fullAuto + `}`, unknown(nil)},
		"watchlist and full auto":            {`{` + sid + `,` + watchlist + `,` + fullAuto + `}`, unknown(nil)},
		"action alone":                       {`{` + id + `,"action":"rejected"}`, unknown(nil)},
		"code alone":                         {`{` + id + `,"code":9001}`, unknown(nil)},
		"matchStatus alone":                  {`{` + sid + `,"matchStatus":"no_match"}`, unknown(nil)},
		"status and code, no verification":   {`{` + id + `,"status":"approved","code":9001}`, unknown(nil)},
		"decision in data":                   {`{"status":"success","data":{"verification":{` + id + `,"status":"approved","code":9001}}}`, unknown(nil)},
		"a verification that is a session":   {`{"status":"success","verification":{` + id + `}}`, unknown(nil)},
		"a verification of a status of ours": {`{"status":"success","verification":{` + id + `,"status":"vip_checked"}}`, unknown(nil)},
		"a verification of CURP":             {`{"status":"success","verification":{` + id + `,"statusCurp":"found","curp":"x"}}`, unknown(nil)},
		"a verification with nulls":          {`{"status":"success","verification":{` + id + `,"status":null,"code":null}}`, unknown(nil)},
		"a verification that is a text":      {`{"status":"success","verification":"approved"}`, unknown(nil)},
		"a verification that is a list":      {`{"status":"success","verification":[{` + id + `,"status":"approved","code":9001}]}`, unknown(nil)},
		"a decision in capitals":             {`{"status":"success","Verification":{` + id + `,"Status":"approved","Code":9001}}`, unknown(nil)},
		"a new kind":                         {`{"kind":"aura",` + id + `}`, unknown(nil)},
		"an empty object":                    {`{}`, unknown(nil)},
	} {
		webhook, err := parse(t, []byte(test.body))
		require.NoError(t, err, name)
		require.IsType(t, test.want, webhook, name)
		assert.Equal(t, test.body, string(webhook.Meta().Raw()), name)
		assert.True(t, webhook.Meta().Signed(), name)
	}
}

func TestGenuineWebhooksThatCannotBeRead(t *testing.T) {
	for name, body := range map[string]string{
		"empty": "", "no JSON": "status=approved", "HTML": "<html>", "cut off": `{"status":"success","verif`, "list": `[]`, "text": `"x"`,
		"garbage behind":      `{"status":"success","verification":{"id":"` + sessionID + `"}}{}`,
		"no session":          `{"status":"success","verification":{"status":"approved","code":9001}}`,
		"session of no form":  `{"status":"success","verification":{"id":"../x","status":"approved","code":9001}}`,
		"null session":        `{"status":"success","verification":{"id":null,"code":9001}}`,
		"no session to watch": `{"checkType":"updated_result","matchStatus":"no_match"}`,
		"watchlist, wrong":    `{"checkType":"updated_result","matchStatus":"no_match","sessionId":"` + sessionID + `","hits":7}`,
		"event of no session": `{"feature":"selfid","code":7001,"action":"started"}`,
		"fail":                `{"status":"fail","verification":{"id":"` + sessionID + `","code":9001}}`,
		"no envelope status":  `{"verification":{"id":"` + sessionID + `","status":"approved","code":9001}}`,
		"status twice":        `{"status":"success","verification":{"id":"` + sessionID + `","status":"declined","status":"approved"}}`,
		"case twin":           `{"status":"success","verification":{"id":"` + sessionID + `","status":"declined"},"Verification":{"id":"` + sessionID + `","status":"approved","code":9001}}`,
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
