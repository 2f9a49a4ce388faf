package veriff

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// A FullAutoDecision is what Veriff's machine found, for integrations on a plan
// without people who decide.
//
// No copy of Veriff's page about it shows its JSON. That it has decision,
// decisionScore and insights is known; in which envelope, with which values and
// with what beside them is not. They are read from the answer itself and from
// its verification and data, and everything else stays in Meta().Raw(). Nothing
// establishes that a value of Decision means that the person was verified, so
// none does here: see the raw answers of your own integration, or ask
// [Client.Decision].
//
// Source: GET /v1/sessions/{id}/decision/fullauto and the full auto webhook.
type FullAutoDecision struct {
	// SessionID, AttemptID, VendorData and EndUserID are "" where the answer
	// has none.
	SessionID  string `json:"sessionId,omitzero"`
	AttemptID  string `json:"attemptId,omitzero"`
	VendorData string `json:"vendorData,omitzero"`
	EndUserID  string `json:"endUserId,omitzero"`
	// Decision is Veriff's word for the outcome.
	Decision Text `json:"decision,omitzero"`
	// DecisionScore is a number whose range is not established.
	DecisionScore Number `json:"decisionScore,omitzero"`
	// Insights are findings, as JSON as it was written.
	Insights Text `json:"insights,omitzero"`

	meta Meta
}

// Meta tells how the decision reached this program.
func (d *FullAutoDecision) Meta() Meta { return d.meta }

// fullAutoVersion is the version of the answer's shape that the endpoint is
// asked for, the only one seen in use.
const fullAutoVersion = "1.0.0"

// FullAutoDecision asks what Veriff's machine found about a session. Until it
// has found anything, which is a verification or data that is null, the error
// is [ErrNotFound]. An answer that names another session is [ErrForeign].
//
// Source: GET /v1/sessions/{id}/decision/fullauto, with version 1.0.0.
func (c *Client) FullAutoDecision(ctx context.Context, sessionID string) (*FullAutoDecision, error) {
	call := &transport.Call{
		Op: "FullAutoDecision", Method: http.MethodGet, Route: "/v1/sessions/{id}/decision/fullauto", Args: []string{sessionID},
		Query: url.Values{"version": {fullAutoVersion}}, // not signed
	}
	var got fullAutoAnswer
	var decision *FullAutoDecision
	meta, err := c.ask(ctx, call, "session id", &got, func() (err error) {
		if err = got.status.check(); err != nil {
			return err
		}
		if decision, err = got.fullAuto(); err != nil {
			return err
		}
		if decision.SessionID != "" && decision.SessionID != sessionID {
			return foreign("its session id is not the one asked for")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	decision.meta = meta
	return decision, nil
}

// fullAutoPlace is an object that may hold a full auto decision, or part of it.
type fullAutoPlace struct {
	ID            string `json:"id"`
	SessionID     string `json:"sessionId"`
	AttemptID     string `json:"attemptId"`
	VendorData    string `json:"vendorData"`
	EndUserID     string `json:"endUserId"`
	Decision      Text   `json:"decision"`
	DecisionScore Number `json:"decisionScore"`
	Insights      Text   `json:"insights"`
}

// decides tells whether any of what makes a full auto decision is here.
func (p *fullAutoPlace) decides() bool {
	return p.Decision != "" || p.DecisionScore != "" || p.Insights != ""
}

// fullAutoNested is an object with the verification that may be in it.
type fullAutoNested struct {
	fullAutoPlace
	Verification part[fullAutoPlace] `json:"verification"`
}

// places gives the objects that are there, and tells whether one was null.
func (n *fullAutoNested) places() (places []fullAutoPlace, null bool) {
	if n.Verification.value == nil {
		return []fullAutoPlace{n.fullAutoPlace}, n.Verification.there
	}
	return []fullAutoPlace{n.fullAutoPlace, *n.Verification.value}, false
}

// fullAutoAnswer is an answer or a webhook, with every place where Veriff puts
// what its other answers and webhooks tell.
type fullAutoAnswer struct {
	status
	fullAutoNested
	Data part[fullAutoNested] `json:"data"`
}

// fullAuto puts the places together. Ids may be in several, and must then be
// the same; what was decided must be in one.
func (a *fullAutoAnswer) fullAuto() (*FullAutoDecision, error) {
	places, null := a.places()
	if a.Data.value != nil {
		inData, nullInData := a.Data.value.places()
		places, null = append(places, inData...), null || nullInData
	}
	null = null || a.Data.there && a.Data.value == nil

	var d FullAutoDecision
	var id string // of a session, unless there is a sessionId
	found, ambiguous := 0, ""
	keep := func(into *string, said, name string) {
		if *into != "" && said != "" && *into != said {
			ambiguous = name
		}
		*into = cmp.Or(*into, said)
	}
	for _, place := range places {
		keep(&id, cmp.Or(place.SessionID, place.ID), "session ids")
		keep(&d.SessionID, place.SessionID, "session ids")
		keep(&d.AttemptID, place.AttemptID, "attempt ids")
		keep(&d.VendorData, place.VendorData, "vendorData")
		keep(&d.EndUserID, place.EndUserID, "endUserIds")
		if place.decides() {
			found++
			d.Decision, d.DecisionScore, d.Insights = place.Decision, place.DecisionScore, place.Insights
		}
	}
	d.SessionID = cmp.Or(d.SessionID, id)
	switch {
	case ambiguous != "":
		return nil, errors.New("it has two " + ambiguous)
	case found > 1:
		return nil, errors.New("it has two decisions")
	case found == 0 && null:
		return nil, missing("its decision is null")
	case found == 0:
		return nil, errors.New("it has no decision")
	}
	return &d, nil
}
