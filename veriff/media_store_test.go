package veriff_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

// names are the files in a directory.
func names(tb testing.TB, dir string) []string {
	tb.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(tb, err)
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func TestDownloadMediaFile(t *testing.T) {
	content := photo(100_000)
	path := filepath.Join(t.TempDir(), veriff.MediaFile{ID: videoID, MIMEType: "video/mp4"}.FileName())
	mock := mocked(http.MethodGet, mediaURL, func(r *http.Request) (*http.Response, error) {
		assert.NoFileExists(t, path)
		resp, err := withHeader(http.StatusOK, content, "X-HMAC-SIGNATURE", hmacHex(sharedSecret, content), "Content-Type", "video/mp4")(r)
		resp.Body = io.NopCloser(io.MultiReader(resp.Body, watching(func() { assert.NoFileExists(t, path, "before its end") })))
		return resp, err
	})
	download, err := newClient(t, mock).DownloadMediaFile(t.Context(), videoID, path)
	require.NoError(t, err)
	assert.Equal(t, &veriff.Download{Size: 100_000, SHA256: sha256Of(content), ContentType: "video/mp4", Signed: true}, download)
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, content, got)
	info, err := os.Lstat(path)
	require.NoError(t, err)
	assert.Equal(t, fs.FileMode(0o600), info.Mode())
	assert.Equal(t, []string{videoID + ".mp4"}, names(t, filepath.Dir(path)), "no temporary file")
}

// watching looks at something when everything before it was read.
type watching func()

func (w watching) Read([]byte) (int, error) {
	w()
	return 0, io.EOF
}

func TestDownloadMediaFileThatFails(t *testing.T) {
	content := photo(50_000)
	answer := func(status int, header ...string) http.RoundTripper {
		return mocked(http.MethodGet, mediaURL, withHeader(status, content, header...))
	}
	insist := []veriff.Option{veriff.WithSignedAnswersOnly()}
	for name, test := range map[string]struct {
		network http.RoundTripper
		options []veriff.Option
		want    error
		says    string
	}{
		"not found":       {answer(http.StatusNotFound), nil, veriff.ErrNotFound, "404 not found"},
		"cut off":         {media(50_000, bytes.NewReader(content[:40_000])), nil, io.ErrUnexpectedEOF, "200 unavailable: cut off"},
		"too large":       {media(1<<30+1, bytes.NewReader(content)), nil, veriff.ErrTooLarge, "too large"},
		"empty":           {media(-1, bytes.NewReader(nil)), nil, veriff.ErrInvalidAnswer, "it is empty"},
		"wrong signature": {answer(http.StatusOK, "X-HMAC-SIGNATURE", hmacHex("another", content)), nil, veriff.ErrSignature, "the answer's does not"},
		"unsigned":        {answer(http.StatusOK), insist, veriff.ErrSignature, "the answer has none"},
	} {
		dir := t.TempDir()
		download, err := newClient(t, test.network, test.options...).DownloadMediaFile(t.Context(), videoID, filepath.Join(dir, "mirae-hong.jpg"))
		assert.Nil(t, download, name)
		require.ErrorIs(t, err, test.want, name)
		assert.ErrorContains(t, err, "veriff: DownloadMediaFile: ", name)
		assert.ErrorContains(t, err, test.says, name)
		assert.Empty(t, names(t, dir), name)
		assertShowsNothing(t, name, err, []string{"mirae-hong", dir, videoID})
	}
}

func TestDownloadMediaFileThatIsInterrupted(t *testing.T) {
	t.Run("canceled", func(t *testing.T) {
		dir := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		client := newClient(t, media(-1, io.MultiReader(bytes.NewReader(photo(40_000)), watching(func() {
			assert.Len(t, names(t, dir), 1, "the temporary file")
			cancel()
		}), brokenReader{context.Canceled})))
		_, err := client.DownloadMediaFile(ctx, videoID, filepath.Join(dir, "x"))
		require.ErrorIs(t, err, context.Canceled)
		assert.Empty(t, names(t, dir))
	})
	t.Run("panic", func(t *testing.T) {
		dir := t.TempDir()
		client := newClient(t, media(-1, io.MultiReader(bytes.NewReader(photo(40_000)), watching(func() { panic("a RoundTripper's") }))))
		assert.Panics(t, func() { _, _ = client.DownloadMediaFile(t.Context(), videoID, filepath.Join(dir, "x")) })
		assert.Empty(t, names(t, dir))
	})
}

func TestDownloadMediaFileNeverOverwrites(t *testing.T) {
	for name, make := range map[string]func(path string) error{
		"a file":             func(path string) error { return os.WriteFile(path, []byte("kept"), 0o600) },
		"an empty file":      func(path string) error { return os.WriteFile(path, nil, 0o600) },
		"a directory":        func(path string) error { return os.Mkdir(path, 0o700) },
		"a link to nowhere":  func(path string) error { return os.Symlink(path+"-nowhere", path) },
		"a link to its like": func(path string) error { return os.Symlink(filepath.Dir(path), path) },
	} {
		for _, when := range []string{"before", "meanwhile"} {
			dir := t.TempDir()
			path := filepath.Join(dir, "mirae-hong.jpg")
			appear := func() { require.NoError(t, make(path)) }
			client := newClient(t, media(-1, io.MultiReader(bytes.NewReader(photo(100)), watching(appear))))
			if when == "before" {
				appear()
				client = newClient(t, httpmock.NewMockTransport()) // is not asked
			}
			before, err := os.Lstat(dir)
			require.NoError(t, err)
			download, err := client.DownloadMediaFile(t.Context(), videoID, path)
			assert.Nil(t, download)
			require.ErrorIs(t, err, fs.ErrExist, "%s %s", name, when)
			assert.EqualError(t, err, "veriff: DownloadMediaFile: there is a file at the path")
			assert.Equal(t, []string{"mirae-hong.jpg"}, names(t, dir))
			if content, err := os.ReadFile(path); name == "a file" && assert.NoError(t, err) {
				assert.Equal(t, "kept", string(content))
			}
			if after, err := os.Lstat(dir); when == "before" && assert.NoError(t, err) {
				assert.Equal(t, before.ModTime(), after.ModTime(), "nothing was made in it")
			}
		}
	}
}

func TestDownloadMediaFileOfManyAtOnce(t *testing.T) {
	content := photo(10_000)
	client := newClient(t, mocked(http.MethodGet, mediaURL, withHeader(http.StatusOK, content)))
	path := filepath.Join(t.TempDir(), "x.jpg")
	var wins atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			switch _, err := client.DownloadMediaFile(t.Context(), videoID, path); {
			case err == nil:
				wins.Add(1)
			default:
				assert.ErrorIs(t, err, fs.ErrExist)
			}
		})
	}
	all.Wait()
	assert.EqualValues(t, 1, wins.Load())
	assert.Equal(t, []string{"x.jpg"}, names(t, filepath.Dir(path)))
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, content, got)
}

func TestDownloadMediaFileWithoutAPlace(t *testing.T) {
	mock := httpmock.NewMockTransport()
	client := newClient(t, mock)
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for name, test := range map[string]struct {
		client   *veriff.Client
		id, path string
		want     error
		says     string
	}{
		"no path":           {client, videoID, "", veriff.ErrInvalidRequest, "the path is empty"},
		"no id":             {client, "", filepath.Join(dir, "x"), veriff.ErrInvalidRequest, "media id is empty"},
		"an id as a path":   {client, "../x", filepath.Join(dir, "x"), veriff.ErrInvalidRequest, "media id has a slash or backslash"},
		"no client":         {nil, videoID, filepath.Join(dir, "x"), veriff.ErrInvalidRequest, "the client was not made by NewClient"},
		"no directory":      {client, videoID, filepath.Join(dir, "mirae-hong", "x"), fs.ErrNotExist, "veriff: DownloadMediaFile: no file can be made in the directory"},
		"file as directory": {client, videoID, filepath.Join(file, "mirae-hong"), syscall.ENOTDIR, "veriff: DownloadMediaFile: a new file cannot be made at the path"},
		"NUL":               {client, videoID, filepath.Join(dir, "mirae-hong\x00"), syscall.EINVAL, "veriff: DownloadMediaFile: a new file cannot be made at the path"},
		"a long name":       {client, videoID, filepath.Join(dir, strings.Repeat("x", 300)), syscall.ENAMETOOLONG, "veriff: DownloadMediaFile: a new file cannot be made at the path"},
	} {
		_, err := test.client.DownloadMediaFile(t.Context(), test.id, test.path)
		require.ErrorIs(t, err, test.want, name)
		assert.ErrorContains(t, err, test.says, name)
		assertShowsNothing(t, name, err, []string{"mirae-hong", dir, videoID})
	}
	assert.Zero(t, mock.GetTotalCallCount())
	assert.Equal(t, []string{"file"}, names(t, dir))
}

func TestDownloadMediaFileWhoseDirectoryGoes(t *testing.T) {
	dir := t.TempDir()
	client := newClient(t, media(-1, io.MultiReader(bytes.NewReader(photo(100)), watching(func() {
		require.NoError(t, os.RemoveAll(dir))
	}))))
	_, err := client.DownloadMediaFile(t.Context(), videoID, filepath.Join(dir, "mirae-hong.jpg"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	assert.EqualError(t, err, "veriff: DownloadMediaFile: a new file cannot be made at the path")
	assertShowsNothing(t, "no directory any more", err, []string{"mirae-hong", dir})
	var link *os.LinkError
	assert.False(t, errors.As(err, &link))
}
