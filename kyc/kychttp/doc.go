// Package kychttp is the HTTP side of package kyc: routes that begin checks,
// that browsers return to and that vendors call, for any set of providers, over
// a [Store].
//
//	service, err := kychttp.New(kychttp.Config{
//		Providers: []kyc.Provider{veriffProvider, iamportProvider},
//		Store:     store,
//		BaseURL:   "https://shop.example/verify",
//		Begin: func(r *http.Request, provider string) (*kyc.StartRequest, error) {
//			account, err := signedIn(r) // the application's own session
//			if err != nil {
//				return nil, err
//			}
//			return &kyc.StartRequest{Reference: account}, nil
//		},
//		Owns: func(r *http.Request, reference string) bool {
//			account, err := signedIn(r)
//			return err == nil && account == reference
//		},
//		OnResult: func(ctx context.Context, check *kyc.Check, result, old *kyc.Result) error {
//			return setVerified(ctx, check.Reference, result.Status == kyc.StatusApproved)
//		},
//	})
//	mux.Handle("/verify/", service.Handler())
//	// and about every minute: service.Refresh(ctx, 5*time.Minute)
//
// # The life of a check
//
//  1. The person presses a button, which is a form that is posted to
//     NAME/start. Begin says for which account. The check is stored, with an id
//     of its own; then the vendor is asked to start it; then that answer is
//     stored; and only then the browser gets a cookie and is sent to the vendor,
//     or to the check's page where the vendor's window opens. If any of it fails,
//     nobody gets a link. A row whose start was not confirmed stays.
//  2. The vendor sends the browser back to NAME/return/ID, and may call
//     NAME/webhook. Neither says how the check ended: the Service asks the vendor.
//  3. What supersedes the stored result is stored, and OnResult called, in one
//     transaction of the Store.
//  4. The browser is sent on to the check's page, NAME/check/ID, which tells the
//     account's owner what comes next, and from which a person who left, or has
//     to try again, goes on: in this browser or another.
//  5. Refresh asks about checks that nobody brings news of. Sweep deletes old
//     ones.
//
// # What is guaranteed
//
//   - In whatever order, at once, twice or late a return, a webhook and Refresh
//     come, OnResult is called once for each change of outcome, at least once, and
//     never for an outcome that is older than the stored one
//     (kyc.Result.Supersedes).
//   - An effect that is part of the Store's transaction happens exactly once. An
//     effect elsewhere, such as an e-mail, is repeated when the transaction fails
//     after it: queue it in the transaction.
//   - A check that ended, or is in review, is used up, in the same transaction:
//     no return can put another of the vendor's ids in the place of the one that
//     led there, as an Iamport window left open could. What the vendor says later
//     about that same id is news.
//   - A return without the check's cookie asks nobody and changes nothing. What one
//     with it brought is kept while the vendor cannot be asked or OnResult fails,
//     as a browser comes back once: the page and Refresh ask about it, and no
//     return from a try that came to nothing takes its place unasked. While the
//     Store fails, the page leads back to the return itself.
//   - While the vendor's API cannot be asked, or does not show yet what its
//     webhook announced (kyc.Notice.Ahead), the answer is 503, and it delivers
//     again. A check stays open until it has a final result or is given up, so
//     one that a lost or early webhook left behind is asked about by Refresh.
//
// # Transactions
//
// [Store].Update is the one place where a result is stored and acted on. In SQL:
//
//	func (s *store) Update(ctx context.Context, id string, fn func(context.Context, *kychttp.Record) error) error {
//		tx, err := s.db.BeginTx(ctx, nil)
//		if err != nil {
//			return err
//		}
//		defer tx.Rollback() // after Commit it does nothing
//		record, err := selectForUpdate(ctx, tx, id) // kychttp.ErrNoRecord without a row
//		if err != nil {
//			return err
//		}
//		if err := fn(context.WithValue(ctx, txKey{}, tx), record); err != nil {
//			return err
//		}
//		if err := update(ctx, tx, record); err != nil {
//			return err
//		}
//		return tx.Commit()
//	}
//
// and OnResult takes the transaction from its ctx. Where rows cannot be locked,
// compare a version column in the UPDATE and begin anew if another was faster.
// The vendor is never asked inside a transaction.
//
// # What a webhook is answered
//
//   - 200: it is stored; or to deliver it again would change nothing, because it
//     is about no check, about an id that is unknown, deleted or not started, or
//     about another check than the stored one (kyc.ErrForeign, also when the
//     vendor's answer is). All but the first are logged and never applied.
//   - 400, 401, 413: it cannot be read, is not the vendor's, is over 1 MiB.
//   - 500: OnResult failed.
//   - 503: the vendor gave no result or is behind its webhook, or the Store
//     failed.
//
// A webhook has to name the check's id, as Veriff's do.
//
// # Threats
//
//   - A return link that leaked or was planted: it counts in the browser that has
//     the cookie. That is __Host-kyc-…, Secure, HttpOnly and SameSite=Lax, with a
//     random secret for each check whose hash is stored. On loopback over http,
//     for development, it is plain kyc-….
//   - Another person's check: its page and its link are for the account alone
//     (Owns), and look the same as if there were none. Its URL is in no page and
//     no log.
//   - Forged, replayed or reordered notices: they make the Service ask, no more.
//   - Other sites' pages: start, popup returns and going on are refused
//     (net/http.CrossOriginProtection).
//   - Open redirects: the browser goes to the vendor's URL, to the Service's own
//     paths or to DoneURL, never to where a request says.
//   - A person who gives somebody else the link, or the page, gets that one's
//     approval. No vendor can tell. Compare Result.Person with what the account
//     says, and keep one person to one account by kyc.Key.
//   - Many starts, which can cost money: limit them in Begin. Many returns: each
//     one from the browser that has the check asks the vendor once, so limit the
//     requests of one account before they reach the Handler. A check's page asks
//     every 3 seconds at most.
//   - Large requests: bodies are bounded, to 64 KiB and a webhook's to 1 MiB. How
//     long a request may take to arrive is for http.Server.ReadTimeout to say.
//   - Framing and scripts: the plain pages forbid the first, and the second but
//     for a vendor's own (Page.Launch). A Cross-Origin-Opener-Policy that you add
//     must let a vendor's popup report back.
//
// # Events
//
// All have the attribute provider, where one is known, and most have check, which
// is [LogID] of the id. An error attribute is the text of a kyc.Error, and of any
// other error the type alone, since a database's text may hold values. Personal
// data, ids and URLs are in none.
//
//	Info   kychttp: check started
//	Info   kychttp: start refused                   by Begin
//	Warn   kychttp: start failed                    error
//	Info   kychttp: return not readable             error
//	Warn   kychttp: notice ignored                  via, reason
//	Debug  kychttp: webhook about no check
//	Warn   kychttp: webhook refused                 status, error
//	Warn   kychttp: cross-origin request refused
//	Warn   kychttp: vendor gave no result           via, error
//	Info   kychttp: vendor is behind its webhook
//	Info   kychttp: result                          via, status, news
//	Error  kychttp: OnResult failed                 via, status, error
//	Error  kychttp: store failed                    op, error
//	Error  kychttp: stored record is not whole      via, error
//	Error  kychttp: launch failed                   error
//	Error  kychttp: panic                           type, stack
//	Info   kychttp: swept                           records
//
// via is webhook, return, page or refresh; the reasons of what is ignored are
// unknown, not started, another provider's, another browser, foreign, invalid,
// used up and no such provider.
//
// # Erasure
//
// Ask the vendor with kyc.Erase and the record's Check, then Store.Delete.
//
// # When it breaks
//
//   - Everybody's return is refused, reason "another browser": BaseURL is not the
//     host that browsers see, or something strips cookies.
//   - Everybody's page is refused: Owns does not know the Reference that Begin
//     gave.
//   - All posts are refused as cross-origin: BaseURL is not what the browser's
//     address bar shows.
//   - 404 for every route: the Handler is mounted under another path than
//     BaseURL's, or the prefix was stripped.
//   - "OnResult failed" again and again for one check: it returns an error for
//     what is a decision of the application's, such as a second account of the same
//     person.
//   - Checks stay pending: nobody calls Refresh, or the webhook's URL is not set at
//     the vendor.
//   - "vendor is behind its webhook" for hours: the webhook comes from another
//     environment than the API, or is replayed.
//   - "notice ignored", reason unknown, in numbers: another deployment shares the
//     vendor's account, or Sweep deletes too early.
//
// Cookies have no key that would have to be rotated. The vendors' secrets are
// rotated in their clients.
package kychttp
