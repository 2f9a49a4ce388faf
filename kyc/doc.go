// Package kyc is one way to verify who a person is, whichever vendor does it.
//
// A [Provider] starts a check and tells how it stands. The whole of it:
//
//	check, err := provider.Start(ctx, &kyc.StartRequest{
//		Reference: "user-42", ReturnURL: "https://shop.example/back",
//	})
//	save(check) // plain data, JSON round-trips
//	// send the person to check.URL, or show the page that kyc.Launch gives
//
//	notice, err := kyc.ParseReturn(provider, r) // or kyc.ParseWebhook
//	check, err = load(notice).Apply(notice)     // which check, never how it ended
//
//	result, err := provider.Result(ctx, check)
//	switch {
//	case !result.Supersedes(storedResult): // known already, or older
//	case result.Status == kyc.StatusApproved:
//		admit(check.Reference, result.Person, result.Keys)
//	default: // while it is not Final, ask again later, even if a webhook has come
//		takeBack(check.Reference) // what an earlier result may have given
//	}
//
// # One path
//
// The browser may come back before the webhook, after it, or never; a webhook
// may come twice, late, out of order, or never. All of them, and a poll, are
// handled alike: find the stored [Check], [Check.Apply] the [Notice] if there
// is one, ask Result, and store what [Result.Supersedes] the stored result. No
// notice says how a check ended, so a forged or replayed one can do no more
// than make the application ask.
//
// A webhook can be ahead of what the vendor then answers. While [Notice.Ahead]
// says so, answer 503, so that the vendor delivers again. And a check whose
// Result is not final is asked about again from time to time, whether or not
// its webhook has come: not every vendor says in it that it has decided, and
// none delivers for ever.
//
// Package kychttp does all of this over HTTP.
//
// # What to store, and when
//
//   - The check's id, made by [NewCheckID] and put into [StartRequest], and the
//     account that it belongs to: before Start. An answer that is lost then
//     leaves a row that never ends, not a check that belongs to nobody.
//   - The Check: after Start and before the person gets its URL. It holds no
//     credential, but its URL is a capability, so it stays on the server.
//   - The Check that Apply gave: once Result was asked with it, unless that was
//     [ErrForeign] or [ErrNotFound]. After any other error too, because a browser
//     brings its notice once.
//   - The [Result], if it supersedes the stored one: in the transaction that
//     acts on it. Its JSON holds personal data, and leaves Vendor out.
//   - An approved result's [Key], or its [Key.Digest], under a UNIQUE index, if
//     one person may have one account only.
//
// # Which account a check belongs to
//
// The application decides that when it starts the check, from its own
// authenticated session. A check that a browser names on its way back must be
// one of the account that this browser is signed in to; the vendor cannot tell.
//
// # The contract of a Provider
//
//   - Safe for concurrent use means: any number of goroutines may call any
//     methods of one Provider at the same time, about different checks and about
//     the same one, with the same arguments, and without a lock of their own. A
//     call that waits for the vendor holds up no other, except for what they
//     wait for together, such as an access token.
//   - Arguments are not changed and not kept, and what is returned belongs to
//     the caller, who may change it.
//   - Start stores nothing, and two calls start two checks. Everything that
//     Result needs later is in the Check and in the provider's configuration,
//     so another process, or the same after a restart, can ask.
//   - Result is repeatable and changes nothing at the vendor. Pending is a
//     Result. An error says nothing about the person, and no Result comes with
//     it.
//   - An answer counts only if the vendor names the check's own id in it, and
//     its vendor id where Start set one; anything else is [ErrForeign].
//   - Limits (policy, country, gateway, age, environment) come from the
//     configuration, never from a [StartRequest] or a Check, and are enforced
//     in Result: a person whom they refuse is not approved.
//   - A vendor's status that the provider does not know is [StatusUnknown], and
//     so is one that contradicts itself. Approved is what the vendor approved,
//     and nothing else.
//   - Names and other data of a person are as the vendor sent them, in their own
//     script.
//   - Arguments are validated before any I/O. The end of the caller's context
//     ends the call, and errors.Is finds the context's error; a context that has
//     ended already sends nothing.
//   - Errors are of type [*Error]: errors.Is finds this package's class, and
//     errors.As the vendor's own error. Neither they nor logs hold personal
//     data, credentials, bodies or ids.
//
// What only some vendors have is an interface that a Provider may implement
// too: [ReturnParser], [WebhookParser], [Launcher] and [Eraser]. The functions
// [ParseReturn], [ParseWebhook], [Launch] and [Erase] take any Provider and
// return [ErrUnsupported] where it does not.
//
// # Writing a provider
//
// A provider is one immutable type over a client of its vendor's. Its test is one
// call of kyctest.Run, which holds it to the contract; examples/fourthvendor is a
// whole one.
//
//   - Name is one lower-case word, stored in every check: it never changes.
//   - Start calls [NewCheck], which validates the request and makes the id, and
//     sends that id in the field that the vendor gives back in every answer. It
//     fills in VendorID, URL and ExpiresAt from the answer, and calls
//     [Check.Validate], because a person will be sent to that URL. A vendor that
//     begins in the application's page needs no call: it has a Launcher, and an
//     ExpiresAt of its own.
//   - After anything but a clear refusal, Start fails with [ErrUnconfirmed]: the
//     vendor may have begun a check that nobody knows.
//   - Result calls Check.Validate first, asks, and compares the ids in the answer
//     with the check's before it reads anything else. The status comes from a
//     switch or a map without a default that approves. VendorStatus, VendorCode,
//     ReasonCode and Reason are the vendor's words; Attempt and DecidedAt tell a
//     second decision from the first. [Result.AddKey] leaves blank keys out.
//   - A vendor that knows of nothing yet is [StatusPending], if its answer says
//     that and not that the check is gone or another's, which is [ErrNotFound].
//   - Evidence is the hash of the body as received and the time when it came, in
//     UTC and without a monotonic clock (time.Time.Round(0) or UTC), as all
//     times: a result must be the same after storage.
//   - ParseReturn and ParseWebhook tell which check, by an id for which
//     [IsCheckID] holds or by the vendor's own. ParseWebhook compares a signature
//     over the bytes as received, with hmac.Equal, before it parses them, and
//     says in Notice.Decided that the vendor announced an outcome; ParseReturn
//     never does, because anybody can make a return.
//   - Launch escapes what it puts into the page, by html/template. Erase looks
//     whose record it is first, as Result does, and its documentation says what
//     "deleted" covers.
//   - Classes: 400, 409 and 422 are [ErrInvalidRequest]; 401 and 403
//     [ErrUnauthorized]; 404 [ErrNotFound]; 429 [ErrRateLimited]; 5xx, and no
//     answer at all, [ErrUnavailable]; one that cannot be read [ErrInvalidAnswer];
//     one whose signature does not hold [ErrSignature]. Error.Kind is nil when
//     the caller's context ended, unless Start had sent its request. Error.Err is
//     the cause: the vendor's error, in whose text there is no URL (unwrap
//     *url.Error), body or message of the vendor's.
//   - A secret is held in a function: a plain field, exported or not, is printed
//     by fmt.
//
// # Printing
//
// Types that hold personal data or a capability print as their name under
// every verb of fmt and in slog, while JSON is faithful, because that is
// storage. Four things cannot be covered: an unexported field of the
// application's own struct printed with fmt, verbs that do not fit, such as %p,
// which vet refuses, a struct or slice that holds such a value given to slog's
// JSON handler, and printers that use reflection, such as testify's Diff.
// Plain strings such as a [Date] print as they are once taken out.
//
// # When it breaks
//
//   - [ErrUnauthorized]: the credentials are wrong, revoked or of another
//     environment. Fix the configuration; checks that are under way stay good.
//   - [ErrUnavailable], [ErrRateLimited]: ask again later. From a webhook,
//     answer 503, so that the vendor delivers again.
//   - [ErrUnconfirmed] from Start: start again with a new id.
//   - [ErrForeign]: an id was mixed up, or somebody tries another person's
//     check. Admit nobody, and look at it.
//   - [ErrNotFound]: the vendor has deleted the check, or it belongs to other
//     credentials. Start a new one.
//   - [ErrInvalidNotice], [ErrSignature] from a webhook: answer 400 or 401. If
//     genuine ones are refused, the secret was rotated on one side only, or
//     something on the way changes bodies.
//   - [ErrSignature], [ErrInvalidAnswer] from Result: ask again; if it stays,
//     something stands between the application and the vendor.
//   - [ErrInvalidRequest]: the message names the field.
package kyc
