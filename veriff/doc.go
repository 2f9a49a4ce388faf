// Package veriff is a client for Veriff, which verifies a person by photos of
// a document and a face.
//
// # The life of a check
//
// The server creates a session with [Client.CreateSession] and stores its ID
// beside the person's record. The person opens the session's URL and shows a
// document and a face; the browser then comes back to the callback URL, which
// is told nothing. Veriff decides in the background and posts a signed
// decision webhook; [Client.Decision] tells the same for whoever asks.
//
//   - approved (9001), declined (9102), expired and abandoned (9104) are
//     conclusive: the URL is closed, and another try needs a new session.
//   - resubmission_requested (9103) is not: the person tries again at the same
//     URL, and each try is a new attempt of the same session.
//   - review (9121) and the older 9151 and 9161 are on the way to a decision.
//
// A session that nobody finishes expires after 7 days. Veriff may change its
// mind: of two decisions about a session, the one with the later DecisionTime
// holds. Only [Decision.Approved] means that the person was verified; enums are
// open, and a value that this package does not know is never a success.
//
// # The main flow
//
//	client, err := veriff.NewClient(apiKey, sharedSecret, veriff.WithBaseURL(baseURL))
//	session, err := client.CreateSession(ctx, &veriff.CreateSessionRequest{VendorData: attemptID})
//	// store session.ID, then send the person to session.URL
//
//	verifier, err := veriff.NewVerifier(apiKey, sharedSecret)
//	handler, err := veriff.NewWebhookHandler(verifier, onWebhook, veriff.ConfirmWith(client))
//
// A webhook's signature proves who wrote it, not when: a genuine old one can be
// sent again. [ConfirmWith] makes the handler ask the API first, so that what
// the callback gets is what holds now. Whoever gets a decision must also check
// that its session is one that they created for this person: an attacker can
// finish a session of their own.
//
// # Trust
//
// Requests are signed with HMAC-SHA256 over the exact bytes sent; a GET signs
// the id it names. An answer must be about the id that was asked for, and its
// signature is checked whenever there is one; [Meta.Signed] tells whether there
// was, and [WithSignedAnswersOnly] insists. [WithLegacyAPI] speaks the older
// scheme of document 003, which Veriff asks to avoid.
//
// # Printing
//
// Types that hold personal data, or a URL that works for whoever has it, print
// as their name under every verb of fmt and in slog, a decision with its known
// status and code. JSON stays faithful, because that is storage. What cannot be
// covered: a caller's own unexported field; slog's JSON handler for a struct or
// slice around such a value; and verbs that do not fit, such as %p, or %d for
// an error that wraps one of this package, which vet refuses.
//
// # Sources
//
// "Document 003" in these comments is Veriff's integration guide of 2019-20,
// as far as it is about the API; other sources are pages of Veriff's current
// API reference, by their names. Its chapters on mobile and JavaScript SDKs are
// out.
//
// # When it breaks
//
//   - [ErrUnauthorized]: the key and the secret are not of one integration, or
//     are of another than the base URL's. Look at Error.Code: 1802 and 1803 are
//     about the key, 1813 to 1819 about the secret.
//   - [ErrInvalidRequest]: Error.Code and Error.Message tell which field. Do
//     not repeat the call.
//   - [ErrNotFound]: the session belongs to another integration, or was deleted.
//   - [ErrRateLimited], [ErrUnavailable]: try later; the call was repeated
//     already if that was safe.
//   - [ErrUnconfirmed]: CreateSession may have made a session that nobody
//     knows. Making another is safe for the person, and may be billed twice.
//   - [ErrSignature] from a call: something between here and Veriff changed the
//     answer, or the secret is wrong. Treat it as an attack until explained.
//   - [ErrSignature] from a webhook: a forgery, or middleware that parsed and
//     wrote the body again (the signature covers the raw bytes), or a secret
//     that was rotated.
//   - [ErrAPIKey]: the webhook URL is set for another integration as well.
//   - [ErrForeign], [ErrInvalidAnswer]: nothing of the answer was used. A
//     cache or proxy that answers for Veriff looks like this.
//   - [ErrSuperseded]: an old webhook. Use what the API says.
//
// To rotate the secret: add the new one in the Customer Portal, deploy with the
// new secret and [WithPreviousSecret] of the old, wait until the log shows no
// webhook signed with the previous secret for a week, then remove the old one.
package veriff
