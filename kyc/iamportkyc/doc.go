// Package iamportkyc makes Iamport (PortOne V1) a kyc.Provider:
//
//	client, err := iamport.NewClient(restAPIKey, restAPISecret)
//	provider, err := iamportkyc.New(client, iamportkyc.Config{
//		UserCode: "imp00000000", ChannelKey: channelKey, MinimumAge: 19})
//
// A check begins in the application's own page: its id is the merchant_uid, and
// kyc.Launch gives the button that opens the gateway's window. The browser comes
// back to ReturnURL, by a redirect or after a popup, and kyc.ParseReturn reads
// which imp_uid it claims. Check.Apply puts that into the check, and Result asks
// Iamport.
//
// # Whose certification it is
//
// Iamport answers for every imp_uid of the merchant, whoever asks, and the
// browser can name any. A certification is the check's only if it has the
// check's id as its merchant_uid; Result and Erase return kyc.ErrForeign for any
// other, certified or not. The id is not guessable, but the person can read it:
// whoever has the page may let somebody else certify in it within the hour for
// which a check is good.
//
// A person who failed comes back with another imp_uid, and Check.Apply lets it
// replace the one before. Nothing keeps that from happening to a check that was
// approved: when it is acted on, mark it as used in the same transaction, and
// take no more returns for it.
//
// # What a status means
//
//   - pending: nobody has come back, and Result.Attempt is empty; or somebody
//     has who is not certified. Iamport does not tell who has not finished from
//     who failed or left. The person tries again in the same page, or, if a
//     gateway refuses to see a merchant_uid twice, begins a new check.
//   - approved: certified with the check's id, after it began and within an
//     hour, by a gateway that is taken, with a CI, and within the limits of
//     Config. The person goes on. It stays approved when asked again later.
//   - declined: certified, but refused by Config: by another gateway, through a
//     test account, too young. Result.Reason says which. The person asks the
//     application's staff; another try is a new check, and a person who has come
//     of age since needs none.
//   - expired: certified over an hour after Start, or before it, or nobody knows
//     when. The person begins a new check. Iamport's time is compared with
//     Check.StartedAt, which is the local clock's; that may be 5 minutes fast.
//   - review: certified, but Config demands something that is not there: a CI, a
//     birth date that is whole and not contradicted. The person waits, and the
//     application's staff decides.
//   - unknown: certified at a time that has not come. The person waits; nobody is
//     admitted; look at Result.Vendor, which is the *iamport.Certification.
//
// The others never come: Iamport does not tell who failed, left or gave up from
// who has not finished. It has no word for the rest either, so
// VendorStatus, VendorCode and ReasonCode are empty.
//
// # Keys
//
// The CI has an empty scope: it is one value for a person with every gateway.
// The DI is one for a person at one merchant account of one gateway. No answer
// names that account, so its scope is the gateway that answered and the channel
// of the Config, as in "danal/channel-key-0000"; a page that was edited may have
// opened another channel of the same gateway. Keep people to one account by the
// CI. A blank CI or DI is no key.
//
// # What is erased
//
// Erase deletes Iamport's record of the attempt that Check.VendorID names: name,
// birth date, phone, CI and DI. What stays is not Iamport's to delete: what the
// gateway and the carrier keep. Iamport cannot find by merchant_uid, so a check
// to which nobody came back cannot be erased; a record of such an attempt holds
// nothing of a person unless the person passed and did not come back. The
// application's own copies, Result and Key, are the application's to delete.
//
// # What is not there
//
//   - No kyc.WebhookParser: Iamport calls nobody about certifications. A person
//     whose browser does not come back stays pending.
//   - No Findings: Iamport says that somebody was certified and by which gateway,
//     not what was looked at. No Document.
//   - No Nationality, since Iamport tells at most whether somebody is a foreigner:
//     see iamport.Certification.ForeignerV2. With Naver's and Kakao's
//     certificates the person types the Gender, and nobody checks it.
//   - No prefilled form: kyc.Hints are not kept.
//   - Evidence.Signature is always none, and Evidence.Environment is empty unless
//     it was a test account, because no answer says that it was live. Before a
//     return there is no Evidence.
//
// # When it breaks
//
//   - kyc.ErrForeign from Result: somebody tries another person's imp_uid, or two
//     of the person's own checks got mixed up. Admit nobody.
//   - kyc.ErrNotFound: the imp_uid is made up, another merchant's or tier's, or
//     erased.
//   - kyc.ErrUnauthorized: also what the merchant may not do (403).
//   - kyc.ErrInvalidNotice from ParseReturn: also a person whose window did not
//     open, whose return names nothing. Let the ReturnURL tell which check it is,
//     and show the page again.
//   - Everybody is declined for the gateway: set Config.Gateways.
//   - Everybody is expired at once: the local clock is over 5 minutes fast.
//
// Secrets are rotated in the client; see package iamport.
package iamportkyc
