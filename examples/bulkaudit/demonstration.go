package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

const demonstrationTable = `reference,first_name,last_name,document_country,face,document_front,document_back
customer-1,Mirae,Hong,KR,face.jpg,front.jpg,back.jpg
customer-2,Hanako,Sato,JP,face.jpg,front.jpg,back.jpg
customer-3,Mari,Tamm,EE,face.jpg,front.jpg,
customer-4,Sarah,Morgan,GB,face.jpg,front.jpg,
=1+1,Eve,Formula,GB,face.jpg,front.jpg,
customer-6,Eve,Outside,GB,face.jpg,../front.jpg,
`

// demonstrate runs the audit of a made-up table until nothing is left to do,
// while connections break, and counts what Veriff has got.
func demonstrate(ctx context.Context, out io.Writer, terminal *os.File) (err error) {
	fake, err := verifftest.Start()
	if err != nil {
		return err
	}
	defer fake.Close()
	client, err := veriff.NewClient(fake.APIKey, fake.Secret, veriff.WithBaseURL(fake.URL))
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "bulkaudit-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	in := func(name string) string { return filepath.Join(dir, name) }
	j := job{customers: in("customers.csv"), images: in("images"), journal: in("audit.journal"), summary: in("summary.csv"), workers: 2}
	if err := errors.Join(os.WriteFile(j.customers, []byte(demonstrationTable), 0o600), writePhotos(j.images)); err != nil {
		return err
	}

	run := func(title string, faults ...verifftest.Fault) error {
		if err := fake.Inject(faults...); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(out, "%s:\n", title)
		err := j.run(ctx, client, fake.APIKey, out, terminal)
		_, _ = fmt.Fprintf(out, "  ended with: %s\n", strings.ReplaceAll(fmt.Sprint(err), dir+string(filepath.Separator), ""))
		j.again = nil
		return ctx.Err()
	}
	if err := run("The answer to a session is lost", verifftest.ResetAfter().On(verifftest.CreateSessionRoute)); err != nil {
		return err
	}
	if err := run("Once more, and the answer to an upload is lost", verifftest.ResetAfter().On(verifftest.UploadMediaRoute)); err != nil {
		return err
	}
	if err := run("Once more"); err != nil {
		return err
	}
	summary, err := os.ReadFile(j.summary)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "The summary:\n%s", summary)

	doubtful, err := openJournal(j.journal, fake.APIKey)
	if err != nil {
		return err
	}
	for _, reference := range doubtful.order {
		if doubtful.customers[reference].inDoubt() {
			j.again = append(j.again, reference)
		}
	}
	doubtful.close()
	if err := run("A person has looked for it, and wants another"); err != nil {
		return err
	}

	images, submitted := 0, 0
	for _, session := range fake.Sessions() {
		images += len(fake.Media(session.ID))
		if session.Status == "submitted" {
			submitted++
		}
	}
	_, _ = fmt.Fprintf(out, "Veriff has %d sessions with %d images in all, %d of them submitted\n", len(fake.Sessions()), images, submitted)
	if len(fake.Sessions()) != 6 || images != 12 || submitted != 5 {
		return errors.New("that should be 6 with 12, and 5")
	}
	return nil
}

// writePhotos makes the folder of images, and a file outside of it.
func writePhotos(dir string) error {
	var photo bytes.Buffer
	err := errors.Join(jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 64, 40)), nil), os.Mkdir(dir, 0o700))
	for _, name := range []string{"face.jpg", "front.jpg", "back.jpg", "../front.jpg"} {
		err = errors.Join(err, os.WriteFile(filepath.Join(dir, name), photo.Bytes(), 0o600))
	}
	return err
}
