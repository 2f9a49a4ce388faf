package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"

	"github.com/kyckit/kyckit-go/veriff"
)

const (
	memoryLimit = "32MiB"
	carriers    = 8
)

// carry uploads 17 MB and downloads 50 MB, eight of each at once, from and to a
// server in the same process, and gives the memory that the runtime had at most.
// The content is made as it is read, so that only what carries it counts.
func carry(ctx context.Context) (peak int64, err error) {
	server := httptest.NewServer(http.HandlerFunc(serveMedia))
	defer server.Close()
	client, err := newClient(server.URL, loopbackTransport())
	if err != nil {
		return 0, err
	}
	inUse := func() int64 { return read(mapped) - read(released) }
	return watch(inUse, func() error {
		uploads := start(carriers, func() error {
			_, err := client.UploadMedia(ctx, sessionID, &veriff.MediaUpload{Context: veriff.DocumentFront, Content: &photo{size: uploadSize}})
			return err
		})
		downloads := start(carriers, func() error {
			got, err := client.DownloadMedia(ctx, mediaID, io.Discard)
			if err == nil && got.Size != downloadSize {
				err = errors.New("not all of it came")
			}
			return err
		})
		return errors.Join(uploads(), downloads())
	})
}

func printCarried(w io.Writer) error {
	peak, err := carry(context.Background())
	if err == nil {
		_, err = fmt.Fprint(w, peak)
	}
	return err
}

// printLimited carries in a process of its own, whose memory limit is set as a
// user would set it.
func printLimited(ctx context.Context, w io.Writer) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, self, "-media")
	cmd.Env = append(os.Environ(), "GOMEMLIMIT="+memoryLimit)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return err
	}
	var peak int64
	if _, err := fmt.Sscan(strings.TrimSpace(string(out)), &peak); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "\nWith GOMEMLIMIT=%s, %d uploads of 17 MB and %d downloads of 50 MB at once, their server in the same process: "+
		"the runtime had at most %s in use.\n", memoryLimit, carriers, carriers, size(peak))
	return err
}
