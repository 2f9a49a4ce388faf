package veriff

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// What a full or broken disk says reaches the caller without the path, which is
// made of an id. No disk fails on request; a closed file does.
func TestFileWriterKeepsThePath(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "mirae-hong.jpg"))
	require.NoError(t, err)
	n, err := fileWriter{file}.Write([]byte("ab"))
	require.NoError(t, err)
	require.Equal(t, 2, n)
	require.NoError(t, file.Close())
	_, err = fileWriter{file}.Write([]byte("ab"))
	require.ErrorIs(t, err, fs.ErrClosed)
	require.NotContains(t, err.Error(), "mirae-hong")
}
