package kyctest

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
)

func is(err, kind error) bool { return errors.Is(err, kind) }

// classes are kyc's for what a vendor does.
func classes() []error {
	return []error{
		kyc.ErrInvalidRequest, kyc.ErrUnauthorized, kyc.ErrNotFound, kyc.ErrRateLimited, kyc.ErrUnavailable,
		kyc.ErrInvalidAnswer, kyc.ErrSignature, kyc.ErrForeign, kyc.ErrUnconfirmed,
	}
}

func failures(s *suite) {
	for _, kind := range classes() {
		if s.Faults[kind] == nil {
			s.absent("the vendor is never the reason for %v", kind)
			continue
		}
		s.sibling().fails(kind)
		if kind != kyc.ErrUnconfirmed {
			s.sibling().failsToStart(kind)
		}
	}
}

// failsToStart is for a fault that meets Start as well. What is no clear refusal
// may have begun a check.
func (s *suite) failsToStart(kind error) {
	s.Helper()
	s.start() // what a client fetches once is there
	s.Faults[kind]()
	started, err := s.provider.Start(s.Context(), request())
	switch kind {
	case kyc.ErrInvalidAnswer, kyc.ErrSignature, kyc.ErrForeign:
		kind = kyc.ErrUnconfirmed
	case kyc.ErrUnavailable:
		if is(err, kyc.ErrUnconfirmed) {
			kind = kyc.ErrUnconfirmed
		}
	}
	if err != nil {
		s.isFailure(err, kind, "start")
		s.nothing(started == nil, err, "Start")
	}
}

// fails is for a vendor of its own: what a client makes of a failure, such as to
// leave a token alone for a while, must not change the next one.
func (s *suite) fails(kind error) {
	s.Helper()
	check := s.approved(people()[0])
	s.wants(s.provider, check, kyc.StatusApproved, "before a failure")
	s.Faults[kind]()
	if kind == kyc.ErrUnconfirmed {
		started, err := s.provider.Start(s.Context(), request())
		s.isFailure(err, kind, "start")
		s.nothing(started == nil, err, "Start")
		s.start()
		return
	}
	result, err := s.provider.Result(s.Context(), check)
	s.isFailure(err, kind, "result")
	s.nothing(result == nil, err, "Result")
	s.wants(s.provider, check, kyc.StatusApproved, "after the failure "+kind.Error())
}

func (s *suite) isFailure(err, kind error, op string) {
	s.Helper()
	s.refuses(err, kind, "when the vendor fails")
	for _, other := range classes() {
		if other != kind && is(err, other) {
			s.Errorf("%v is also %v", kind, other)
		}
	}
	var failed *kyc.Error
	if errors.As(err, &failed) && (failed.Provider != s.provider.Name() || failed.Op != op) {
		s.Errorf("%v is of the provider %q and the operation %q", kind, failed.Provider, failed.Op)
	}
	if err != nil && !s.IsVendorError(err) {
		s.Errorf("%v does not lead to the vendor's own error", kind)
	}
}

func endedContexts(s *suite) {
	check := s.approved(people()[0])
	s.wants(s.provider, check, kyc.StatusApproved, "before")
	canceled, cancel := context.WithCancel(s.Context())
	cancel()
	late, cancel := context.WithDeadline(s.Context(), time.Now().Add(-time.Hour))
	defer cancel()
	for _, call := range s.calls(check) {
		for _, ctx := range []context.Context{canceled, late} {
			s.sendsNothing(call.name+" with a context that ended", func() {
				none, err := call.do(ctx)
				s.refuses(err, ctx.Err(), call.name)
				s.nothing(none, err, call.name)
			})
		}
	}
	s.wants(s.provider, check, kyc.StatusApproved, "afterwards")
}

func endingContexts(s *suite) {
	for _, name := range []string{"Start", "Result", "Erase"} {
		s.sibling().ending(name)
	}
}

// ending lets the caller of one call leave while the vendor has the request.
func (s *suite) ending(name string) {
	s.Helper()
	check := s.approved(people()[0])
	s.wants(s.provider, check, kyc.StatusApproved, "before") // what a client fetches once is there
	for _, call := range s.calls(check) {
		if call.name != name {
			continue
		}
		if name == "Start" {
			before := s.Requests()
			if s.start(); s.Requests() == before {
				s.absent("Start sends nothing")
				continue
			}
		}
		ctx, cancel := context.WithCancel(s.Context())
		s.leaves(call, ctx, s.Stall(cancel), context.Canceled)
		cancel()
		ctx, cancel = context.WithTimeout(s.Context(), 5*time.Millisecond)
		s.leaves(call, ctx, s.Stall(func() {}), context.DeadlineExceeded)
		cancel()
	}
}

func (s *suite) leaves(call call, ctx context.Context, release func(), end error) {
	s.Helper()
	var none bool
	var err error
	done := make(chan struct{})
	var left sync.WaitGroup
	left.Go(func() {
		defer close(done)
		none, err = call.do(ctx)
	})
	defer left.Wait()
	defer release()
	select {
	case <-ctx.Done():
	case <-done: // as it may when a deadline is so near that nothing can come of it
		if !is(err, end) {
			s.Errorf("%s does not ask the vendor, or does not wait for it: %v", call.name, err)
			return
		}
	case <-time.After(patience):
		s.Errorf("%s neither asks the vendor nor returns", call.name)
		return
	}
	select {
	case <-done:
	case <-time.After(patience):
		s.Errorf("%s goes on after its caller's context ended", call.name)
		return
	}
	s.refuses(err, end, call.name)
	s.nothing(none, err, call.name)
	if call.name == "Start" && end == context.Canceled { // which the vendor's having the request caused
		s.refuses(err, kyc.ErrUnconfirmed, "Start, once the vendor has the request")
	}
}
