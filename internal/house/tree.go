package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// module is the path of the root module; the folders of nested modules are
// named below it all the same.
const module = "github.com/kyckit/kyckit-go"

var vendors = []string{"iamport", "tomoidv", "veriff"}

// A tree is the repository as the rules see it.
type tree struct {
	fset    *token.FileSet
	top     []string
	gofiles []*gofile
	modules []*modfile
	texts   map[string]string // everything else that is text, by path
	// Of what stands below testdata only the checklists are read.
	checklists map[string]string
}

// A gofile is one parsed Go file.
type gofile struct {
	*ast.File
	path, dir string
	test      bool // its name ends in _test.go
	external  bool // a test outside the package that it tests
	nested    bool // in a module of its own
}

// A finding is one breach of one rule.
type finding struct{ where, what string }

func (f finding) String() string { return f.where + ": " + f.what }

// Check reports what in fsys breaks a rule of the house. In goroutines a
// library file that may start one stands with the reason for it.
func Check(fsys fs.FS, goroutines map[string]string) ([]string, error) {
	t, err := read(fsys)
	if err != nil {
		return nil, err
	}
	findings := slices.Concat(
		checkTop(t), checkModules(t), checkImports(t), checkState(t), checkGoroutines(t, goroutines),
		checkDocs(t), checkTests(t), checkLeftovers(t), checkFenceNames(t),
		checkChecklists(t),
	)
	var out []string
	for _, f := range findings {
		out = append(out, f.String())
	}
	slices.Sort(out)
	return out, nil
}

func read(fsys fs.FS) (*tree, error) {
	t := &tree{fset: token.NewFileSet(), texts: map[string]string{}, checklists: map[string]string{}}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == ".git":
			return skip(d)
		case d.IsDir() && d.Name() == "testdata":
			return nil
		case inTestdata(name):
			if d.IsDir() || path.Base(name) != checklistName {
				return nil
			}
			content, err := fs.ReadFile(fsys, name)
			t.checklists[name] = string(content)
			return err
		}
		if name != "." && !strings.Contains(name, "/") {
			t.top = append(t.top, name)
		}
		if d.IsDir() {
			return nil
		}
		content, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		switch {
		case path.Ext(name) == ".go":
			return t.addGo(name, content)
		case path.Base(name) == "go.mod":
			m, err := parseModfile(name, string(content))
			t.modules = append(t.modules, m)
			return err
		default:
			t.texts[name] = string(content)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, f := range t.gofiles {
		f.nested = slices.ContainsFunc(t.modules, func(m *modfile) bool {
			return within(f.dir, m.dir())
		})
	}
	return t, nil
}

func inTestdata(name string) bool { return strings.Contains("/"+name, "/testdata/") }

// skip leaves out .git, which is a file in a linked worktree.
func skip(d fs.DirEntry) error {
	if d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

func (t *tree) addGo(name string, content []byte) error {
	parsed, err := parser.ParseFile(t.fset, name, content, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	f := &gofile{File: parsed, path: name, dir: path.Dir(name), test: testFile(name)}
	f.external = f.test && strings.HasSuffix(parsed.Name.Name, "_test")
	t.gofiles = append(t.gofiles, f)
	return nil
}

// at says that what is wrong at pos.
func (t *tree) at(pos token.Pos, format string, args ...any) finding {
	p := t.fset.Position(pos)
	return finding{fmt.Sprintf("%s:%d", p.Filename, p.Line), fmt.Sprintf(format, args...)}
}

// inLibrary tells whether the file stands with a package that users link, or
// that such a package is made of.
func (f *gofile) inLibrary() bool {
	return !within(f.dir, "examples", "internal/house", "internal/bench", "internal/stress", "internal/tools")
}

// library tells whether the file is part of such a package.
func (f *gofile) library() bool { return !f.test && f.inLibrary() }

// packages groups the files that pass keep by folder.
func (t *tree) packages(keep func(*gofile) bool) map[string][]*gofile {
	out := map[string][]*gofile{}
	for _, f := range t.gofiles {
		if keep(f) {
			out[f.dir] = append(out[f.dir], f)
		}
	}
	return out
}

// imported gives the name under which the file imports a package, "" when it
// does not.
func (f *gofile) imported(pkg string) string {
	for _, spec := range f.Imports {
		if importPath(spec) != pkg {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return path.Base(pkg)
	}
	return ""
}

// mentions calls found for each pkg.name in the file.
func (f *gofile) mentions(pkg string, names []string, found func(*ast.SelectorExpr)) {
	local := f.imported(pkg)
	if local == "" {
		return
	}
	ast.Inspect(f.File, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && slices.Contains(names, sel.Sel.Name) {
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == local {
				found(sel)
			}
		}
		return true
	})
}

func testFile(name string) bool { return strings.HasSuffix(name, "_test.go") }

func importPath(spec *ast.ImportSpec) string {
	p, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return spec.Path.Value // the parser has refused it before
	}
	return p
}

// within tells whether dir is one of the folders or below one.
func within(dir string, folders ...string) bool {
	return slices.ContainsFunc(folders, func(folder string) bool {
		return dir == folder || strings.HasPrefix(dir, folder+"/")
	})
}
