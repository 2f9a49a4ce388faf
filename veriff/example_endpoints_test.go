package veriff_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log"
	"net/http"

	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// exampleSession gives a Veriff without an account, a client for it and a session.
func exampleSession(options ...verifftest.Option) (*verifftest.Server, *veriff.Client, *veriff.Session) {
	srv, err := verifftest.Start(options...)
	if err != nil {
		log.Fatal(err)
	}
	client, err := veriff.NewClient(srv.APIKey, srv.Secret, veriff.WithBaseURL(srv.URL))
	if err != nil {
		log.Fatal(err)
	}
	session, err := client.CreateSession(context.Background(), &veriff.CreateSessionRequest{VendorData: "attempt-1"})
	if err != nil {
		log.Fatal(err)
	}
	return srv, client, session
}

// The photos are uploaded, and Veriff is told to decide. A conflict after more
// than one attempt may be this very call's own doing.
func ExampleClient_SubmitSession() {
	srv, client, session := exampleSession(verifftest.WithoutPhotos())
	defer srv.Close()

	submit := func() {
		submitted, err := client.SubmitSession(context.Background(), session.ID)
		failed, _ := errors.AsType[*veriff.Error](err)
		switch {
		case errors.Is(err, veriff.ErrConflict) && failed.Attempts > 1:
			fmt.Println("perhaps submitted by an attempt whose answer was lost: ask Attempts")
		case errors.Is(err, veriff.ErrConflict):
			fmt.Println("not open any more:", failed.Code)
		case err != nil:
			log.Fatal(err)
		default:
			fmt.Println(submitted.Status)
		}
	}
	submit()
	submit()
	// Output:
	// submitted
	// not open any more: session cannot change to that status
}

// A person has asked to be forgotten.
func ExampleClient_DeleteSession() {
	srv, client, session := exampleSession(verifftest.WithSessionDeletion())
	defer srv.Close()

	deleted, err := client.DeleteSession(context.Background(), session.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(deleted.ID == session.ID)
	_, err = client.Decision(context.Background(), session.ID)
	fmt.Println(errors.Is(err, veriff.ErrNotFound))
	// Output:
	// true
	// true
}

// Only no_match says that nobody on the lists is like the person.
func ExampleClient_WatchlistScreening() {
	srv, client, session := exampleSession()
	defer srv.Close()
	_ = srv.Screen(session.ID, map[string]any{"hits": []map[string]any{{"matchedName": "Mirae Hong"}}})

	screening, err := client.WatchlistScreening(context.Background(), session.ID)
	if err != nil {
		log.Fatal(err)
	}
	if screening.MatchStatus != veriff.MatchStatusNoMatch {
		for _, hit := range screening.Hits {
			fmt.Println("for a human to look at:", hit.MatchedName)
		}
	}
	// Output: for a human to look at: Mirae Hong
}

// Registries, and whatever Veriff adds, have no method. Here it is the list of
// attempts that is asked for by hand.
func ExampleClient_Do() {
	srv, client, session := exampleSession()
	defer srv.Close()

	answer, err := client.Do(context.Background(), &veriff.Call{
		Method: http.MethodGet, Route: "/v1/sessions/{id}/attempts", Args: []string{session.ID}, // which is signed
	})
	if err != nil {
		log.Fatal(err)
	}
	var got struct {
		Status        string `json:"status"`
		Verifications []struct {
			Status veriff.Status `json:"status"`
		} `json:"verifications"`
	}
	if err := answer.Decode(&got); err != nil || got.Status != "success" {
		log.Fatal(err)
	}
	fmt.Println(got.Verifications[0].Status, answer.Meta().Signed())
	// Output: created true
}

// A file from Veriff is the one that Guardtime stamped.
func ExampleTimestamp_MatchesSHA256() {
	srv, client, session := exampleSession(verifftest.WithTimestamps())
	defer srv.Close()
	photo := []byte("\xff\xd8\xff, a photo")
	_, _ = srv.AddMedia(session.ID, verifftest.Media{Context: "document-front", Content: photo})

	list, err := client.Timestamps(context.Background(), session.ID)
	if err != nil {
		log.Fatal(err)
	}
	timestamp, err := client.Timestamp(context.Background(), list.Timestamps[0].ID)
	if err != nil {
		log.Fatal(err)
	}
	sum := sha256.Sum256(photo) // of a download
	fmt.Println(timestamp.MatchesSHA256(sum[:]))
	// Output: true <nil>
}
