package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/veriff"
)

// A poller runs one check with a real vendor, in a terminal. It knows only
// package kyc, so that any provider will do.
type poller struct {
	provider       kyc.Provider
	vendor         string // in words
	interval       time.Duration
	show           bool // personal data
	stdout, stderr io.Writer
}

func (p *poller) run(ctx context.Context) int {
	check, err := p.provider.Start(ctx, &kyc.StartRequest{})
	if err != nil {
		return p.fail(ctx, err)
	}
	p.printf("Open this page and verify yourself. Whoever has its address can:\n\n    %s\n\n", check.URL)
	p.printf("Asking %s every %s until it has decided; Ctrl-C ends the asking.\n\n", p.vendor, p.interval)

	var told *kyc.Result
	failures := 0
	for {
		result, err := p.provider.Result(ctx, check)
		switch {
		case err == nil:
			failures = 0
			if told == nil || told.Status != result.Status || !told.DecidedAt.Equal(result.DecidedAt) {
				told = result
				p.tell(check, result)
			}
			if result.Status.Final() {
				return p.conclude(result)
			}
		case ctx.Err() == nil && (errors.Is(err, kyc.ErrUnavailable) || errors.Is(err, kyc.ErrRateLimited)):
			failures++
			p.printf("%s  %v; asking again in %s\n", time.Now().Format(time.TimeOnly), err, pause(p.interval, failures, err))
		default:
			return p.fail(ctx, err)
		}
		select {
		case <-time.After(pause(p.interval, failures, err)):
		case <-ctx.Done():
			return p.fail(ctx, ctx.Err())
		}
	}
}

// tell prints what is new.
func (p *poller) tell(check *kyc.Check, result *kyc.Result) {
	p.printf("%s  ", time.Now().Format(time.TimeOnly))
	if result.VendorStatus == "" {
		p.printf("%s\n", result.Status)
	} else {
		p.printf("%-10s  %s: %s\n", result.Status, p.vendor, vendorWords(result))
	}
	if result.Reason != "" {
		p.printf("          because: %s", result.Reason)
		if result.ReasonCode != "" {
			p.printf(" (%s)", result.ReasonCode)
		}
		p.printf("\n")
	}
	if result.Status == kyc.StatusResubmit {
		p.printf("          Please try again: the same URL takes another attempt.\n\n    %s\n\n", check.URL)
	}
}

// conclude ends with what the vendor decided.
func (p *poller) conclude(result *kyc.Result) int {
	if p.show {
		p.printf("\n%s", describe(result))
	} else {
		p.printf("\nPersonal data is not printed; -show prints it.\n")
	}
	if result.Status != kyc.StatusApproved {
		return exitNotApproved
	}
	return exitOK
}

// fail ends without a result. Errors of package kyc are safe to print.
func (p *poller) fail(ctx context.Context, err error) int {
	if ctx.Err() != nil {
		_, _ = fmt.Fprintln(p.stderr, "quickstart: interrupted; the check goes on at the vendor")
		return exitInterrupted
	}
	_, _ = fmt.Fprintf(p.stderr, "quickstart: %v\n", err)
	return exitFailed
}

func (p *poller) printf(format string, args ...any) { _, _ = fmt.Fprintf(p.stdout, format, args...) }

// pause is how long to wait before asking again: the interval, doubled for each
// failure in a row up to a minute, and never less than the vendor asked for.
func pause(interval time.Duration, failures int, err error) time.Duration {
	wait := interval
	for range failures {
		wait = max(interval, min(2*wait, time.Minute))
	}
	var refusal *veriff.Error
	if errors.As(err, &refusal) {
		wait = max(wait, refusal.RetryAfter)
	}
	return wait
}

// describe tells a result in words, personal data included.
func describe(result *kyc.Result) string {
	var b strings.Builder
	line := func(name string, parts ...string) {
		if text := strings.Join(strings.Fields(strings.Join(parts, " ")), " "); text != "" {
			_, _ = fmt.Fprintf(&b, "    %-10s %s\n", name, text)
		}
	}
	person, document := result.Person, result.Document
	line("Status", result.Status.String())
	line("Vendor", result.Provider+":", vendorWords(result))
	line("Reason", result.Reason)
	line("Name", person.FullName, person.GivenName, person.FamilyName)
	if years, known := person.BirthDate.AgeAt(time.Now()); known {
		line("Born", string(person.BirthDate)+",", fmt.Sprint(years), "years old")
	} else {
		line("Born", string(person.BirthDate))
	}
	line("Document", strings.ReplaceAll(string(document.Type), "_", " "), document.Number, document.Country)
	if !result.DecidedAt.IsZero() {
		line("Decided", result.DecidedAt.UTC().Format("2006-01-02 15:04:05 UTC"))
	}
	line("Evidence", "signature", string(result.Evidence.Signature)+",", fmt.Sprintf("SHA-256 %.16s...", result.Evidence.SHA256))
	return b.String()
}

func vendorWords(result *kyc.Result) string {
	if result.VendorCode == "" {
		return result.VendorStatus
	}
	return fmt.Sprintf("%s (%s)", result.VendorStatus, result.VendorCode)
}
