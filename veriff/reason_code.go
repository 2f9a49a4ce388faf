package veriff

// ReasonCode says why a session was declined or has to be repeated: document
// 003, "Response and error codes" (101 to 207), and Veriff's decision and
// granular reason code tables. The granular codes, 5xx for a decline and 6xx
// for a resubmission, come only to integrations that are set up for them.
// Veriff may have more codes than these: no copy of its tables is complete.
//
// Zero is no reason, as in an approval. A value without a constant is an
// ordinary ReasonCode that is not Known.
type ReasonCode int

// Reasons of a decline.
const (
	ReasonPhysicalDocumentNotUsed    ReasonCode = 101
	ReasonDocumentTamperingSuspected ReasonCode = 102
	ReasonPersonPhotoMismatch        ReasonCode = 103
	// ReasonNameMismatch is missing in document 003.
	ReasonNameMismatch        ReasonCode = 104
	ReasonSuspiciousBehaviour ReasonCode = 105
	ReasonKnownFraud          ReasonCode = 106
	ReasonVelocityOrAbuse     ReasonCode = 107

	ReasonDuplicatedEndUser           ReasonCode = 108
	ReasonDuplicatedDevice            ReasonCode = 109
	ReasonDuplicatedID                ReasonCode = 110
	ReasonSessionFraudulentlyAccessed ReasonCode = 111
	ReasonRestrictedIPLocation        ReasonCode = 112
	ReasonIdentityFarming             ReasonCode = 113
	ReasonReferencePhotoMismatch      ReasonCode = 120
	ReasonUserIDMissing               ReasonCode = 121
	ReasonNoReferenceFound            ReasonCode = 122
	ReasonRegistryChecksFailed        ReasonCode = 123
	ReasonFaceAlreadyInCollection     ReasonCode = 124
	// ReasonPotentialPEPMatch is about a politically exposed person.
	ReasonPotentialPEPMatch ReasonCode = 126
	ReasonFaceOnBlocklist   ReasonCode = 127
	ReasonEndUserIDMismatch ReasonCode = 128
	ReasonInvalidWorkflow   ReasonCode = 129

	ReasonFraudProbable                   ReasonCode = 501
	ReasonMultipleParties                 ReasonCode = 502
	ReasonAttemptedDeceit                 ReasonCode = 503
	ReasonDeviceScreen                    ReasonCode = 504
	ReasonPrintout                        ReasonCode = 505
	ReasonDocumentTampered                ReasonCode = 506
	ReasonDocumentTamperedCrossReference  ReasonCode = 507
	ReasonDocumentTamperedSpecimen        ReasonCode = 508
	ReasonPersonPhotoMismatchGranular     ReasonCode = 509
	ReasonDocumentTypeNotSupportedDecline ReasonCode = 510
	ReasonDocumentExpiredDecline          ReasonCode = 511
	ReasonFaceImageScreen                 ReasonCode = 515
	ReasonPhotosStreamed                  ReasonCode = 526
	ReasonProofOfAddressNotCollected      ReasonCode = 527
	ReasonProofOfAddressTooOld            ReasonCode = 528
	ReasonUnder13                         ReasonCode = 530
	ReasonUnder14                         ReasonCode = 531
	ReasonUnder16                         ReasonCode = 532
	ReasonUnder18                         ReasonCode = 533
	ReasonUnder20                         ReasonCode = 534
	ReasonUnder21                         ReasonCode = 535
	ReasonUnder25                         ReasonCode = 536
	ReasonPortraitCroppingFailed          ReasonCode = 537
	// ReasonResubmissionLimit declines the tenth resubmission of a session.
	ReasonResubmissionLimit ReasonCode = 539
	// Reason540 has a text that begins with "Low co" and is cut off in every
	// copy of Veriff's table, so what it means is not established.
	Reason540 ReasonCode = 540
)

// Reasons of a resubmission.
const (
	ReasonVideoOrPhotosMissing     ReasonCode = 201
	ReasonFaceNotVisible           ReasonCode = 202
	ReasonDocumentNotFullyVisible  ReasonCode = 203
	ReasonPoorImageQuality         ReasonCode = 204
	ReasonDocumentDamaged          ReasonCode = 205
	ReasonDocumentTypeNotSupported ReasonCode = 206
	ReasonDocumentExpired          ReasonCode = 207

	ReasonSelfieMissing        ReasonCode = 208
	ReasonDocumentPhotoMissing ReasonCode = 209
	// ReasonDocumentFrontPhoto has a text that begins with "Document front
	// photo" and is cut off in every copy of Veriff's table, so what is wrong
	// with the photo is not established.
	ReasonDocumentFrontPhoto ReasonCode = 210

	ReasonDocumentTypeNotSupportedGranular ReasonCode = 602
	ReasonVideoMissing                     ReasonCode = 603
	ReasonFaceImageMissing                 ReasonCode = 605
	ReasonFaceNotVisibleGranular           ReasonCode = 606
	ReasonDocumentFrontMissing             ReasonCode = 608
	ReasonDocumentBackMissing              ReasonCode = 609
	ReasonDocumentFrontNotInFrame          ReasonCode = 614
	ReasonDocumentBackNotInFrame           ReasonCode = 615
	ReasonDocumentDataNotVisible           ReasonCode = 619
	ReasonDocumentExpiredGranular          ReasonCode = 620
	ReasonDocumentAnnulledOrDamaged        ReasonCode = 621
	ReasonSurnameNotCollected              ReasonCode = 625
	ReasonFirstNamesNotCollected           ReasonCode = 626
	ReasonDateOfBirthNotCollected          ReasonCode = 627
	ReasonIssueDateNotCollected            ReasonCode = 628
	ReasonExpiryDateNotCollected           ReasonCode = 629
	ReasonGenderNotCollected               ReasonCode = 630
	ReasonDocumentNumberNotCollected       ReasonCode = 631
	ReasonPersonalNumberNotCollected       ReasonCode = 632
	ReasonNationalityNotCollected          ReasonCode = 633
	ReasonHomeAddressNotCollected          ReasonCode = 634
	ReasonDocumentAndFaceImagesMissing     ReasonCode = 635
	ReasonMultipleFaces                    ReasonCode = 641
	ReasonMultipleDocuments                ReasonCode = 642
)

// Known reports whether c is one of the constants.
func (c ReasonCode) Known() bool { return c.words() != "" }

// String gives the code in words: "none" for zero, "reason code 999" for a
// code that is not Known. Where two codes say the same, the words end in
// "(granular)" or "(decline)".
func (c ReasonCode) String() string { return codeString("reason code", c, c.words()) }

// UnmarshalJSON takes a number or a string that holds one; null and "" give
// zero.
func (c *ReasonCode) UnmarshalJSON(data []byte) error {
	return unmarshalCode(c, "ReasonCode", data)
}

func (c ReasonCode) words() string {
	switch c {
	case ReasonPhysicalDocumentNotUsed:
		return "physical document not used"
	case ReasonDocumentTamperingSuspected:
		return "document tampering suspected"
	case ReasonPersonPhotoMismatch:
		return "person does not match document photo"
	case ReasonNameMismatch:
		return "name does not match document"
	case ReasonSuspiciousBehaviour:
		return "suspicious behaviour"
	case ReasonKnownFraud:
		return "known fraud"
	case ReasonVelocityOrAbuse:
		return "velocity or abuse"
	case ReasonDuplicatedEndUser:
		return "duplicated end user"
	case ReasonDuplicatedDevice:
		return "duplicated device"
	case ReasonDuplicatedID:
		return "duplicated ID"
	case ReasonSessionFraudulentlyAccessed:
		return "session fraudulently accessed"
	case ReasonRestrictedIPLocation:
		return "restricted IP location"
	case ReasonIdentityFarming:
		return "identity farming"
	case ReasonReferencePhotoMismatch:
		return "portrait does not match reference photo"
	case ReasonUserIDMissing:
		return "user ID missing"
	case ReasonNoReferenceFound:
		return "no reference found"
	case ReasonRegistryChecksFailed:
		return "registry checks failed"
	case ReasonFaceAlreadyInCollection:
		return "face already in collection"
	case ReasonPotentialPEPMatch:
		return "potential PEP match"
	case ReasonFaceOnBlocklist:
		return "face on blocklist"
	case ReasonEndUserIDMismatch:
		return "end-user ID does not match"
	case ReasonInvalidWorkflow:
		return "invalid workflow"
	case ReasonFraudProbable:
		return "high probability of fraud"
	case ReasonMultipleParties:
		return "multiple parties"
	case ReasonAttemptedDeceit:
		return "attempted deceit"
	case ReasonDeviceScreen:
		return "device screen used"
	case ReasonPrintout:
		return "printout used"
	case ReasonDocumentTampered:
		return "document tampered with"
	case ReasonDocumentTamperedCrossReference:
		return "document tampered with: cross reference of data"
	case ReasonDocumentTamperedSpecimen:
		return "document tampered with: similarity to specimen"
	case ReasonPersonPhotoMismatchGranular:
		return "person does not match document photo (granular)"
	case ReasonDocumentTypeNotSupportedDecline:
		return "document type not supported (decline)"
	case ReasonDocumentExpiredDecline:
		return "document expired (decline)"
	case ReasonFaceImageScreen:
		return "screen used for face image"
	case ReasonPhotosStreamed:
		return "photos streamed"
	case ReasonProofOfAddressNotCollected:
		return "proof-of-address data could not be collected"
	case ReasonProofOfAddressTooOld:
		return "proof of address issued too long ago"
	case ReasonUnder13:
		return "under 13 years"
	case ReasonUnder14:
		return "under 14 years"
	case ReasonUnder16:
		return "under 16 years"
	case ReasonUnder18:
		return "under 18 years"
	case ReasonUnder20:
		return "under 20 years"
	case ReasonUnder21:
		return "under 21 years"
	case ReasonUnder25:
		return "under 25 years"
	case ReasonPortraitCroppingFailed:
		return "portrait cropping failed"
	case ReasonResubmissionLimit:
		return "resubmission limit reached"
	case Reason540:
		return "decline reason 540 (meaning not established)"
	case ReasonVideoOrPhotosMissing:
		return "video or photos missing"
	case ReasonFaceNotVisible:
		return "face not clearly visible"
	case ReasonDocumentNotFullyVisible:
		return "document not fully visible"
	case ReasonPoorImageQuality:
		return "poor image quality"
	case ReasonDocumentDamaged:
		return "document damaged"
	case ReasonDocumentTypeNotSupported:
		return "document type not supported"
	case ReasonDocumentExpired:
		return "document expired"
	case ReasonSelfieMissing:
		return "selfie missing"
	case ReasonDocumentPhotoMissing:
		return "document photo missing"
	case ReasonDocumentFrontPhoto:
		return "document front photo (what is wrong is not established)"
	case ReasonDocumentTypeNotSupportedGranular:
		return "document type not supported (granular)"
	case ReasonVideoMissing:
		return "video missing"
	case ReasonFaceImageMissing:
		return "face image missing"
	case ReasonFaceNotVisibleGranular:
		return "face not clearly visible (granular)"
	case ReasonDocumentFrontMissing:
		return "document front missing"
	case ReasonDocumentBackMissing:
		return "document back missing"
	case ReasonDocumentFrontNotInFrame:
		return "document front not fully in frame"
	case ReasonDocumentBackNotInFrame:
		return "document back not fully in frame"
	case ReasonDocumentDataNotVisible:
		return "document data not visible"
	case ReasonDocumentExpiredGranular:
		return "document expired (granular)"
	case ReasonDocumentAnnulledOrDamaged:
		return "document annulled or damaged"
	case ReasonSurnameNotCollected:
		return "surname could not be collected"
	case ReasonFirstNamesNotCollected:
		return "first names could not be collected"
	case ReasonDateOfBirthNotCollected:
		return "date of birth could not be collected"
	case ReasonIssueDateNotCollected:
		return "issue date could not be collected"
	case ReasonExpiryDateNotCollected:
		return "expiry date could not be collected"
	case ReasonGenderNotCollected:
		return "gender could not be collected"
	case ReasonDocumentNumberNotCollected:
		return "document number could not be collected"
	case ReasonPersonalNumberNotCollected:
		return "personal number could not be collected"
	case ReasonNationalityNotCollected:
		return "nationality could not be collected"
	case ReasonHomeAddressNotCollected:
		return "home address could not be collected"
	case ReasonDocumentAndFaceImagesMissing:
		return "document and face images missing"
	case ReasonMultipleFaces:
		return "multiple faces"
	case ReasonMultipleDocuments:
		return "multiple documents"
	}
	return ""
}
