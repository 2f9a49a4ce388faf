package kyctest

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
)

// concurrency says most under the race detector.
func concurrency(s *suite) {
	const callers = 8
	shared := s.approved(people()[0])
	s.wants(s.provider, shared, kyc.StatusApproved, "alone")
	given := *shared
	var mu sync.Mutex
	ids := map[string]bool{}
	var all sync.WaitGroup
	var returns, webhooks [callers]*http.Request // before anybody calls
	for i := range callers {
		if s.Return != nil {
			returns[i] = s.Return(shared)
		}
		if s.Webhook != nil {
			webhooks[i] = s.Webhook(shared)
		}
	}
	for i := range callers {
		all.Go(func() {
			own, err := s.provider.Start(s.Context(), request())
			if err != nil || own == nil {
				s.Errorf("Start: %v, %v", own, err)
				return
			}
			mu.Lock()
			ids[own.ID] = true
			mu.Unlock()
			for _, asked := range []struct {
				check *kyc.Check
				want  kyc.Status
			}{{own, kyc.StatusPending}, {shared, kyc.StatusApproved}} {
				result, err := s.provider.Result(s.Context(), asked.check)
				if err != nil || result == nil || result.Status != asked.want || result.CheckID != asked.check.ID {
					s.Errorf("Result: %v, %v", result, err)
					return
				}
				result.Person = kyc.Person{} // it is the caller's
				for i := range result.Keys {
					result.Keys[i].Value = "another"
				}
			}
			if back := returns[i]; back != nil {
				_, err := kyc.ParseReturn(s.provider, back)
				s.succeeds("ParseReturn", err)
			}
			if webhook := webhooks[i]; webhook != nil {
				_, err := kyc.ParseWebhook(s.provider, webhook)
				s.succeeds("ParseWebhook", err)
			}
			if launcher, ok := s.provider.(kyc.Launcher); ok {
				_, err := launcher.Launch(own)
				s.succeeds("Launch", err)
			}
		})
	}
	all.Wait()
	if len(ids) != callers && !s.Failed() {
		s.Errorf("%d callers started %d checks", callers, len(ids))
	}
	if *shared != given {
		s.Error("the check that they share has changed")
	}
	s.notHeldUp(shared)
}

func (s *suite) succeeds(what string, err error) {
	s.Helper()
	if err != nil {
		s.Errorf("%s: %v", what, err)
	}
}

// notHeldUp lets one call wait for the vendor, and another be answered
// meanwhile.
func (s *suite) notHeldUp(check *kyc.Check) {
	s.Helper()
	ctx, cancel := context.WithCancel(s.Context())
	arrived := make(chan struct{})
	release := s.Stall(func() { close(arrived) })
	var calls sync.WaitGroup
	defer func() {
		release()
		cancel()
		calls.Wait()
	}()
	calls.Go(func() { _, _ = s.provider.Result(ctx, check) })
	select {
	case <-arrived:
	case <-time.After(patience):
		s.Error("Result asks nobody")
		return
	}
	done := make(chan error, 1)
	calls.Go(func() {
		_, err := s.provider.Result(ctx, check)
		done <- err
	})
	select {
	case err := <-done:
		s.succeeds("Result, while another call waits for the vendor", err)
	case <-time.After(patience):
		s.Error("a call that waits for the vendor holds up another")
	}
}
