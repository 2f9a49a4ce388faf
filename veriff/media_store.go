package veriff

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// DownloadMediaFile downloads media into a new file at path, for which
// [MediaFile.FileName] makes a good name, readable by its owner alone (0600).
// The file appears only when the media is complete, verified where it was
// signed, and flushed to the disk; until then a hidden temporary file beside it
// holds what came, and is removed whatever happens short of the process's
// death. A file that is there already is never touched, not even one that
// appears meanwhile: that is an error which is [fs.ErrExist]. The directory's
// file system must know hard links. Otherwise it is like DownloadMedia.
func (c *Client) DownloadMediaFile(ctx context.Context, mediaID, path string) (download *Download, err error) {
	const op = "DownloadMediaFile"
	if err := c.checkMedia(op, mediaID); err != nil {
		return nil, err
	}
	if path == "" {
		return nil, invalid(op, errors.New("the path is empty"))
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			err = fs.ErrExist
		}
		return nil, fileError(op, "a new file cannot be made at the path", err)
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".veriff-*") // with 0600
	if err != nil {
		return nil, fileError(op, "no file can be made in the directory", err)
	}
	defer func() {
		_ = temporary.Close()
		_ = os.Remove(temporary.Name())
	}()
	if download, err = c.download(ctx, op, mediaID, fileWriter{temporary}); err != nil {
		return nil, err
	}
	if err = temporary.Sync(); err == nil {
		err = temporary.Close()
	}
	if err != nil {
		return nil, fileError(op, "the file cannot be completed", err)
	}
	if err = os.Link(temporary.Name(), path); err != nil { // unlike a rename, it replaces nothing
		return nil, fileError(op, "a new file cannot be made at the path", err)
	}
	return download, nil
}

// fileWriter keeps paths, which are made of ids, out of errors.
type fileWriter struct{ file *os.File }

func (w fileWriter) Write(p []byte) (int, error) {
	n, err := w.file.Write(p)
	return n, withoutPath(err)
}

func fileError(op, detail string, err error) *Error {
	if errors.Is(err, fs.ErrExist) {
		detail = "there is a file at the path"
	}
	return &Error{Op: op, detail: detail, cause: withoutPath(err)}
}

// withoutPath leaves of an error of package os the reason alone.
func withoutPath(err error) error {
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return failed.Err
	}
	if failed, ok := errors.AsType[*os.LinkError](err); ok {
		return failed.Err
	}
	return err
}
