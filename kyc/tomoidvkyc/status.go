package tomoidvkyc

import (
	"reflect"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/tomoidv"
)

// status says what the record that counts means. Its own status decides; where
// the contract has none, the configuration does.
func (cfg *Config) status(answer *tomoidv.Result, record *tomoidv.Record) (status kyc.Status, reason string) {
	switch record.Status() {
	case tomoidv.StatusApproved:
		return kyc.StatusApproved, ""
	case tomoidv.StatusRejected:
		return kyc.StatusDeclined, ""
	case tomoidv.StatusPendingReview:
		return kyc.StatusReview, ""
	case tomoidv.StatusExpired:
		return kyc.StatusExpired, ""
	case tomoidv.StatusCanceled:
		return kyc.StatusCanceled, ""
	}
	switch {
	case record.Status() != "" || !hasNoStatus(answer, record):
		return kyc.StatusUnknown, ""
	case cfg.RecordMeansApproved:
		return kyc.StatusApproved, ""
	}
	return kyc.StatusReview, "a record of contract 1.3 has no status"
}

// hasNoStatus tells whether the record is of contract 1.3 in every respect: one
// of a later contract that lacks its status is no approval.
func hasNoStatus(answer *tomoidv.Result, record *tomoidv.Record) bool {
	version := answer.Meta().ContractVersion()
	return (version == "" || version == "1.3") && answer.UserID == "" && reflect.ValueOf(record.KYC).IsZero()
}
