package tomoidvkyc

import (
	"slices"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/tomoidv"
)

// clockTolerance is how far the clock that wrote StartedAt may be ahead of
// TomoIDV's.
const clockTolerance = 5 * time.Minute

// ownRecords leaves out the records that are known to be another check's.
// Asked about a user_id, TomoIDV may answer with all that it knows of the
// person, and an earlier approval says nothing about who is there now.
func ownRecords(records []tomoidv.Record, check *kyc.Check) []tomoidv.Record {
	// Whether an auth_id is the user_id that was sent or an id of TomoIDV's own
	// is not documented.
	named := slices.ContainsFunc(records, func(r tomoidv.Record) bool { return r.AuthID == check.ID })
	var own []tomoidv.Record
	for _, record := range records {
		if record.AuthID != check.ID && (named || kyc.IsCheckID(record.AuthID)) {
			continue
		}
		if at, ok := record.KYC.CompletedAt.Time(); ok && at.Before(check.StartedAt.Add(-clockTolerance)) {
			continue
		}
		own = append(own, record)
	}
	return own
}

// matching leaves out the records that were made in another country or under
// another policy: TomoIDV is asked for none, and is not relied upon.
func (cfg *Config) matching(records []tomoidv.Record) []tomoidv.Record {
	var matching []tomoidv.Record
	for _, record := range records {
		if record.Matches(cfg.Policy, cfg.Country) {
			matching = append(matching, record)
		}
	}
	return matching
}
