// Package tomoidvkyc makes TomoIDV a kyc.Provider:
//
//	client, err := tomoidv.NewClient(clientID, secretKey, tomoidv.WithContractVersion("1.4"))
//	policy := tomoidv.GovernmentID(tomoidv.IDTypeIDCard, tomoidv.OwnerVerified(tomoidv.OwnerTypeDocumentSecret))
//	provider, err := tomoidvkyc.New(client, tomoidvkyc.Config{Country: "jp", Policy: policy})
//
// A check is one verification, begun with the check's id as its user_id, which
// no other verification has. Result asks about that user_id, country and policy;
// nothing that a browser brings is asked about or believed.
//
// # Which record counts
//
// TomoIDV may answer with several records, of other policies or of the person's
// other verifications. One counts only if it was made in Config.Country under
// Config.Policy (tomoidv.Record.Matches), and is not known to be another
// check's: one whose auth_id is another check's id, or any but the check's id
// where another record has that, and one that was completed before the check
// began, where it says when. Answers that say more about whom they are about are tomoidv's to
// refuse. Beyond that TomoIDV names in an answer no id that this program chose,
// so what binds a record to a check is that it came when asked about the check's
// id.
//
// # What a status means
//
//   - pending: there is no record. The person finishes at Check.URL, or has
//     walked away: TomoIDV may never say so, so let the application give up.
//   - review: TomoIDV's status is pending_review, and the person waits. Or, with
//     an empty VendorStatus, the record is of contract 1.3 and
//     Config.RecordMeansApproved is not set, or there are records under other
//     policies only, or several that count. Or TomoIDV approved, and
//     Config.MinimumAge cannot be applied, or the record names nobody, has two
//     birth dates or a completed_at that cannot be read, or says among its
//     missing or not collected fields that its status is not there.
//     Result.Reason says which, and the application's staff decides.
//   - approved: one record counts; its status is approved, or it is of contract
//     1.3 and Config.RecordMeansApproved is set; and Config.MinimumAge does not
//     refuse. The person goes on.
//   - declined: rejected, or too young: Result.VendorStatus tells the two apart.
//     The person asks the application's staff; another try is a new check.
//   - expired, canceled: as TomoIDV says. An approval, too, may expire. The
//     person begins a new check.
//   - unknown: a status that this version does not know, or none in a record of
//     contract 1.4. The person waits; nobody is admitted; look at Result.Vendor,
//     which is the *tomoidv.Result.
//
// The others never come: TomoIDV neither asks for another try at the same URL
// nor tells that somebody walked away.
//
// Contract 1.3, which TomoIDV applies unless the client is made with
// tomoidv.WithContractVersion("1.4"), has no status: who was rejected looks like
// who never came. It has no Document, Findings, Keys or DecidedAt either.
//
// # Keys
//
// With contract 1.4 the PPID is a key, one value for one person at one client;
// its scope is Config.ClientID and Config.Environment, as in
// "4f1c0000-0000-4000-8000-000000000000/live". A CI is never one: TomoIDV does
// not give it. Take none but Result's: whoever comes back with a PPID in the URL
// may have it from another person's.
//
// # What is erased
//
// TomoIDV deletes by person: Erase of a check that TomoIDV approved takes all of
// that person's results at this client with it, those of other checks as well.
// Who was not approved is nobody that TomoIDV vouches for, and what there is
// about such a check is asked to be deleted by the check's id, which TomoIDV may
// not take: see Erase. What TomoIDV's sources and sub-processors keep is not
// spoken of. TomoIDV's reset is not used, because nothing says that it deletes.
// The application's own copies, Result and Key, are the application's to delete.
//
// # What is not there
//
//   - No kyc.ReturnParser: the browser brings a token and the key to verify it
//     with, which prove nothing (tomoidv.ParseReturn), and nothing that says
//     which check it was. ReturnURL is used as it is for success and failure, so
//     make the id with kyc.NewCheckID and put it into the ReturnURL's path, or
//     find the check by the person's session.
//   - No kyc.WebhookParser: what TomoIDV sends to a webhook_url, and how one
//     would know that TomoIDV did, is not documented, so none is sent with
//     Start. Ask when the browser is back, and again later.
//   - No kyc.Launcher: the person goes to Check.URL.
//   - Findings are the outcomes of TomoIDV's checks. They explain the status and
//     do not replace it.
//   - Evidence.Signature is always none: answers are not signed.
//
// # When it breaks
//
//   - kyc.ErrForeign from Result: the stored check has a VendorID, which is
//     somebody's claim, or every record is another check's. Admit nobody. If it
//     comes to everybody, the local clock, by which Check.StartedAt is, is over
//     5 minutes fast.
//   - kyc.ErrInvalidRequest from Result: a 400. The policy, or TomoIDV did not
//     take the access token and calls it so; the next call has a new one, at most
//     once in 30 seconds. A check
//     that another client of TomoIDV's began may look like this as well, or stay
//     pending.
//   - Everybody is in review: see Result.Reason. "verified under another policy"
//     means that TomoIDV's policy_key is not that of Config.Policy.
//   - Everybody stays pending: the client is another than the one that began the
//     checks.
//   - kyc.ErrUnauthorized: also what the client may not do (403).
//
// Secret keys are rotated in the client; see package tomoidv.
package tomoidvkyc
