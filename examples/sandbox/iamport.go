package main

import "github.com/kyckit/kyckit-go/iamport/iamporttest"

func startIamport(port int) (*vendor, error) {
	srv, err := iamporttest.Start(
		iamporttest.WithAddress(address(port, 2)),
		iamporttest.WithFixedCredentials(fixed),
	)
	if err != nil {
		return nil, err
	}
	kinds := common(iamporttest.Status, iamporttest.HTML, iamporttest.ResetBefore, iamporttest.ResetAfter, iamporttest.Truncate, iamporttest.Stall)
	kinds = append(kinds,
		kind[iamporttest.Fault]{"null-response", "200 with nothing in it", iamporttest.NullResponse()},
		kind[iamporttest.Fault]{"another-certification", "answer about another certification", iamporttest.AnotherCertification()},
	)
	return &vendor{
		Name: "iamport", Title: "Iamport", URL: srv.URL,
		Settings: []setting{
			{"IAMPORT_BASE_URL", srv.URL},
			{"IAMPORT_REST_API_KEY", srv.APIKey},
			{"IAMPORT_REST_API_SECRET", srv.APISecret},
			{"IAMPORT_SCRIPT_URL", srv.URL + "/v1/iamport.js"},
			{"IAMPORT_USER_CODE", srv.UserCode},
			{"IAMPORT_CHANNEL_KEY", srv.ChannelKey},
			{"IAMPORT_KCP_CHANNEL_KEY", srv.ChannelKeyOf(iamporttest.KCP)},
		},
		Routes: names(
			iamporttest.TokenRoute, iamporttest.CertificationRoute, iamporttest.DeleteCertificationRoute,
			iamporttest.RequestOTPRoute, iamporttest.ConfirmOTPRoute,
		),
		Faults:   faults(srv.Inject, kinds...),
		ClockTip: "A code ends after three minutes, an access token after thirty.",
		checks: func() []check {
			var out []check
			for _, x := range srv.Certifications() {
				c := check{ID: x.ImpUID, Reference: x.MerchantUID, Status: x.Status}
				if x.Status == "begun" {
					c.URL = x.URL
					code, err := srv.OTPCode(x.ImpUID)
					c.Code = code
					if c.URL == "" && err != nil { // neither in a browser nor by a code: in an app
						c.Outcomes = []string{"approve"}
					}
				}
				out = append(out, c)
			}
			return out
		},
		decide: func(id, outcome string) error {
			if outcome != "approve" {
				return errOutcome
			}
			return srv.ApproveInApp(id)
		},
		advance: srv.Advance, clear: srv.ClearFaults, close: srv.Close,
	}, nil
}
