package house_test

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/house"
)

const root = "../.."

// goroutines lists the library files that start a goroutine, with what ends it.
var goroutines = map[string]string{
	"internal/fake/inprocess.go": "one handler, whose context ends with the caller's",
	"internal/fake/listener.go":  "serves until Close, which waits for it",
	"kyc/kychttp/refresh.go":     "a few at a time; Refresh waits for all of them",
	"internal/token/detached.go": "one fetch or one store call, each bounded by a timeout",
}

func TestRepository(t *testing.T) {
	found, err := house.Check(os.DirFS(root), goroutines)
	require.NoError(t, err)
	for _, finding := range found {
		t.Error(finding)
	}
}

func TestProgramsCompile(t *testing.T) {
	const usage = "internal/house/testdata/usage.md"
	repository := os.DirFS(root)
	files := []string{usage}
	require.NoError(t, fs.WalkDir(repository, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (name == ".git" || d.Name() == "testdata"):
			return fs.SkipDir
		case path.Ext(name) == ".md":
			files = append(files, name)
		}
		return nil
	}))

	var programs []house.Fence
	in := map[string]int{}
	for _, name := range files {
		text, err := fs.ReadFile(repository, name)
		require.NoError(t, err)
		fences, err := house.Fences(name, string(text))
		require.NoError(t, err)
		for _, f := range fences {
			if f.Name == "go" {
				programs = append(programs, f)
				in[name]++
			}
		}
	}
	assert.Positive(t, in["README.md"], "README.md shows no program")
	assert.Equal(t, 6, in[usage])

	problems, err := house.CompileFences(t.TempDir(), root, os.DirFS("testdata/prelude"), programs)
	require.NoError(t, err)
	for _, problem := range problems {
		t.Error(problem)
	}
}

func TestCommandsOfTheReadmeAreRun(t *testing.T) {
	for _, file := range []string{"README.md", ".ci/run"} {
		text, err := fs.ReadFile(os.DirFS(root), file)
		if !assert.NoError(t, err) {
			continue
		}
		for _, command := range []string{"go run ./examples/quickstart", "go test ./..."} {
			alone := regexp.MustCompile(`(?m)^([^#\n]*\s)?` + regexp.QuoteMeta(command) + `$`)
			assert.True(t, alone.Match(text), "%s does not have %s", file, command)
		}
	}
}

func TestExamplesAreInTheReadme(t *testing.T) {
	text, err := fs.ReadFile(os.DirFS(root), "README.md")
	require.NoError(t, err)
	programs, err := fs.ReadDir(os.DirFS(root), "examples")
	require.NoError(t, err)
	for _, p := range programs {
		row := regexp.MustCompile(`(?m)^\| ` + p.Name() + ` \|.*\| ` + "`go ((run|test) ./examples/" + p.Name() + "|-C examples/" + p.Name() + ` run \.)`)
		assert.True(t, row.Match(text), "the table of examples in README.md has no row for %s with its command", p.Name())
	}
}
