package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/kychttp"
	"github.com/kyckit/kyckit-go/veriff"
)

// growths are lines whose floor is the same thing with little behind it: the
// cost of a call is not to depend on how much there is.
func growths() []line {
	small := func(what string, few, many int, make func(n int) (func() worker, error)) line {
		return line{
			number: "+", what: fmt.Sprintf("%s: %d beside %d", what, many, few), reach: 1, goroutines: 1,
			open: func() ([]side, func(), error) {
				much, err := make(many)
				if err != nil {
					return nil, nil, err
				}
				little, err := make(few)
				return []side{{name: strconv.Itoa(many), worker: much}, {name: strconv.Itoa(few), worker: little}}, func() {}, err
			},
		}
	}
	return []line{
		small("a call after calls made", 10, 20_000, afterCalls),
		small("a check read and updated among checks stored", 10, 50_000, amongChecks),
		small("a webhook deduped among keys kept", 10, 60_000, amongKeys),
		small("a webhook verified with secrets in rotation", 1, 10, withSecrets),
	}
}

func afterCalls(n int) (func() worker, error) {
	client, err := newClient("https://api.example", stub{answerHeader(decisionBody), decisionBody})
	if err != nil {
		return nil, err
	}
	call := func() (*veriff.Decision, error) { return client.Decision(context.Background(), sessionID) }
	for range n {
		if _, err := call(); err != nil {
			return nil, err
		}
	}
	return keeping(call), nil
}

func amongChecks(n int) (func() worker, error) {
	ctx := context.Background()
	store := kychttp.NewMemoryStore()
	for i := range n {
		record := &kychttp.Record{Check: kyc.Check{ID: fmt.Sprintf("%038d", i), Provider: "veriff", StartedAt: time.Unix(int64(i), 0)}}
		if err := store.Create(ctx, record); err != nil {
			return nil, err
		}
	}
	id := fmt.Sprintf("%038d", 1)
	return keeping(func() (string, error) {
		record, err := store.Get(ctx, id)
		if err != nil {
			return "", err
		}
		return record.Check.ID, store.Update(ctx, id, func(context.Context, *kychttp.Record) error { return nil })
	}), nil
}

// amongKeys keeps as many keys as it was given: each that is done makes room by
// the oldest once there are too many.
func amongKeys(n int) (func() worker, error) {
	ctx := context.Background()
	deduper := new(veriff.MemoryDeduper)
	done := func(context.Context) error { return nil }
	for i := range n {
		if err := deduper.Once(ctx, strconv.Itoa(i), done); err != nil {
			return nil, err
		}
	}
	return keeping(func() (bool, error) {
		err := deduper.Once(ctx, "1", done)
		return err == nil, err
	}), nil
}

func withSecrets(n int) (func() worker, error) {
	var options []veriff.VerifierOption
	for i := range n - 1 {
		options = append(options, veriff.WithPreviousSecret(fmt.Sprint("previous-secret-", i)))
	}
	verifier, err := veriff.NewVerifier(apiKey, sharedSecret, options...)
	if err != nil {
		return nil, err
	}
	header := deliveryHeader(decisionWebhook)
	return keeping(func() (bool, error) {
		err := verifier.Verify(header, decisionWebhook)
		return err == nil, err
	}), nil
}

func printGrowth(w io.Writer, rounds int, turn time.Duration) error {
	for _, l := range growths() {
		figures, err := l.measure(rounds, turn)
		if err != nil {
			return fmt.Errorf("%s: %w", l.what, err)
		}
		printLine(w, l, figures)
	}
	return nil
}
