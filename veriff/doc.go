// Package veriff is a client for Veriff, which verifies a person by photos of
// a document and a face.
//
// # The life of a session
//
// The server creates a session with [Client.CreateSession] and stores its ID
// beside the person's record: every webhook names it, and it alone tells whose
// session it is. The person shows a document and a face, each try is an attempt
// of the session, and Veriff decides about it in the background. A decision is
//
//   - conclusive: approved (9001), declined (9102), expired or abandoned (9104).
//     The session is closed, and so is its URL. Another try needs a new session;
//     for somebody who was declined that is the application's choice, by
//     [Decision.ReasonCode].
//   - inconclusive: resubmission_requested (9103). The same URL takes another
//     attempt; tell the person why, by [Decision.Reason]. After nine resubmissions
//     Veriff declines, with [ReasonResubmissionLimit]. Unless the photos came
//     through the API, the webhook comes five minutes late.
//   - intermediate: review, and the older 9151 and 9161. The URL is closed for
//     the time being, and a conclusive or inconclusive decision follows.
//
// A person who left the URL halfway goes on there; send them back to it for as
// long as nothing conclusive was decided. A session lives for seven days from its
// creation. Then one to which nobody came is expired, one that nobody finished is
// abandoned, and the person needs a new one. [Client.DeleteSession] ends an open
// session the same way, and some hours later Veriff knows nothing of it.
//
// Veriff may change its mind: of two decisions about a session the later one
// holds, see [Decision.Supersedes]. Only [Decision.Approved] means that the person
// was verified. Enums are open, and a value that this package does not know is
// never a success. Branch on the status: one of Veriff's pages calls code 9121
// abandoned, its table of codes calls it review.
//
// # Hosted flow, result by webhook
//
// The person goes through Veriff's own pages, and Veriff posts a signed webhook.
//
//	client, err := veriff.NewClient(apiKey, sharedSecret, veriff.WithBaseURL(baseURL))
//	session, err := client.CreateSession(ctx, &veriff.CreateSessionRequest{
//		Callback:   "https://shop.example/verified", // where the browser goes afterwards; it is told nothing
//		VendorData: attemptID,
//	})
//	// store session.ID, then send the person to session.URL
//
//	verifier, err := veriff.NewVerifier(apiKey, sharedSecret)
//	handler, err := veriff.NewWebhookHandler(verifier, onWebhook, veriff.ConfirmWith(client))
//	mux.Handle("POST /webhooks/veriff", handler)
//
//	func onWebhook(ctx context.Context, webhook veriff.Webhook) error {
//		decision, ok := webhook.(*veriff.Decision)
//		if !ok {
//			return nil // 200
//		}
//		switch stored, err := load(ctx, decision.ID); { // none that you did not create
//		case err != nil || stored == nil || !decision.Supersedes(stored.Decision):
//			return err
//		case decision.Approved():
//			return admit(ctx, decision)
//		case decision.ResubmissionRequested():
//			return askAgain(ctx, decision) // at the same URL
//		default:
//			return keep(ctx, decision)
//		}
//	}
//
// Without a webhook, [Client.Decision] tells the same to whoever asks, and a
// decision that is [Decision.Pending] while there is nothing to tell.
//
// # Upload through the API
//
// An integration with pages of its own, or with photos from before, uploads them
// and hands them in. The decision comes as above.
//
//	session, err := client.CreateSession(ctx, &veriff.CreateSessionRequest{VendorData: attemptID})
//	// store session.ID
//
//	front, err := os.Open("front.jpg")
//	uploaded, err := client.UploadMedia(ctx, session.ID, &veriff.MediaUpload{
//		Context: veriff.DocumentFront, Content: front,
//	})
//	// likewise the back, the face, and whatever the integration asks for
//	submitted, err := client.SubmitSession(ctx, session.ID) // and nothing can be added
//
//	media, err := client.SessionMedia(ctx, session.ID) // to keep, where the law wants it
//	for _, image := range media.Images {
//		download, err := client.DownloadMediaFile(ctx, image.ID, filepath.Join(dir, image.FileName()))
//	}
//
// # Webhooks on bad days
//
// A webhook comes at least once: about hourly for a week until it is answered 200,
// also twice at the same time, late and out of order. Three things make that
// harmless.
//
//   - Its signature proves who wrote it, not when: a genuine old one can be sent
//     again. [ConfirmWith] makes the handler ask the API, so that what the
//     callback gets is what holds now.
//   - What is done is done by the application's own state: for a session that it
//     created for this person, since an attacker can finish a session of their
//     own, and only for a decision that [Decision.Supersedes] the one stored, both
//     in one transaction. Two callbacks may run at once.
//   - A [Deduper] saves the work of handling the same decision again. It protects
//     from nothing.
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
// # Sources, and what is out
//
// "Document 003" in these comments is Veriff's integration guide of 2019-20,
// from its API Integration on, with what it says of signatures, webhooks, the
// lifecycle, stored media and testing; other sources are pages of Veriff's current
// API reference, by their names. Out are the guide's chapters on the mobile and
// JavaScript SDKs, the Feedback API, which signs in a way of its own, and webhooks
// that exist in the Customer Portal alone: those of Mexican registries and of
// statuses that a user defines arrive as [*UnknownWebhook]. So are the registry
// endpoints; [Client.Do] reaches whatever has no method here.
//
// # When it breaks
//
// Errors, by what errors.Is finds in them:
//
//   - [ErrUnauthorized]: the key and the secret are not of one integration, or
//     are of another than the base URL's. Look at Error.Code: 1802 and 1803 are
//     about the key, 1813 to 1819 about the secret.
//   - [ErrForbidden]: the integration may not do this. DeleteSession is off until
//     Veriff switches it on, a full auto decision is part of some plans only.
//   - [ErrInvalidRequest]: Error.Code and Error.Message tell which field. Do
//     not repeat the call.
//   - [ErrNotFound]: the session belongs to another integration or base URL, or
//     was deleted; or there is nothing yet of what was asked for.
//   - [ErrConflict]: the session is past that. With Error.Attempts over 1 it may
//     be this very call that brought it there.
//   - [ErrRateLimited], [ErrUnavailable]: try later; the call was repeated
//     already if that was safe.
//   - [ErrUnconfirmed]: CreateSession may have made a session that nobody
//     knows, or UploadMedia an image that is there twice when sent again. Making
//     another session is safe for the person, and may be billed twice.
//   - [ErrSignature] from a call: something between here and Veriff changed the
//     answer, or the secret is wrong. Treat it as an attack until explained.
//   - [ErrSignature] from a webhook: a forgery, or middleware that parsed and
//     wrote the body again (the signature covers the raw bytes), or a secret
//     that was rotated, or an integration that signs as document 003 does, for
//     which there is [WithLegacySignature].
//   - [ErrAPIKey]: the webhook URL is set for another integration as well.
//   - [ErrForeign], [ErrInvalidAnswer], [ErrTooLarge]: nothing of the answer was
//     used. A cache or proxy that answers for Veriff looks like this.
//   - [ErrSuperseded]: an old webhook. Use what the API says.
//   - [ErrBusy]: the same webhook is being handled. It comes again.
//
// The handler logs "veriff: webhook not taken" with a reason and the status of its
// answer, which makes Veriff deliver again:
//
//   - method, size (405, 413): not Veriff.
//   - apikey, signature (401): as ErrAPIKey and ErrSignature above.
//   - unreadable (400): the body broke off or took too long; or, under a signature
//     that holds, it is not what Veriff documents: see Verifier.Parse.
//   - unconfirmed (503): the API did not answer, or does not show yet what was
//     announced. Once or twice is nothing; the client's own log says why.
//   - notfound (503): the API does not know the session. It was deleted, or the
//     client's base URL is another integration's.
//   - busy, deduper (503): it is handled elsewhere at this moment, or the Deduper
//     failed.
//   - callback, panic (500): the callback returned an error, or panicked; then
//     "veriff: webhook callback panicked" tells where.
//
// Also logged: "webhook signed with a previous secret", while one is rotated;
// "webhook signatures disagree" and "webhook API keys disagree", when a header
// beside one that holds does not, which a proxy or a rotation may do; "unknown
// value", when Veriff has said something that this version does not know.
//
// No webhook comes at all: the portal has no URL for its kind, or the URL is not
// https on the usual port with a certificate that the public trusts. Until then,
// ask [Client.Decision].
//
// To rotate the secret: add the new one in the Customer Portal, deploy with the
// new secret and [WithPreviousSecret] of the old, wait until the log shows no
// webhook signed with the previous secret for a week, then remove the old one.
package veriff
