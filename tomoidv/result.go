package tomoidv

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// A ResultRequest says whose results to ask for. Source: POST /v1/idv/result.
type ResultRequest struct {
	// UserID is required: the one that Start sent for this attempt, never one
	// that a browser brought. A person's PPID is taken as well, and then the
	// results are of all attempts.
	UserID string `json:"user_id"`
	// Country and Policy narrow the results down; without them they are over
	// all countries and policies. A Policy needs a Country. That TomoIDV does so
	// is not to be relied upon: see [Record.Matches].
	Country Country `json:"country,omitzero"`
	Policy  Policy  `json:"policy,omitzero"`
}

// Validate names the first field that cannot be right.
func (r *ResultRequest) Validate() error {
	if r == nil {
		return errNoRequest
	}
	if err := checkID("UserID", r.UserID); err != nil {
		return err
	}
	return checkPolicy(r.Policy, r.Country)
}

// A Result is what TomoIDV knows about a user. TomoIDV sends one record alone or
// a list; it is a list here. What may be in it is not documented: it can hold
// records under several policies, and records of other attempts of whom TomoIDV
// takes for the same person, even if this attempt failed. See [Result.Only].
type Result struct {
	// UserID is who the records are about, a PPID. Contract 1.4 only.
	UserID  PPID     `json:"user_id,omitzero"`
	Records []Record `json:"results"`

	meta Meta
}

// Meta tells how the result reached this program.
func (r *Result) Meta() Meta { return r.meta }

// Only returns the record that was made in that country and under that policy,
// if there is exactly one: see [Record.Matches]. Where there are several, nothing
// tells which of them is this attempt's, and an approval among them may be that
// of the person whose document somebody else has just shown.
func (r *Result) Only(policy Policy, country Country) (record *Record, ok bool) {
	for i := range r.Records {
		if !r.Records[i].Matches(policy, country) {
			continue
		}
		if record != nil {
			return nil, false
		}
		record = &r.Records[i]
	}
	return record, record != nil
}

// A Record is the outcome of one verification. That there is one is no
// approval: with contract 1.4 only [StatusApproved] is, and 1.3 has no status,
// so that it can only be inferred that a record means a verification that was
// finished.
type Record struct {
	// AuthID is TomoIDV's id for what was verified.
	AuthID string `json:"auth_id"`
	// PolicyKey names the policy. Look at it before admitting anybody: see
	// [Record.Matches].
	PolicyKey PolicyKey `json:"policy_key"`
	Country   Country   `json:"country"`
	// Result is the person, in either contract.
	Result Identity `json:"result"`
	// KYC is the same person and what was checked. Contract 1.4 only.
	KYC StandardResult `json:"kyc,omitzero"`
}

// Status is what TomoIDV decided: KYC.Status, and so "" with contract 1.3.
func (r Record) Status() Status { return r.KYC.Status }

// Result asks what is known about a user. What TomoIDV answers before a
// verification is finished is not documented: be ready for [ErrNotFound], for
// [ErrInvalidRequest], and for a Result without records.
//
// Contract 1.4 says who the records are about. If that contradicts what was
// asked, the error is [ErrForeign]: another PPID than the one asked about, or
// an id that is neither a PPID nor the one asked about. That a PPID belongs to
// the application's own UserID cannot be told from the answer.
//
// Source: POST /v1/idv/result.
func (c *Client) Result(ctx context.Context, req *ResultRequest) (*Result, error) {
	const op = "Result"
	if err := req.Validate(); err != nil {
		return nil, invalid(op, err)
	}
	var got resultAnswer
	call := &transport.Call{Op: op, Route: "/v1/idv/result", Repeatable: true} // it reads
	meta, err := c.post(ctx, call, req, &got, func() error { return got.check(req.UserID, c.contractVersion) })
	if err != nil {
		return nil, err
	}
	result := &Result{UserID: got.UserID, Records: got.records(), meta: meta}
	result.warn(ctx, c.transport.Logger())
	return result, nil
}

// warn tells an on-call person of a status that this package does not know.
// The value may be anything, and is not logged.
func (r *Result) warn(ctx context.Context, logger *slog.Logger) {
	for _, record := range r.Records {
		if status := record.Status(); status != "" && !status.Known() {
			logger.WarnContext(ctx, "tomoidv: unknown value", "field", "status")
		}
	}
}

type resultAnswer struct {
	UserID  PPID            `json:"user_id"`
	Result  *recordAnswer   `json:"result"`
	Results *[]recordAnswer `json:"results"`
}

// recordAnswer is a record of which it matters whether there is a person in it.
type recordAnswer struct {
	Record
	Person *Identity `json:"result"`
}

func (a *resultAnswer) answers() []recordAnswer {
	if a.Result != nil {
		return []recordAnswer{*a.Result}
	}
	return *a.Results
}

// records gives what check has found to be whole.
func (a *resultAnswer) records() []Record {
	records := make([]Record, 0, len(a.answers()))
	for _, answer := range a.answers() {
		answer.Record.Result = *answer.Person
		records = append(records, answer.Record)
	}
	return records
}

func (a *resultAnswer) check(asked, contract string) error {
	switch {
	case a.Result != nil && a.Results != nil:
		return errors.New("it has both result and results")
	case a.Result == nil && a.Results == nil:
		return errors.New("it has neither result nor results")
	case contract != "" && a.UserID == "":
		return errors.New("it is not of contract " + contract + ": it has no user_id")
	}
	if err := checkEcho(string(a.UserID), asked); err != nil {
		return err
	}
	for i, record := range a.answers() {
		switch {
		case record.Person == nil:
			return fmt.Errorf("its record %d has no result", i)
		case record.AuthID == "":
			return fmt.Errorf("its record %d has no auth_id", i)
		case record.PolicyKey == "":
			return fmt.Errorf("its record %d has no policy_key", i)
		case record.Country == "":
			return fmt.Errorf("its record %d has no country", i)
		case record.Status() == "" && !reflect.ValueOf(record.KYC).IsZero():
			return fmt.Errorf("its record %d has a kyc without a status", i)
		case contract != "" && record.Status() == "":
			return fmt.Errorf("it is not of contract %s: its record %d has no status", contract, i)
		}
	}
	return nil
}

// checkEcho refuses a user_id that can be told to be another's.
func checkEcho(echoed, asked string) error {
	switch {
	case echoed == "" || echoed == asked:
		return nil
	case isPPID(asked):
		return foreign("its user_id is not the PPID that was asked about")
	case isPersonalID(asked) && isPersonalID(echoed):
		return foreign("its user_id is another than the one that was asked about")
	case !isPPID(echoed) && !isPersonalID(echoed):
		return foreign("its user_id is neither a PPID nor the one that was asked about")
	}
	return nil
}
