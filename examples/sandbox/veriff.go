package main

import "github.com/kyckit/kyckit-go/veriff/verifftest"

func startVeriff(port int) (*vendor, *verifftest.Server, error) {
	srv, err := verifftest.Start(
		verifftest.WithAddress(address(port, 1)),
		verifftest.WithFixedCredentials(fixed),
		verifftest.WithLoopbackCallbacks(), // an application under test has no certificate
	)
	if err != nil {
		return nil, nil, err
	}
	kinds := common(verifftest.Status, verifftest.HTML, verifftest.ResetBefore, verifftest.ResetAfter, verifftest.Truncate, verifftest.Stall)
	kinds = append(kinds,
		kind[verifftest.Fault]{"no-signature", "answer without a signature", verifftest.NoSignature()},
		kind[verifftest.Fault]{"wrong-signature", "answer with a wrong signature", verifftest.WrongSignature()},
		kind[verifftest.Fault]{"another-session", "answer about another session", verifftest.AnotherSession()},
	)
	return &vendor{
		Name: "veriff", Title: "Veriff", URL: srv.URL,
		Settings: []setting{
			{"VERIFF_BASE_URL", srv.URL},
			{"VERIFF_API_KEY", srv.APIKey},
			{"VERIFF_SHARED_SECRET", srv.Secret},
		},
		Routes: names(
			verifftest.CreateSessionRoute, verifftest.SubmitSessionRoute, verifftest.DeleteSessionRoute,
			verifftest.UploadMediaRoute, verifftest.SessionMediaRoute, verifftest.AttemptMediaRoute, verifftest.DownloadMediaRoute,
			verifftest.AttemptsRoute, verifftest.PersonRoute, verifftest.DecisionRoute, verifftest.FullAutoDecisionRoute,
			verifftest.WatchlistScreeningRoute, verifftest.CollectedDataRoute, verifftest.TimestampsRoute, verifftest.TimestampRoute,
		),
		Faults:   faults(srv.Inject, kinds...),
		ClockTip: "A session ends after seven days.",
		checks: func() []check {
			var out []check
			for _, x := range srv.Sessions() {
				c := check{ID: x.ID, Reference: x.VendorData, Status: x.Status}
				switch x.Status {
				case "created", "started", "resubmission_requested":
					c.URL = x.URL
				case "submitted", "review": // as after an upload through the API
					c.Outcomes = []string{"approve", "decline", "resubmit"}
				}
				out = append(out, c)
			}
			return out
		},
		decide: func(id, outcome string) error {
			switch outcome {
			case "approve":
				return srv.Approve(id, verifftest.Person{}) // whom the session named
			case "decline":
				return srv.Decline(id, 102, "")
			case "resubmit":
				return srv.RequestResubmission(id, 204, "")
			}
			return errOutcome
		},
		advance: srv.Advance, clear: srv.ClearFaults, close: srv.Close,
	}, srv, nil
}
