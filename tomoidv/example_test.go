package tomoidv_test

import (
	"context"
	"fmt"
	"log"
	"net/http"

	"github.com/kyckit/kyckit-go/tomoidv"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

// The whole onboarding of document 002: token, policy, start, flow, result.
func Example() {
	srv, err := tomoidvtest.Start() // in production, TomoIDV
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()

	// [1] The access token is fetched with the first call.
	client, err := tomoidv.NewClient(srv.ClientID, srv.SecretKey, tomoidv.WithBaseURL(srv.URL), tomoidv.WithContractVersion("1.4"))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()

	// [2] Choose a policy and start. The attempt's id is fresh, unguessable and
	// stored before anybody can come back with it.
	const attempt = "31415926535897932384626433832795028841"
	policy := tomoidv.GovernmentID("id_card", tomoidv.OwnerVerified("document_secret"))
	started, err := client.Start(ctx, &tomoidv.StartRequest{
		UserID: attempt, Country: "jp", Policy: policy,
		RedirectURLSuccess: "https://shop.example/idv/" + attempt,
		RedirectURLFail:    "https://shop.example/idv/" + attempt,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("send the person to TomoIDV:", started.URL != "")

	// [3] The person goes through the flow, and [4] comes back.
	_ = srv.Pass(attempt, tomoidvtest.Person{FullName: "Hanako Sato", DateOfBirth: "1990-01-31"})

	// [5] Ask about the attempt, by its own id. A record under another policy,
	// or one of several, admits nobody.
	result, err := client.Result(ctx, &tomoidv.ResultRequest{UserID: attempt, Country: "jp", Policy: policy})
	if err != nil {
		log.Fatal(err)
	}
	record, ok := result.Only(policy, "jp")
	if ok && record.Status() == tomoidv.StatusApproved {
		fmt.Println("admit", record.Result.FullName, record.Result.DateOfBirth)
	}
	// Output:
	// send the person to TomoIDV: true
	// admit Hanako Sato 1990-01-31
}

// Somebody comes back with a token that names another person. Whose results
// are asked for does not depend on it.
func ExampleParseReturn() {
	srv, err := tomoidvtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	client, err := tomoidv.NewClient(srv.ClientID, srv.SecretKey, tomoidv.WithBaseURL(srv.URL))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	for _, attempt := range []string{"attempt-of-victim", "attempt-of-attacker"} {
		_, err := client.Start(ctx, &tomoidv.StartRequest{UserID: attempt, RedirectURLSuccess: "https://shop.example/idv/" + attempt})
		if err != nil {
			log.Fatal(err)
		}
	}
	_ = srv.Pass("attempt-of-victim", tomoidvtest.Person{FullName: "Mirae Hong", DateOfBirth: "1990-02-28"})
	stolen, err := srv.ReturnURL("attempt-of-victim")
	if err != nil {
		log.Fatal(err)
	}

	// The attacker, in whose session attempt-of-attacker is stored, opens it.
	r, err := http.NewRequest(http.MethodGet, stolen, nil)
	if err != nil {
		log.Fatal(err)
	}
	claim, err := tomoidv.ParseReturn(r)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("somebody came back:", claim.PPID != "")

	result, err := client.Result(ctx, &tomoidv.ResultRequest{UserID: "attempt-of-attacker"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("records:", len(result.Records))
	// Output:
	// somebody came back: true
	// records: 0
}

// An operation of a newer contract has no method here. It is reached with the
// same token, bounds and errors; here it is KYC that is asked for by hand.
func ExampleClient_Do() {
	srv, err := tomoidvtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	client, err := tomoidv.NewClient(srv.ClientID, srv.SecretKey, tomoidv.WithBaseURL(srv.URL))
	if err != nil {
		log.Fatal(err)
	}
	const attempt = "31415926535897932384626433832795028841"
	_, err = client.Start(context.Background(), &tomoidv.StartRequest{
		UserID: attempt, Country: "jp", Policy: tomoidv.GovernmentID("id_card", tomoidv.OwnerVerified("document_secret")),
		RedirectURLSuccess: "https://shop.example/idv", RedirectURLFail: "https://shop.example/idv",
	})
	if err != nil {
		log.Fatal(err)
	}
	_ = srv.Pass(attempt, tomoidvtest.Person{FullName: "Hanako Sato", DateOfBirth: "1990-01-31"})

	answer, err := client.Do(context.Background(), &tomoidv.Call{
		Method: http.MethodPost, Route: "/v1/idv/kyc/get", Body: []byte(`{"user_id":"` + attempt + `","country":"jp"}`),
		Repeatable: true, // it reads
	})
	if err != nil {
		log.Fatal(err)
	}
	var got struct {
		FullName string `json:"full_name"`
	}
	if err := answer.Decode(&got); err != nil {
		log.Fatal(err)
	}
	fmt.Println(got.FullName)
	// Output: Hanako Sato
}
