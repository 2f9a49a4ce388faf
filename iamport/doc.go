// Package iamport is a client for Iamport (PortOne V1), through which Korean
// gateways certify who a person is, by mobile phone, certificate or card.
//
// # The life of a certification
//
// The server makes a merchant_uid for the attempt and stores it. A page starts
// the gateway's window with it ([Launch]), or the server has a code sent
// ([Client.RequestOTP]); from then on there is an imp_uid. The person proves who
// they are, fails, or walks away, and the browser brings the imp_uid back
// ([ParseReturn]). There is no webhook: the server asks for the certification
// itself, and [Client.DeleteCertification] erases it in the end.
//
// A certification that was not finished is answered like any other, with
// Certified false and next to nothing in it. The record says who was certified,
// when and how: the real name, the birth date, and the CI
// ([Certification.CI]), which is one value per person. Enums are open, and
// fields may be added and be null at any time.
//
// # The main flow
//
//	client, err := iamport.NewClient(restAPIKey, restAPISecret)
//	claim, err := iamport.ParseReturn(r)
//	cert, err := client.VerifyCertification(ctx, claim.ImpUID, &iamport.Expectation{
//		MerchantUID: attempt.MerchantUID, NotBefore: attempt.StartedAt, MinimumAge: 19})
//	ci, ok := cert.CI()
//	// use the attempt up, then link ci to the account
//
// # Trust
//
// What a browser brings proves nothing, success included: it is the person's to
// write, and Iamport answers for every imp_uid of the merchant, whoever asks.
// [Expectation] is what makes a certification this person's, for this attempt,
// now: certified, the attempt's merchant_uid, recent, with a CI. Its zero value
// is refused, and a certification that fails it is not returned.
//
// Ages are counted in Seoul, in full years, from a birth date that is whole and
// not contradicted. The age check in documents 000 and 001, new
// Date(birth).getFullYear() <= 1999, takes seconds for milliseconds and lets
// every minor pass; use [Expectation] or [Date.AgeAt].
//
// Answers are not signed. They come by https from api.iamport.kr, must be about
// the imp_uid that was asked for, and have their code checked. The access token
// is fetched, shared by all goroutines and renewed as needed.
//
// What has no method here goes through [Client.Do], with the same token, tier,
// bounds and errors.
//
// Types that hold personal data print as their name alone; a [Certification]
// adds whether somebody was certified, and by which gateway.
//
// # When it breaks
//
//   - [ErrUnauthorized] with Error.Op "getToken": the REST API key and secret
//     are not a pair. V2 has others. For a tier they must be the agent's.
//   - [ErrUnauthorized] from another Op: the access token was refused twice.
//     The credentials were just replaced, or Iamport is in trouble.
//   - [ErrNotFound]: the imp_uid is another merchant's or tier's, made up, or
//     deleted. See [Client.DeleteCertification] for Attempts over 1.
//   - [ErrMerchantUID]: the browser brought another attempt's imp_uid. Either
//     somebody tries another person's, or two attempts of one person got mixed.
//   - [ErrNotCertified]: the person did not finish. Offer another attempt.
//   - [ErrStale], [ErrBeforeAttempt], [ErrFuture]: an old certification, or a
//     clock: NotBefore is by the local one. The Date and the ReceivedAt of
//     [Certification.Meta] tell whether it is off.
//   - [ErrNoCI]: with KG Inicis the CI needs a contract of its own.
//   - [ErrBirthDate]: Birthday and Birth are to be looked at; nobody can say
//     how old the person is.
//   - [ErrTestMerchant]: a test channel is enabled in production.
//   - [ErrInvalidRequest]: Error.Message is Iamport's own text. Do not repeat
//     the call.
//   - [ErrUnconfirmed]: a code may be on its way, or have been taken. After
//     RequestOTP ask again with another merchant_uid; after ConfirmOTP verify.
//   - [ErrRateLimited], [ErrUnavailable]: try later; the call was repeated
//     already if that was safe.
//   - [ErrRefused], [ErrInvalidAnswer], [ErrForeign]: nothing of the answer was
//     used. A cache or proxy that answers for Iamport looks like the last two.
//
// To rotate the API secret: replace it in the admin console, and deploy the new
// one at once, with new clients. Iamport documents no time in which two are
// good; expect ErrUnauthorized from the end of the current access token (30
// minutes at most) until then. A shared [TokenStore] needs nothing: its key and
// its contents depend on the credentials.
package iamport
