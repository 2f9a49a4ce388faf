package house_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/house"
)

func TestFences(t *testing.T) {
	fences, err := house.Fences("a.md", strings.Join([]string{
		"# Title",
		"```go",
		"x := 1",
		"```",
		"<!-- house: prelude shop -->",
		"",
		"~~~~ sh",
		"```",
		"~~~",
		"~~~~ sh",
		"~~~~",
		"```",
		"```",
		"<!-- house: prelude shop -->",
		"Something between.",
		"```",
		"```",
	}, "\n"))
	require.NoError(t, err)
	assert.Equal(t, []house.Fence{
		{File: "a.md", Line: 3, Name: "go", Text: "x := 1\n"},
		{File: "a.md", Line: 8, Name: "sh", Prelude: "shop", Text: "```\n~~~\n~~~~ sh\n"},
		{File: "a.md", Line: 13},
		{File: "a.md", Line: 17},
	}, fences)
}

func TestCompileFences(t *testing.T) {
	preludes := fstest.MapFS{
		"default.go.txt": {Data: []byte("package fence\nimport \"context\"\nvar ctx context.Context\nfunc load(ctx context.Context) (string, error) { return \"\", nil }\n")},
		"shop.go.txt":    {Data: []byte("package fence\nvar shop struct{ Name string }\n")},
		"inner.go.txt":   {Data: []byte("package fence\nimport \"github.com/kyckit/kyckit-go/internal/secret\"\nvar box secret.Box\n")},
	}
	tests := map[string]struct {
		text    string
		prelude string
		want    []string // how each problem begins, behind the file's name
	}{
		"a file":                               {text: "// Shop sells.\npackage main\n\nfunc main() {}\n"},
		"a file that leaves a variable":        {text: "package main\nfunc main() { x := 1 }\n", want: []string{":11: declared and not used: x"}},
		"a file that leaves an import":         {text: "package main\nimport \"os\"\nfunc main() {}\n", want: []string{":11: \"os\" imported and not used"}},
		"a file has no prelude":                {text: "package main\nvar _ = ctx\n", want: []string{":11: undefined: ctx"}},
		"a file imports for itself":            {text: "package main\nvar _ = fmt.Sprint()\n", want: []string{":11: undefined: fmt"}},
		"declarations":                         {text: "type T struct{}\n\nfunc (T) Get() { http.Get(strings.ToLower(\"\")) }\n"},
		"declarations with an import":          {text: "import web \"net/http\"\n\nfunc get() { web.Get(fmt.Sprint()) }\n"},
		"declarations that import a known one": {text: "import \"fmt\"\n\nfunc get() { fmt.Println() }\n"},
		"a declaration that is wrong":          {text: "func get() int { return http.Nothing }\n", want: []string{":10: undefined: http.Nothing"}},
		"statements":                           {text: "name, err := load(ctx)\nother, err := load(ctx)\n"},
		"a prelude of its own":                 {text: "name := shop.Name\n", prelude: "shop"},
		"a prelude that was not asked":         {text: "name := shop.Name\n", want: []string{":10: undefined: shop"}},
		"a prelude that is not there":          {text: "x := 1\n", prelude: "none", want: []string{":10: prelude: open none.go.txt: file does not exist"}},
		"a prelude that no user has":           {text: "x := 1\n", prelude: "inner", want: []string{":10: a user cannot import github.com/kyckit/kyckit-go/internal/secret"}},
		"statements that return":               {text: "if _, err := load(ctx); err != nil {\n\treturn err\n}\n"},
		"statements that just return":          {text: "if ctx == nil {\n\treturn\n}\n"},
		"what a function inside returns":       {text: "f := func() int { return 1 }\nif f() == 1 {\n\treturn\n}\n"},
		"a wrong number of results":            {text: "name := load(ctx)\n", want: []string{":10: assignment mismatch: 1 variable but load returns 2 values"}},
		"a wrong type":                         {text: "x := 1\nvar y string = x\n", want: []string{":11: cannot use x (variable of type int) as string value in variable declaration"}},
		"a name that is not there":             {text: "x := missing\n", want: []string{":10: undefined: missing"}},
		"a method that is not there":           {text: "ctx.Stop()\n", want: []string{":10: ctx.Stop undefined (type context.Context has no field or method Stop)"}},
		"a variable before a package":          {text: "url := \"x\"\nfmt.Println(url)\n"},
		"two faults":                           {text: "x := a\ny := b\n", want: []string{":10: undefined: a", ":11: undefined: b"}},
		"no Go at all":                         {text: "one two\n", want: []string{":10: expected ';', found two (and 1 more errors)"}},
		"a package that is not there": {
			text: "package main\nimport _ \"github.com/kyckit/kyckit-go/nothing\"\n",
			want: []string{":11: could not import github.com/kyckit/kyckit-go/nothing (module "},
		},
		"an internal package": {
			text: "import _ \"github.com/kyckit/kyckit-go/internal/secret\"\n",
			want: []string{":10: a user cannot import github.com/kyckit/kyckit-go/internal/secret"},
		},
	}
	var fences []house.Fence
	for name, tt := range tests {
		file := strings.ReplaceAll(name, " ", "-") + ".md"
		fences = append(fences, house.Fence{File: file, Line: 10, Name: "go", Prelude: tt.prelude, Text: tt.text})
	}
	problems, err := house.CompileFences(t.TempDir(), "../..", preludes, fences)
	require.NoError(t, err)
	expected := 0
	for name, tt := range tests {
		expected += len(tt.want)
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, problem := range problems {
				if what, ok := strings.CutPrefix(problem, strings.ReplaceAll(name, " ", "-")+".md"); ok {
					got = append(got, what)
				}
			}
			require.Len(t, got, len(tt.want), "%q", got)
			for i, want := range tt.want {
				assert.True(t, strings.HasPrefix(got[i], want), got[i])
			}
		})
	}
	assert.Len(t, problems, expected, "%q", problems)
}
