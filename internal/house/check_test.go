package house_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/house"
)

// sound reads the repository that breaks no rule: "-- name --" stands before
// each file of it.
func sound(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("testdata/sound.txt")
	require.NoError(t, err)
	files, name := map[string]string{}, ""
	for line := range strings.Lines(string(text)) {
		if next, ok := strings.CutSuffix(strings.TrimPrefix(line, "-- "), " --\n"); ok {
			name = next
		} else if name != "" {
			files[name] += line
		}
	}
	require.Greater(t, len(files), 20)
	return files
}

func check(t *testing.T, files map[string]string) []string {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, content := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(content)}
	}
	found, err := house.Check(fsys, map[string]string{"veriff/verifftest/server.go": "serves until it is closed"})
	require.NoError(t, err)
	return found
}

func TestCheckAcceptsASoundRepository(t *testing.T) {
	assert.Empty(t, check(t, sound(t)))
}

func TestCheckRefuses(t *testing.T) {
	const (
		ours      = "github.com/kyckit/kyckit-go/"
		clause    = "module github.com/kyckit/kyckit-go\n"
		noChange  = "a package variable must not change: "
		checklist = "veriff/testdata/document/checklist.tsv"
		head      = "part\tline\ttests\n"
		leftover  = "a note about work to be done belongs in the tracker"
	)
	imports := func(pkg string, path string) string { return "package " + pkg + "\nimport \"" + path + "\"\n" }

	tests := map[string]struct {
		file, content string
		want          string
	}{
		"a folder at the top": {"docs/a.txt", "", "docs: does not belong at the top of the repository"},
		"a file at the top":   {"Makefile", "", "Makefile: does not belong at the top of the repository"},

		"a fifth requirement":       {"go.mod", clause + "go 1.26\nrequire (\n\texample.com/x v1.0.0\n)", "go.mod:4: the root module must not require example.com/x"},
		"a requirement on one line": {"go.mod", clause + "go 1.26\nrequire example.com/x v1.0.0 // wanted", "go.mod:3: the root module must not require example.com/x"},
		"a patch level":             {"go.mod", clause + "go 1.26.0", "go.mod:2: the root module says go 1.26, not 1.26.0"},
		"an older go":               {"go.mod", clause + "go 1.25", "go.mod:2: the root module says go 1.26, not 1.25"},
		"a toolchain":               {"go.mod", clause + "go 1.26\ntoolchain go1.26.8", "go.mod:3: a toolchain line forces every user's toolchain"},
		"a nested toolchain":        {"internal/stress/go.mod", "module x\ngo 1.26.0\ntoolchain go1.26.8", "internal/stress/go.mod:3: a toolchain line forces every user's toolchain"},
		"a tool in the root":        {"go.mod", clause + "go 1.26\ntool example.com/x", "go.mod:3: the root module has no tool line"},
		"a replacement in the root": {"go.mod", clause + "go 1.26\nreplace example.com/x => ./x", "go.mod:3: the root module has no replace line"},
		"a nested patch level":      {"internal/stress/go.mod", "module x\ngo 1.26.1", "internal/stress/go.mod:2: a nested module asks for go 1.26.0 at most, not 1.26.1"},
		"a nested newer go":         {"internal/stress/go.mod", "module x\ngo 1.27", "internal/stress/go.mod:2: a nested module asks for go 1.26.0 at most, not 1.27"},

		"a vendor that knows another":        {"veriff/x.go", imports("veriff", ours+"iamport"), "veriff/x.go:2: veriff must not import " + ours + "iamport"},
		"a vendor that knows kyc":            {"veriff/x.go", imports("veriff", ours+"kyc"), "veriff/x.go:2: veriff must not import " + ours + "kyc"},
		"a vendor that knows its adapter":    {"veriff/x.go", imports("veriff", ours+"kyc/veriffkyc"), "veriff/x.go:2: veriff must not import " + ours + "kyc/veriffkyc"},
		"a vendor that knows its fake":       {"veriff/x.go", imports("veriff", ours+"veriff/verifftest"), "veriff/x.go:2: veriff must not import " + ours + "veriff/verifftest"},
		"a vendor with the fakes' parts":     {"veriff/x.go", imports("veriff", ours+"internal/fake"), "veriff/x.go:2: veriff must not import " + ours + "internal/fake"},
		"a vendor with the marker test":      {"veriff/x.go", imports("veriff", ours+"internal/secret/secrettest"), "veriff/x.go:2: veriff must not import " + ours + "internal/secret/secrettest"},
		"a vendor with jwt":                  {"veriff/x.go", imports("veriff", "github.com/golang-jwt/jwt/v5"), "veriff/x.go:2: veriff must not import github.com/golang-jwt/jwt/v5"},
		"a vendor with something else":       {"veriff/x.go", imports("veriff", "example.com/x"), "veriff/x.go:2: veriff must not import example.com/x"},
		"a vendor's test that knows another": {"veriff/x_test.go", imports("veriff_test", ours+"iamport"), "veriff/x_test.go:2: veriff must not import " + ours + "iamport"},
		"a vendor's test that knows kyc":     {"veriff/x_test.go", imports("veriff_test", ours+"kyc"), "veriff/x_test.go:2: veriff must not import " + ours + "kyc"},
		"a dot import":                       {"veriff/x.go", "package veriff\nimport . \"os\"\n", "veriff/x.go:2: a dot import hides what comes from os"},
		"kyc with a vendor":                  {"kyc/x.go", imports("kyc", ours+"veriff"), "kyc/x.go:2: kyc must not import " + ours + "veriff"},
		"kyc with an internal package":       {"kyc/x.go", imports("kyc", ours+"internal/secret"), "kyc/x.go:2: kyc must not import " + ours + "internal/secret"},
		"kyc with go-querystring":            {"kyc/x.go", imports("kyc", "github.com/google/go-querystring/query"), "kyc/x.go:2: kyc must not import github.com/google/go-querystring/query"},
		"an adapter of two vendors":          {"kyc/veriffkyc/x.go", imports("veriffkyc", ours+"tomoidv"), "kyc/veriffkyc/x.go:2: kyc/veriffkyc must not import " + ours + "tomoidv"},
		"an adapter with another":            {"kyc/veriffkyc/x.go", imports("veriffkyc", ours+"kyc/tomoidvkyc"), "kyc/veriffkyc/x.go:2: kyc/veriffkyc must not import " + ours + "kyc/tomoidvkyc"},
		"kychttp with a vendor":              {"kyc/kychttp/x.go", imports("kychttp", ours+"veriff"), "kyc/kychttp/x.go:2: kyc/kychttp must not import " + ours + "veriff"},
		"kyctest with a vendor":              {"kyc/kyctest/x.go", imports("kyctest", ours+"veriff"), "kyc/kyctest/x.go:2: kyc/kyctest must not import " + ours + "veriff"},
		"kyctest with testify":               {"kyc/kyctest/x.go", imports("kyctest", "github.com/stretchr/testify/require"), "kyc/kyctest/x.go:2: kyc/kyctest must not import github.com/stretchr/testify/require"},
		"a client with testify":              {"veriff/x.go", imports("veriff", "github.com/stretchr/testify/assert"), "veriff/x.go:2: veriff must not import github.com/stretchr/testify/assert"},
		"a client with httpmock":             {"veriff/x.go", imports("veriff", "github.com/jarcoal/httpmock"), "veriff/x.go:2: veriff must not import github.com/jarcoal/httpmock"},
		"a client with testing":              {"veriff/x.go", imports("veriff", "testing"), "veriff/x.go:2: veriff ships to users and must not import testing"},
		"the transport with testing":         {"internal/transport/x.go", imports("transport", "testing/iotest"), "internal/transport/x.go:2: internal/transport ships to users and must not import testing/iotest"},

		"a fake with its client":         {"veriff/verifftest/x.go", imports("verifftest", ours+"veriff"), "veriff/verifftest/x.go:2: veriff/verifftest must not import " + ours + "veriff"},
		"a fake with the transport":      {"veriff/verifftest/x.go", imports("verifftest", ours+"internal/transport"), "veriff/verifftest/x.go:2: veriff/verifftest must not import " + ours + "internal/transport"},
		"a fake with the token":          {"veriff/verifftest/x.go", imports("verifftest", ours+"internal/token"), "veriff/verifftest/x.go:2: veriff/verifftest must not import " + ours + "internal/token"},
		"a fake with the boxes":          {"veriff/verifftest/x.go", imports("verifftest", ours+"internal/secret"), "veriff/verifftest/x.go:2: veriff/verifftest must not import " + ours + "internal/secret"},
		"a fake with a library":          {"tomoidv/tomoidvtest/x.go", "// Package tomoidvtest is a fake.\n" + imports("tomoidvtest", "github.com/golang-jwt/jwt/v5"), "tomoidv/tomoidvtest/x.go:3: tomoidv/tomoidvtest must not import github.com/golang-jwt/jwt/v5"},
		"a fake's test inside it":        {"veriff/verifftest/x_test.go", imports("verifftest", ours+"veriff"), "veriff/verifftest/x_test.go:2: veriff/verifftest must not import " + ours + "veriff"},
		"a fake's test with another":     {"veriff/verifftest/x_test.go", imports("verifftest_test", ours+"iamport"), "veriff/verifftest/x_test.go:2: veriff/verifftest must not import " + ours + "iamport"},
		"the fakes' parts with a box":    {"internal/fake/x.go", imports("fake", ours+"internal/secret"), "internal/fake/x.go:2: internal/fake must not import " + ours + "internal/secret"},
		"a test with a fake, but inside": {"veriff/x_test.go", imports("veriff", ours+"veriff/verifftest"), "veriff/x_test.go:2: a test that uses the fake must be package veriff_test"},

		"an internal package with a vendor":      {"internal/secret/secrettest/x.go", imports("secrettest", ours+"veriff"), "internal/secret/secrettest/x.go:2: internal/secret/secrettest must not import " + ours + "veriff"},
		"an internal package with kyc":           {"internal/secret/secrettest/x.go", imports("secrettest", ours+"kyc"), "internal/secret/secrettest/x.go:2: internal/secret/secrettest must not import " + ours + "kyc"},
		"an attack that is no test":              {"internal/hostile/x.go", "// Package hostile attacks.\n" + imports("hostile", ours+"veriff"), "internal/hostile/x.go:3: internal/hostile must not import " + ours + "veriff"},
		"an internal test with a vendor":         {"internal/transport/x_test.go", imports("transport_test", ours+"veriff"), "internal/transport/x_test.go:2: internal/transport must not import " + ours + "veriff"},
		"the transport with the fakes' parts":    {"internal/transport/x.go", imports("transport", ours+"internal/fake"), "internal/transport/x.go:2: internal/transport must not import " + ours + "internal/fake"},
		"an example with an internal package":    {"examples/quickstart/x.go", imports("main", ours+"internal/secret"), "examples/quickstart/x.go:2: examples/quickstart must not import " + ours + "internal/secret"},
		"a nested example with an internal one":  {"examples/sql/x.go", imports("main", ours+"internal/fake"), "examples/sql/x.go:2: examples/sql must not import " + ours + "internal/fake"},
		"an example's test with an internal one": {"examples/quickstart/x_test.go", imports("main", ours+"internal/fake"), "examples/quickstart/x_test.go:2: examples/quickstart must not import " + ours + "internal/fake"},
		"an example that needs a module":         {"examples/quickstart/x.go", imports("main", "modernc.org/sqlite"), "examples/quickstart/x.go:2: examples/quickstart must not import modernc.org/sqlite"},
		"a package nobody planned":               {"veriff/extra/x.go", "// Package extra is one more.\npackage extra\n", "veriff/extra/x.go:2: the house has no package veriff/extra"},

		"init":                       {"veriff/x.go", "package veriff\nfunc init() {}\n", "veriff/x.go:2: a library has no init"},
		"Getenv":                     {"veriff/x.go", "package veriff\nimport \"os\"\nvar key = os.Getenv(\"KEY\")\n", "veriff/x.go:3: a library does not read the environment"},
		"LookupEnv, renamed":         {"kyc/x.go", "package kyc\nimport system \"os\"\nfunc f() { system.LookupEnv(\"KEY\") }\n", "kyc/x.go:3: a library does not read the environment"},
		"Environ, as a value":        {"internal/fake/x.go", "package fake\nimport \"syscall\"\nvar all = syscall.Environ\n", "internal/fake/x.go:3: a library does not read the environment"},
		"an exported variable":       {"veriff/x.go", "package veriff\n// Timeout is long.\nvar Timeout = 3\n", "veriff/x.go:3: an exported variable is anyone's to change: Timeout"},
		"a variable without a value": {"veriff/x.go", "package veriff\nvar count int\n", "veriff/x.go:2: " + noChange + "count"},
		"a file named like a test's": {"veriff/x.go", "package veriff_test\nvar count int\n", "veriff/x.go:2: " + noChange + "count"},
		"a made map":                 {"veriff/x.go", "package veriff\nvar cache = make(map[string]int)\n", "veriff/x.go:2: " + noChange + "cache"},
		"a new value":                {"veriff/x.go", "package veriff\nvar last = new(int)\n", "veriff/x.go:2: " + noChange + "last"},
		"a pointer to a literal":     {"veriff/x.go", "package veriff\nvar last = &struct{ n int }{}\n", "veriff/x.go:2: " + noChange + "last"},
		"a mutex":                    {"veriff/x.go", "package veriff\nimport \"sync\"\nvar mu = sync.Mutex{}\n", "veriff/x.go:3: " + noChange + "mu"},
		"an atomic":                  {"veriff/x.go", "package veriff\nimport \"sync/atomic\"\nvar p = atomic.Pointer[int]{}\n", "veriff/x.go:3: " + noChange + "p"},
		"a channel":                  {"veriff/x.go", "package veriff\nvar ch chan int = open()\n", "veriff/x.go:2: " + noChange + "ch"},
		"assigned":                   {"veriff/x.go", "package veriff\nvar n = 1\nfunc f() { n = 2 }\n", "veriff/x.go:3: " + noChange + "n"},
		"assigned in another file":   {"veriff/x.go", "package veriff\nfunc f() { words = nil }\n", "veriff/x.go:2: " + noChange + "words"},
		"assigned in a test":         {"veriff/x_test.go", "package veriff\nfunc f() { words = nil }\n", "veriff/x_test.go:2: " + noChange + "words"},
		"an element assigned":        {"veriff/x.go", "package veriff\nfunc f() { words[2] = \"two\" }\n", "veriff/x.go:2: " + noChange + "words"},
		"a field assigned":           {"veriff/x.go", "package veriff\nvar s = struct{ n []int }{}\nfunc f() { (s.n[1:])[0] = 2 }\n", "veriff/x.go:3: " + noChange + "s"},
		"through a pointer":          {"veriff/x.go", "package veriff\nvar p = f()\nfunc f() *int { *p = 2; return nil }\n", "veriff/x.go:3: " + noChange + "p"},
		"counted":                    {"veriff/x.go", "package veriff\nvar n = 1\nfunc f() { n++ }\n", "veriff/x.go:3: " + noChange + "n"},
		"ranged into":                {"veriff/x.go", "package veriff\nvar n = 1\nfunc f() { for n = range 3 {} }\n", "veriff/x.go:3: " + noChange + "n"},
		"ranged into, second":        {"veriff/x.go", "package veriff\nvar n = 1\nfunc f() { for _, n = range []int{3} {} }\n", "veriff/x.go:3: " + noChange + "n"},
		"its address taken":          {"veriff/x.go", "package veriff\nvar n = 1\nfunc f() *int { return &n }\n", "veriff/x.go:3: " + noChange + "n"},
		"deleted from":               {"veriff/x.go", "package veriff\nfunc f() { delete(words, 1) }\n", "veriff/x.go:2: " + noChange + "words"},
		"cleared":                    {"veriff/x.go", "package veriff\nfunc f() { clear(words) }\n", "veriff/x.go:2: " + noChange + "words"},
		"copied into":                {"veriff/x.go", "package veriff\nvar b = []byte{1}\nfunc f() { copy(b[:], \"x\") }\n", "veriff/x.go:3: " + noChange + "b"},
		"changed by its method":      {"veriff/x.go", "package veriff\ntype set map[int]bool\nfunc (s *set) add() {}\nvar seen = set{}\nfunc f() { seen.add() }\n", "veriff/x.go:5: " + noChange + "seen"},
		"another package's variable": {"veriff/x.go", "package veriff\nimport \"net/http\"\nfunc f() { http.DefaultClient = nil }\n", "veriff/x.go:3: " + noChange + "http.DefaultClient"},
		"a goroutine":                {"veriff/x.go", "package veriff\nfunc f() { go f() }\n", "veriff/x.go:2: a library starts no goroutine without a listed reason"},
		"a goroutine no more":        {"veriff/verifftest/server.go", "// Package verifftest is a fake.\npackage verifftest\n", "veriff/verifftest/server.go: is listed for a goroutine that it does not start"},

		"a package without a comment":     {"kyc/kyc.go", "package kyc\n", "kyc/kyc.go:1: package kyc has no package comment"},
		"a package comment about another": {"kyc/kyc.go", "// Package portable is.\npackage kyc\n", "kyc/kyc.go:2: package kyc has no package comment"},
		"a program without a comment":     {"examples/quickstart/main.go", "package main\n", "examples/quickstart/main.go:1: package main has no package comment"},
		"a function without a comment":    {"veriff/x.go", "package veriff\nfunc F() {}\n", "veriff/x.go:2: F has no doc comment"},
		"a method without a comment":      {"veriff/x.go", "package veriff\nfunc (e *Error) Unwrap() {}\n", "veriff/x.go:2: Unwrap has no doc comment"},
		"a generic method without":        {"veriff/x.go", "package veriff\n\n// Page is one.\ntype Page[T any] struct{}\nfunc (p Page[T]) Next() {}\n", "veriff/x.go:5: Next has no doc comment"},
		"a method of two parameters":      {"veriff/x.go", "package veriff\n\n// Pair is one.\ntype Pair[K, V any] struct{}\nfunc (p *Pair[K, V]) Swap() {}\n", "veriff/x.go:5: Swap has no doc comment"},
		"a type without a comment":        {"veriff/x.go", "package veriff\ntype T struct{}\n", "veriff/x.go:2: T has no doc comment"},
		"a type in a group without":       {"veriff/x.go", "package veriff\n\n// Types.\ntype (\n\tT struct{}\n)\n", "veriff/x.go:5: T has no doc comment"},
		"a constant without a comment":    {"veriff/x.go", "package veriff\nconst (\n\tA = 1\n)\n", "veriff/x.go:3: A has no doc comment"},
		"an error without a comment":      {"veriff/x.go", "package veriff\nvar ErrX = f()\n", "veriff/x.go:2: ErrX has no doc comment"},
		"internal, yet without a comment": {"internal/transport/x.go", "package transport\nfunc F() {}\n", "internal/transport/x.go:2: F has no doc comment"},
		"a directive is no comment":       {"veriff/x.go", "package veriff\n\n//go:noinline\nfunc F() {}\n", "veriff/x.go:4: F has no doc comment"},
		"a test that is skipped":          {"veriff/x_test.go", "package veriff\nfunc f(t T) { t.Skip(1) }\n", "veriff/x_test.go:2: a test is never skipped"},
		"a benchmark that is skipped":     {"veriff/x_test.go", "package veriff\nfunc f(b T) { b.Skipf(\"\") }\n", "veriff/x_test.go:2: a test is never skipped"},
		"a fuzz target that skips":        {"internal/stress/x_test.go", "package stress\nfunc f(f T) { f.SkipNow() }\n", "internal/stress/x_test.go:2: a test is never skipped"},
		"a test that is shortened":        {"veriff/x_test.go", "package veriff\nimport \"testing\"\nfunc f() bool { return testing.Short() }\n", "veriff/x_test.go:3: a test is never shortened"},
		"a test that sleeps":              {"veriff/x_test.go", "package veriff\nimport \"time\"\nfunc f() { time.Sleep(1) }\n", "veriff/x_test.go:3: a test does not sleep; it waits for a condition, or lets synctest tell the time"},
		"a note in a comment":             {"veriff/x.go", "package veriff\n\n// TO" + "DO: more\n", "veriff/x.go:3: " + leftover},
		"a note inside a function":        {"examples/sql/x.go", "package main\nfunc f() {\n\t_ = 1 /* FIX" + "ME */\n}\n", "examples/sql/x.go:3: " + leftover},
		"a note in a script":              {".ci/run", "set -e\n# X" + "XX\n", ".ci/run:2: " + leftover},
		"a note in a text":                {"README.md", "Soon: TO" + "DO\n", "README.md:1: " + leftover},
		"Go in a fence without a name":    {"README.md", "```\nx := 1\n```\n", `README.md:2: a fence that holds Go is called "go"`},
		"Go in a fence of another name":   {"README.md", "~~~golang\nfunc F() {}\n~~~\n", `README.md:2: a fence that holds Go is called "go"`},
		"a file in a fence called text":   {"examples/quickstart/README.md", "\n   ```text\n// Shop.\npackage shop\n```\n", `examples/quickstart/README.md:3: a fence that holds Go is called "go"`},
		"a fence that is never closed":    {"README.md", "```sh\ngo test ./...\n", "README.md: README.md:1: the fence is not closed"},

		"a checklist with a test that is not there":   {checklist, head + "A\tb\tveriff.TestClient veriff.TestGone\n", checklist + ":2: there is no test veriff.TestGone"},
		"a checklist with a test of another package":  {checklist, head + "A\tb\tkyc.TestClient\n", checklist + ":2: there is no test kyc.TestClient"},
		"a checklist with a function that is no test": {checklist, head + "A\tb\tveriff.helper\n", checklist + ":2: there is no test veriff.helper"},
		"a checklist with a row without a test":       {checklist, head + "A\tb\t\n", checklist + ":2: a row is a part, a line and its tests"},
		"a checklist with a row of another shape":     {checklist, head + "A\tveriff.TestClient\n", checklist + ":2: a row is a part, a line and its tests"},
		"a checklist with a line twice":               {checklist, head + "A\tb\tveriff.TestClient\nA\tb\tveriff.Example\n", checklist + ":3: stands twice"},
		"a checklist of nothing":                      {checklist, head, checklist + ": holds nothing"},
		"a fence closed by a shorter mark":            {"README.md", "````sh\nx\n```\n", "README.md: README.md:1: the fence is not closed"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			files := sound(t)
			files[tt.file] = tt.content
			assert.Equal(t, []string{tt.want}, check(t, files))
		})
	}
}

func TestCheckRefusesWhatItCannotRead(t *testing.T) {
	for name, tt := range map[string]struct{ file, content, want string }{
		"Go that does not parse":   {"veriff/x.go", "package veriff\nfunc {", "veriff/x.go:2:6: expected 'IDENT'"},
		"a go.mod without a value": {"internal/stress/go.mod", "module\n", `internal/stress/go.mod:1: "module" is no directive`},
	} {
		t.Run(name, func(t *testing.T) {
			files := sound(t)
			fsys := fstest.MapFS{}
			files[tt.file] = tt.content
			for name, content := range files {
				fsys[name] = &fstest.MapFile{Data: []byte(content)}
			}
			_, err := house.Check(fsys, nil)
			require.ErrorContains(t, err, tt.want)
		})
	}
}
