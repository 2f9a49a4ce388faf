package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// demonstrate archives two sessions of made-up people, while a download is cut
// off, a third is not completed yet, and a file is damaged on the disk.
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
	dir, err := os.MkdirTemp("", "archive-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	j := job{dir: filepath.Join(dir, "archive"), workers: 1}
	for range 3 { // each leaves two photos and a video
		session, err := client.CreateSession(ctx, &veriff.CreateSessionRequest{})
		if err != nil {
			return err
		}
		if err := fake.Submit(session.ID); err != nil {
			return err
		}
		j.sessions = append(j.sessions, session.ID)
	}
	film := verifftest.Media{Kind: verifftest.VideoMedia, MimeType: "video/mp4", Name: "../../film.mp4",
		Content: []byte(strings.Repeat("a long film ", 100_000)), Duration: time.Minute}
	_, err = fake.AddMedia(j.sessions[0], film)
	if err := errors.Join(err, fake.Approve(j.sessions[0], verifftest.Person{FirstName: "Mirae"}),
		fake.Decline(j.sessions[1], 106, "")); err != nil {
		return err
	}

	var ended []error
	run := func(title string) error {
		_, _ = fmt.Fprintf(out, "%s:\n", title)
		err := j.run(ctx, client, out, terminal)
		if err != nil {
			_, _ = fmt.Fprintf(out, "ended with: %v\n", err)
		}
		ended = append(ended, err)
		return ctx.Err()
	}
	if err := errors.Join(fake.Inject(verifftest.Truncate().On(verifftest.DownloadMediaRoute)), run("A download is cut off, a session waits for its decision")); err != nil {
		return err
	}
	if err := errors.Join(fake.Approve(j.sessions[2], verifftest.Person{FirstName: "Hanako"}), run("Once more, when it is decided")); err != nil {
		return err
	}
	videos, err := filepath.Glob(filepath.Join(j.dir, "*", "*.mp4"))
	if err := errors.Join(err, os.Truncate(videos[0], 100), run("Once more, with a file that was damaged on the disk")); err != nil {
		return err
	}
	_, _ = fmt.Fprintln(out, "The archive:")
	err = fs.WalkDir(os.DirFS(j.dir), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			_, _ = fmt.Fprintf(out, "  %s %8d  %s\n", info.Mode(), info.Size(), path)
		}
		return err
	})
	if err != nil {
		return err
	}
	if ended[0] == nil || ended[1] != nil || ended[2] != nil {
		return errors.New("the first run should have failed, and the others not")
	}
	return nil
}
