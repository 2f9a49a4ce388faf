package iamport_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/iamport/iamporttest"
)

// start gives an Iamport without an account, and a client for it.
func start(options ...iamporttest.Option) (*iamporttest.Server, *iamport.Client) {
	srv, err := iamporttest.Start(options...)
	if err != nil {
		log.Fatal(err)
	}
	client, err := iamport.NewClient(srv.APIKey, srv.APISecret, iamport.WithBaseURL(srv.URL))
	if err != nil {
		log.Fatal(err)
	}
	return srv, client
}

// Document 000 and 001, popup: the page's callback posts what it was told, and
// the server asks Iamport for the rest.
func Example_popup() {
	srv, client := start() // in production, iamport.NewClient(restAPIKey, restAPISecret)
	defer srv.Close()

	// Of this attempt, stored under the person's session before the page is sent.
	attempt := struct {
		MerchantUID string
		StartedAt   time.Time
	}{"8f14e45fceea167a5a36dedd4bea2543", time.Now()}

	handler := func(w http.ResponseWriter, r *http.Request) {
		claim, err := iamport.ParseReturn(r) // what the browser says; proves nothing
		if err != nil {
			http.Error(w, "", http.StatusBadRequest)
			return
		}
		cert, err := client.VerifyCertification(r.Context(), claim.ImpUID, &iamport.Expectation{
			MerchantUID: attempt.MerchantUID,
			NotBefore:   attempt.StartedAt,
		})
		switch {
		case errors.Is(err, iamport.ErrNotCertified):
			fmt.Fprint(w, "not finished, try again")
		case errors.Is(err, iamport.ErrMerchantUID):
			fmt.Fprint(w, "of another attempt")
		case err != nil:
			http.Error(w, "", http.StatusBadGateway)
		default:
			fmt.Fprint(w, "certified: ", cert.Name)
		}
	}
	comeBack := func(impUID string) {
		callback, err := srv.Callback(impUID) // in production, iamport.js
		if err != nil {
			log.Fatal(err)
		}
		w := httptest.NewRecorder()
		handler(w, httptest.NewRequest(http.MethodPost, "/certifications", bytes.NewReader(callback)))
		fmt.Println(w.Body)
	}

	person := iamporttest.Person{Name: "홍미래", Birthday: "1990-03-01"}
	impUID, _ := srv.Certify(iamporttest.Attempt{MerchantUID: attempt.MerchantUID}, person)
	comeBack(impUID)
	unfinished, _ := srv.Begin(iamporttest.Attempt{MerchantUID: attempt.MerchantUID})
	comeBack(unfinished)
	somebodyElses, _ := srv.Certify(iamporttest.Attempt{MerchantUID: "another attempt"}, iamporttest.Person{Name: "김하늘", Birthday: "1985-07-15"})
	comeBack(somebodyElses)
	// Output:
	// certified: 홍미래
	// not finished, try again
	// of another attempt
}

// Document 001, redirect: on a mobile device the browser itself comes back, with
// the outcome in its query.
func Example_redirect() {
	srv, client := start()
	defer srv.Close()

	const merchantUID = "attempt-8f14e45f" // stored under the person's session
	handler := func(w http.ResponseWriter, r *http.Request) {
		claim, err := iamport.ParseReturn(r)
		if err != nil {
			http.Error(w, "", http.StatusBadRequest)
			return
		}
		if claim.Success == iamport.No { // nothing is lost by believing a failure
			fmt.Fprint(w, "try again")
			return
		}
		cert, err := client.VerifyCertification(r.Context(), claim.ImpUID, &iamport.Expectation{MerchantUID: merchantUID})
		if err != nil {
			fmt.Fprint(w, "refused")
			return
		}
		fmt.Fprint(w, "certified: ", cert.Name)
	}
	comeBack := func(impUID string) {
		address, err := srv.ReturnURL(impUID)
		if err != nil {
			log.Fatal(err)
		}
		w := httptest.NewRecorder()
		handler(w, httptest.NewRequest(http.MethodGet, address, nil))
		fmt.Println(w.Body)
	}

	attempt := iamporttest.Attempt{MerchantUID: merchantUID, RedirectURL: "https://shop.example/certifications/redirect"}
	failed, _ := srv.Begin(attempt)
	_ = srv.Fail(failed, "9014", "시간이 초과되었습니다.")
	comeBack(failed)
	passed, _ := srv.Certify(attempt, iamporttest.Person{Name: "홍미래", Birthday: "1990-03-01"})
	comeBack(passed)
	// Output:
	// try again
	// certified: 홍미래
}

// Documents 000 and 001, one account per person: the CI is one value per
// person, whatever the phone number, the carrier and the gateway.
func Example_oneAccountPerPerson() {
	srv, client := start(iamporttest.WithoutCI())
	defer srv.Close()

	users := map[string]string{} // in production, a column with a UNIQUE index
	join := func(account, merchantUID, impUID string) {
		cert, err := client.VerifyCertification(context.Background(), impUID, &iamport.Expectation{MerchantUID: merchantUID})
		if errors.Is(err, iamport.ErrNoCI) {
			fmt.Println(account, "has no CI: it cannot be told from others")
			return
		}
		if err != nil {
			log.Fatal(err)
		}
		if existing, taken := users[cert.UniqueKey]; taken {
			fmt.Println(account, "is", existing)
			return
		}
		users[cert.UniqueKey] = account
		fmt.Println(account, "is new")
	}

	mirae := iamporttest.Person{Name: "홍미래", Birthday: "1990-03-01", Carrier: "KT"}
	first, _ := srv.Certify(iamporttest.Attempt{MerchantUID: "a1"}, mirae)
	join("mirae", "a1", first)
	mirae.Carrier = "SKT_MVNO"
	second, _ := srv.Certify(iamporttest.Attempt{MerchantUID: "a2", Gateway: iamporttest.KCP}, mirae)
	join("mirae2", "a2", second)
	other, _ := srv.Certify(iamporttest.Attempt{MerchantUID: "a3"}, iamporttest.Person{Name: "김하늘", Birthday: "1985-07-15"})
	join("haneul", "a3", other)
	unknown, _ := srv.Certify(iamporttest.Attempt{MerchantUID: "a4", Gateway: iamporttest.InicisUnified}, mirae)
	join("mirae3", "a4", unknown)
	// Output:
	// mirae is new
	// mirae2 is mirae
	// haneul is new
	// mirae3 has no CI: it cannot be told from others
}

// Documents 000 and 001, age check: by full years, or by the year of birth as
// other Korean laws want it. The documents' own check lets everybody pass,
// because it takes the seconds of birth for milliseconds.
func Example_ageCheck() {
	srv, client := start()
	defer srv.Close()
	srv.SetTime(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC))

	for _, birthday := range []string{"2007-03-02", "2007-03-03", "2012-03-07"} {
		impUID, err := srv.Certify(iamporttest.Attempt{MerchantUID: "attempt-" + birthday}, iamporttest.Person{Name: "홍미래", Birthday: birthday})
		if err != nil {
			log.Fatal(err)
		}
		expect := &iamport.Expectation{MerchantUID: "attempt-" + birthday, MinimumAge: 19}
		_, err = client.VerifyCertification(context.Background(), impUID, expect)
		fmt.Println(birthday, "under 19:", errors.Is(err, iamport.ErrUnderage))

		expect = &iamport.Expectation{MerchantUID: "attempt-" + birthday, BornInOrBefore: 2026 - 19}
		_, err = client.VerifyCertification(context.Background(), impUID, expect)
		fmt.Println(birthday, "born too late:", errors.Is(err, iamport.ErrBornLater))

		cert, err := client.Certification(context.Background(), impUID)
		if err != nil {
			log.Fatal(err)
		}
		documented := time.UnixMilli(int64(cert.Birth)).Year() <= 1999 // new Date(birth).getFullYear()
		fmt.Println(birthday, "lets pass, by the documents:", documented)
	}
	// Output:
	// 2007-03-02 under 19: false
	// 2007-03-02 born too late: false
	// 2007-03-02 lets pass, by the documents: true
	// 2007-03-03 under 19: true
	// 2007-03-03 born too late: false
	// 2007-03-03 lets pass, by the documents: true
	// 2012-03-07 under 19: true
	// 2012-03-07 born too late: true
	// 2012-03-07 lets pass, by the documents: true
}

// Without a browser: the person types the code into the application.
func ExampleClient_RequestOTP() {
	srv, client := start()
	defer srv.Close()
	ctx := context.Background()

	otp, err := client.RequestOTP(ctx, &iamport.OTPRequest{
		Name: "홍미래", Phone: "010-0000-4321", Birth: "900301", GenderDigit: "2", Carrier: iamport.CarrierKT,
		MerchantUID: "attempt-1", ChannelKey: srv.ChannelKey,
	})
	if err != nil {
		log.Fatal(err)
	}
	code, _ := srv.OTPCode(otp.ImpUID) // the person's phone
	wrong := "000000"
	if code == wrong {
		wrong = "111111"
	}
	_, err = client.ConfirmOTP(ctx, otp.ImpUID, wrong)
	fmt.Println("refused:", errors.Is(err, iamport.ErrInvalidRequest), errors.Is(err, iamport.ErrAlreadyCertified))
	_, err = client.ConfirmOTP(ctx, otp.ImpUID, code)
	fmt.Println("confirmed:", err == nil)
	_, err = client.ConfirmOTP(ctx, otp.ImpUID, code)
	fmt.Println("already certified:", errors.Is(err, iamport.ErrAlreadyCertified))

	cert, err := client.VerifyCertification(ctx, otp.ImpUID, &iamport.Expectation{MerchantUID: "attempt-1", MinimumAge: 19})
	if err != nil {
		log.Fatal(err)
	}
	date, _ := cert.BirthDate()
	fmt.Println(cert.Name, date)
	// Output:
	// refused: true false
	// confirmed: true
	// already certified: true
	// 홍미래 1990-03-01
}

// A page that opens the gateway's window: document 001 without jQuery.
func ExampleLaunch() {
	launch := &iamport.Launch{
		UserCode:  "imp00000000",
		ResultURL: "/certifications", // where a popup's outcome is posted
		Params: iamport.LaunchParams{
			MerchantUID: "ORD20180131-0000011",
			RedirectURL: "https://www.shop.example/certifications/redirect", // where a mobile browser comes back to
		},
	}
	page, err := launch.HTML()
	if err != nil {
		log.Fatal(err)
	}
	_ = page // goes into a template as it is

	params, err := launch.Params.JS()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(params)
	// Output:
	// {"merchant_uid":"ORD20180131-0000011","m_redirect_url":"https://www.shop.example/certifications/redirect","popup":false}
}

// The rest of Iamport's API has no method here. It is reached with the same
// token, bounds and errors; here it is a certification that is asked for by
// hand.
func ExampleClient_Do() {
	srv, client := start()
	defer srv.Close()
	impUID, err := srv.Certify(iamporttest.Attempt{MerchantUID: "8f14e45fceea167a5a36dedd4bea2543"}, iamporttest.Person{Name: "홍미래", Birthday: "1990-03-01"})
	if err != nil {
		log.Fatal(err)
	}

	answer, err := client.Do(context.Background(), &iamport.Call{
		Method: http.MethodGet, Route: "/certifications/{imp_uid}", Args: []string{impUID},
	})
	if err != nil {
		log.Fatal(err) // also for a code other than 0 within a status 200
	}
	var got struct { // the response, without the envelope
		ImpUID    string `json:"imp_uid"`
		Certified bool   `json:"certified"`
	}
	if err := answer.Decode(&got); err != nil {
		log.Fatal(err)
	}
	fmt.Println(got.ImpUID == impUID, got.Certified)
	// Output: true true
}
