package veriff_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// An application with its own camera uploads the photos and submits them, and
// later keeps what Veriff has of the session.
func ExampleClient_UploadMedia() {
	srv, err := verifftest.Start() // in production, Veriff
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	client, err := veriff.NewClient(srv.APIKey, srv.Secret, veriff.WithBaseURL(srv.URL))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	session, err := client.CreateSession(ctx, &veriff.CreateSessionRequest{VendorData: "attempt-1"})
	if err != nil {
		log.Fatal(err)
	}

	photo := bytes.NewReader([]byte("\xff\xd8\xff a synthetic JPEG")) // usually an *os.File
	for _, context := range []veriff.MediaContext{veriff.Face, veriff.DocumentFront} {
		image, err := client.UploadMedia(ctx, session.ID, &veriff.MediaUpload{Context: context, Content: photo})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("uploaded", image.Context)
	}
	if _, err = client.SubmitSession(ctx, session.ID); err != nil {
		log.Fatal(err)
	}

	dir, err := os.MkdirTemp("", "media")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	media, err := client.SessionMedia(ctx, session.ID)
	if err != nil {
		log.Fatal(err)
	}
	for _, file := range media.Images {
		download, err := client.DownloadMediaFile(ctx, file.ID, filepath.Join(dir, file.FileName()))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("kept", file.Context, download.Size, download.Signed)
	}
	// Output:
	// uploaded face
	// uploaded document-front
	// kept face 20 true
	// kept document-front 20 true
}
