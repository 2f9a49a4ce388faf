// Package tomoidv is a client for TomoIDV, which verifies foreign visitors by
// identity documents and electronic identities of their own countries.
//
// # The life of a check
//
// The server makes a UserID for the attempt and stores it, chooses a [Policy]
// for the country that issued the identity, and calls [Client.Start], which
// gives a URL. The person goes there, is verified or not, or walks away, and
// the browser comes back to a redirect URL. The server then asks
// [Client.Result] with that UserID, again and again if nothing is decided yet;
// there is a webhook, but no documentation of it. [Client.Reset] lets a person
// be verified again under a policy, and [Client.DeleteResult] deletes for good.
//
// A result is a list of records, which may be of several policies and, if
// TomoIDV takes two users for one person, of other attempts: [Result.Only] finds
// the one that counts. With contract 1.3, which TomoIDV applies unless asked for another,
// a record has no status, and only its existence suggests that the
// verification was finished. [WithContractVersion]("1.4") adds a status, and
// what was checked; then only [StatusApproved] is a success. Enums are open,
// and a value that this package does not know is never a success.
//
// # The main flow
//
//	client, err := tomoidv.NewClient(clientID, secretKey)
//	started, err := client.Start(ctx, &tomoidv.StartRequest{UserID: attempt.ID, Country: "jp", Policy: policy,
//		RedirectURLSuccess: "https://shop.example/idv/" + attempt.ID, RedirectURLFail: "https://shop.example/idv/" + attempt.ID})
//	// send the person to started.URL; when the browser is back:
//	result, err := client.Result(ctx, &tomoidv.ResultRequest{UserID: attempt.ID, Country: "jp", Policy: policy})
//
// # Trust
//
// Only a UserID that is fresh for each attempt, and that Start sent, binds a
// person to the attempt. What the browser brings, a PPID in a token included,
// is the person's to write: it selects nothing and proves nothing, and
// [ParseReturn] says why.
//
// A record tells under which policy it was made, and a weaker policy lets in
// people whom a stronger one keeps out: admit nobody by a record that does not
// match ([Record.Matches]).
//
// Answers are not signed. They come by https, from a server of TLS 1.3. With
// contract 1.4 they name the user, and one that can be told to be another's is
// [ErrForeign].
//
// The client proves who it is by a JWT that it signs for each token request
// (RFC 7523, ES256). The access token is fetched, shared by all goroutines and
// renewed as needed. Credentials are good for one environment: those of the
// sandbox console need [WithSandbox].
//
// # Printing
//
// Types that hold personal data, or a URL that works for whoever has it, print
// as their name under every verb of fmt and in slog, a record with its known
// status. JSON stays faithful, because that is storage. What cannot be covered:
// a caller's own unexported field; slog's JSON handler for a struct or slice
// around such a value; and verbs that do not fit, such as %p, or %d for an error
// that wraps one of this package, which vet refuses.
//
// # Sources
//
// "Document 002" in these comments is the TomoIDV Developer Document, which
// ends after the token request. Everything else is from the contracts 1.3 and
// 1.4, as TomoIDV's own SDKs and samples of 2026 carry them, and from its page
// "Creating Client Assertion". The operations that the contracts call
// deprecated are out; they and newer ones go through [Client.Do].
//
// # When it breaks
//
//   - NewClient says what is wrong with the secret key: it is to be copied from
//     the console as a whole.
//   - [ErrInvalidClient], or [ErrUnauthorized] with Error.Op "getToken": the
//     client ID and secret key are no pair, or the other environment's; the
//     local clock is off (Error.ClockSkew); or a proxy has made the audience
//     wrong ([WithAudience]).
//   - [ErrUnauthorized] from another Op: the access token was refused twice.
//     The credentials were just replaced, or TomoIDV is in trouble.
//   - [ErrInvalidScope], [ErrInvalidTarget]: leave [WithScope] and
//     [WithResource] out.
//   - [ErrUnsupportedAPIVersion]: leave [WithContractVersion] out.
//   - [ErrUnsupportedPolicy]: the country does not have that policy.
//   - [ErrInvalidRequest]: Error.Message is TomoIDV's own text. TomoIDV may
//     also mean the access token by it, so that it is replaced before the next
//     call, at most once in 30 seconds; a call that fails again is wrong itself.
//     A 400 that says invalid_token is taken for a 401.
//   - [ErrNotFound]: most likely nobody was verified yet. It is not documented.
//   - [ErrRateLimited], [ErrUnavailable]: try later; the call was repeated
//     already if that was safe.
//   - [ErrUnconfirmed]: see Start, Reset and DeleteResult for what to do.
//   - [ErrForeign], [ErrInvalidAnswer]: nothing of the answer was used. A
//     cache or proxy that answers for TomoIDV looks like this, and so does a
//     server of contract 1.3 for a client that asked for 1.4.
//
// To rotate the secret key: issue a new one in the console and deploy it with
// new clients. Whether the old one stays good until then is not documented; an
// access token that was got with it does until it expires. A shared
// [TokenStore] needs nothing: its keys and contents depend on the credentials.
package tomoidv
