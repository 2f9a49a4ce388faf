package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// packageClause finds the package clause of a whole file, comments before it.
var packageClause = regexp.MustCompile(`\A(\s*(//.*)?\n)*package\s`)

// A program is a fence, parsed as what it is.
type program struct {
	*ast.File
	whole bool // a file of its own, and not a part that we completed
}

func (f Fence) holdsGo() bool {
	_, err := f.parse(token.NewFileSet())
	return err == nil
}

// parse reads the fence as a file if it has a package clause, else as
// declarations, else as statements, and imports by name what it uses.
func (f Fence) parse(fset *token.FileSet) (*program, error) {
	line := fmt.Sprintf("//line %s:%d\n", f.File, f.Line)
	text := line + f.Text + "\n"
	parse := func(source string) (*ast.File, error) {
		return parser.ParseFile(fset, "", source, parser.SkipObjectResolution)
	}
	if packageClause.MatchString(f.Text) {
		file, err := parse(text)
		return &program{file, true}, err
	}

	before, after := "", ""
	file, err := parse("package fence\n" + text)
	if err != nil {
		before, after = "func _() {\n", "}\n"
		if file, err = parse("package fence\n" + before + text + after); err != nil {
			return nil, err
		}
		if returnsValue(file) {
			before, after = "func _() error {\n", "return nil\n}\n"
		}
	}
	file, err = parse("package fence\n" + line + importsFor(file) + before + text + after)
	return &program{file, false}, err
}

// returnsValue tells whether the function around a fence's statements gives
// anything back.
func returnsValue(file *ast.File) bool {
	found := false
	ast.Inspect(file, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) > 0 {
			found = true
		}
		_, inner := n.(*ast.FuncLit)
		return !inner
	})
	return found
}

// importsFor writes an import for each known package whose name stands before
// a dot.
func importsFor(file *ast.File) string {
	known, used := knownPackages(), map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && known[x.Name] != "" {
				used[known[x.Name]] = true
			}
		}
		return true
	})
	for _, spec := range file.Imports {
		delete(used, importPath(spec))
	}
	var out strings.Builder
	for _, pkg := range slices.Sorted(maps.Keys(used)) {
		fmt.Fprintf(&out, "import %q; ", pkg)
	}
	return out.String() + "\n"
}

// knownPackages are those that part of a file may use without importing them,
// by name.
func knownPackages() map[string]string {
	pkgs := []string{
		"bytes", "context", "encoding/json", "errors", "fmt", "io", "log", "log/slog", "net/http", "net/http/httptest",
		"net/url", "os", "path/filepath", "slices", "strings", "testing", "time", testify + "/assert", testify + "/require",
		ours("kyc"), ours("kyc/kychttp"), ours("kyc/kyctest"),
	}
	for _, vendor := range vendors {
		pkgs = append(pkgs, ours(vendor), ours(fake(vendor)), ours("kyc/"+vendor+"kyc"))
	}
	out := map[string]string{}
	for _, pkg := range pkgs {
		out[path.Base(pkg)] = pkg
	}
	return out
}
