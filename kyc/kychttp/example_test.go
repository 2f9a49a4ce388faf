package kychttp_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/kychttp"
)

// clerk is a vendor who approves everybody, and its provider in one.
type clerk struct{}

func (clerk) Name() string { return "clerk" }

func (clerk) Start(_ context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
	check, err := kyc.NewCheck("clerk", req)
	if err != nil {
		return nil, err
	}
	check.URL = "https://clerk.example/desk-1"
	return check, nil
}

func (clerk) Result(_ context.Context, check *kyc.Check) (*kyc.Result, error) {
	if err := check.Validate("clerk"); err != nil {
		return nil, err
	}
	return &kyc.Result{
		CheckID: check.ID, Provider: "clerk", Status: kyc.StatusApproved,
		DecidedAt: time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC), Person: kyc.Person{FullName: "홍미래"},
	}, nil
}

func Example() {
	var returnURL string
	service, err := kychttp.New(kychttp.Config{
		Providers: []kyc.Provider{clerk{}},
		Store:     kychttp.NewMemoryStore(),
		BaseURL:   "https://shop.example/verify",
		// The account is that of the application's own session.
		Begin: func(r *http.Request, provider string) (*kyc.StartRequest, error) {
			return &kyc.StartRequest{Reference: "user-42"}, nil
		},
		Owns: func(r *http.Request, reference string) bool { return reference == "user-42" },
		OnResult: func(_ context.Context, check *kyc.Check, result, old *kyc.Result) error {
			returnURL = check.ReturnURL
			if result.Status == kyc.StatusApproved {
				fmt.Println(check.Reference, "is", result.Person.FullName)
			}
			return nil
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.Handle("/verify/", service.Handler())

	// The person presses the button, and goes where they are sent.
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "https://shop.example/verify/clerk/start", nil))
	fmt.Println(w.Code, w.Header().Get("Location"))
	cookie := w.Result().Cookies()[0]
	fmt.Println(strings.HasPrefix(cookie.Name, "__Host-kyc-"))

	// Nobody comes back, so the application asks.
	if err := service.Refresh(context.Background(), 0); err != nil {
		fmt.Println(err)
		return
	}

	// Then the browser is back. That is no news.
	r := httptest.NewRequest(http.MethodGet, returnURL, nil)
	r.AddCookie(cookie)
	w = httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	fmt.Println(w.Code)

	// In a browser that does not have the cookie it is nothing at all.
	w = httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, returnURL, nil))
	fmt.Println(w.Code)

	// Output:
	// 303 https://clerk.example/desk-1
	// true
	// user-42 is 홍미래
	// 303
	// 403
}
