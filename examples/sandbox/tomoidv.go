package main

import "github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"

func startTomoIDV(port int) (*vendor, error) {
	srv, err := tomoidvtest.Start(
		tomoidvtest.WithAddress(address(port, 3)),
		tomoidvtest.WithFixedCredentials(fixed),
	)
	if err != nil {
		return nil, err
	}
	kinds := common(tomoidvtest.Status, tomoidvtest.HTML, tomoidvtest.ResetBefore, tomoidvtest.ResetAfter, tomoidvtest.Truncate, tomoidvtest.Stall)
	kinds = append(kinds,
		kind[tomoidvtest.Fault]{"another-user", "answer about another user", tomoidvtest.AnotherUser()},
	)
	return &vendor{
		Name: "tomoidv", Title: "TomoIDV", URL: srv.URL,
		Settings: []setting{
			{"TOMOIDV_BASE_URL", srv.URL},
			{"TOMOIDV_CLIENT_ID", srv.ClientID},
			{"TOMOIDV_SECRET_KEY", srv.SecretKey},
		},
		Routes: names(
			tomoidvtest.TokenRoute, tomoidvtest.StartRoute, tomoidvtest.ResultRoute, tomoidvtest.ResetRoute,
			tomoidvtest.DeleteResultRoute, tomoidvtest.DeleteResultsRoute, tomoidvtest.KYCRoute, tomoidvtest.HealthRoute,
		),
		Faults: faults(srv.Inject, kinds...),
		ClockTip: "An access token ends after an hour, an open check after a day. Your program signs client assertions by its " +
			"own clock, and they are refused while this one is more than a minute off.",
		checks: func() []check {
			var out []check
			for _, x := range srv.Attempts() {
				c := check{ID: x.UserID, Reference: x.Policy.Key(x.Country), Status: x.Status}
				switch x.Status {
				case "open":
					c.URL = x.URL
				case "pending_review":
					c.Outcomes = []string{"approve", "decline"}
				}
				out = append(out, c)
			}
			return out
		},
		decide: func(id, outcome string) error {
			switch outcome {
			case "approve":
				return srv.Pass(id, tomoidvtest.Person{}) // who went to the review
			case "decline":
				return srv.Fail(id)
			}
			return errOutcome
		},
		advance: srv.Advance, clear: srv.ClearFaults, close: srv.Close,
	}, nil
}
