// Package veriffkyc makes Veriff a kyc.Provider:
//
//	client, err := veriff.NewClient(apiKey, secret, veriff.WithBaseURL(integrationBaseURL))
//	verifier, err := veriff.NewVerifier(apiKey, secret)
//	provider, err := veriffkyc.New(client, veriffkyc.Config{Verifier: verifier})
//
// A check is one session of Veriff's. The check's id is the session's
// vendorData, and a result counts only if Veriff names the session and that id
// in its decision. Make the client with veriff.WithSignedAnswersOnly to refuse
// decisions that came over TLS alone; Evidence.Signature tells which did.
//
// # What a status means
//
//   - pending (created, started, submitted, no decision; also inflow_completed
//     and preprocessed, which Veriff names without an explanation): the person
//     finishes at Check.URL, or waits.
//   - review: the person waits while Veriff looks again; or Veriff approved,
//     and Config demands something that it did not read: then the
//     application's staff decides.
//   - resubmit (resubmission_requested, and the older resubmission_required):
//     the person tries again at Check.URL, told Result.Reason. Each try is
//     another Result.Attempt. While it runs, Veriff may still tell the
//     old decision.
//   - approved: status approved, code 9001 and no reason code, and no limit of
//     Config refuses. The person goes on. Person and Document may be empty all
//     the same, as those of an integration that compares faces alone. A test
//     integration approves whoever has the given name "Approve".
//   - declined: Veriff declined, or approved somebody whom Config refuses:
//     Result.VendorStatus tells the two apart. The URL is closed. The person
//     asks the application's staff; another try is a new check.
//   - expired, abandoned: nobody came, or nobody finished, within 7 days. The
//     person begins a new check.
//   - unknown: a status that this version does not know, or an approval that
//     contradicts itself: approved with another code than 9001, 9001 with
//     another status, or both with a code for why somebody was not. The
//     person waits; nobody is admitted; look at Result.Vendor, which is the
//     *veriff.Decision.
//
// Canceled never comes: whoever walks away has abandoned.
//
// The codes of what is not approved are not looked at, since Veriff's own pages
// disagree about them: 9121 with status abandoned is abandoned.
//
// Result.Reason is Veriff's text, or the words of its reason code where it
// sends none. Where a limit of Config refused, it says which, and ReasonCode is
// empty.
//
// # What is erased
//
// Erase has Veriff delete the check's session and all attempts at it: person,
// media and decision. Other sessions of the same person stay, and so does what
// Veriff has learned of faces and devices, of which its documents do not speak.
// The application's own copies, Result and whatever media it has fetched, are the
// application's to delete.
//
// # What is not there
//
//   - No kyc.ReturnParser: Veriff sends the browser back to the bare ReturnURL
//     and adds nothing that says which session it was. Put the check's id, or
//     the application's own, into the ReturnURL.
//   - No kyc.Launcher: the person goes to Check.URL.
//   - No Keys: Veriff gives no value that names one person for good. An
//     IDNumber is not one, because it depends on the document shown, and many
//     documents have none.
//   - Findings are few: the chip that was read and held, what registers and a
//     proof of address answered, and Veriff's high-risk mark. Scores, risk
//     labels and matches whose words have no established list stay in
//     Result.Vendor.
//   - No watchlist screening and no full auto decision: Result asks for the
//     decision alone. Their webhooks name their check, so that it is asked about
//     again; ask the client for the rest (WatchlistScreening, FullAutoDecision).
//     A potential match that made Veriff decline is reason 126.
//
// # When it breaks
//
//   - kyc.ErrForeign from Result: the stored check was edited or mixed up, or
//     somebody made the session with other vendorData. Admit nobody.
//   - kyc.ErrNotFound: the session belongs to another integration than the
//     client, or was deleted.
//   - kyc.ErrUnauthorized: also an integration that may not do this (403). From
//     Erase: have Veriff switch deletion on.
//   - kyc.ErrSignature from ParseWebhook: also a webhook of another
//     integration, which names another API key.
//
// Secrets are rotated in the client and the verifier; see package veriff.
package veriffkyc
