package house

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"os"
	"strings"
)

// CompileFences reports what the compiler has against the fences, in a module
// at dir outside the repository at root. The packages that they use are built
// by one go command; the fences themselves are type-checked against those.
func CompileFences(dir, root string, preludes fs.FS, fences []Fence) ([]string, error) {
	c := &compiler{fset: token.NewFileSet(), preludes: preludes}
	for _, f := range fences {
		c.add(f)
	}
	lookup, err := c.build(dir, root)
	if err != nil {
		return nil, err
	}
	imports := importer.ForCompiler(c.fset, "gc", lookup)
	for _, u := range c.units {
		c.check(u, imports)
	}
	return c.problems, nil
}

type compiler struct {
	fset     *token.FileSet
	preludes fs.FS
	units    []unit
	problems []string
}

// A unit is one package: a fence and the preludes that it rests on.
type unit struct {
	files []*ast.File
	whole bool
}

func (c *compiler) add(f Fence) {
	p, err := f.parse(c.fset)
	if err != nil {
		c.problems = append(c.problems, err.Error())
		return
	}
	u := unit{files: []*ast.File{p.File}, whole: p.whole}
	if !p.whole {
		for _, name := range []string{"default", f.Prelude} {
			if name == "" {
				continue
			}
			prelude, err := c.prelude(name)
			if err != nil {
				c.problems = append(c.problems, fmt.Sprintf("%s:%d: prelude: %v", f.File, f.Line, err))
				return
			}
			u.files = append(u.files, prelude)
		}
	}
	for _, file := range u.files {
		for _, spec := range file.Imports {
			if p := importPath(spec); strings.Contains("/"+p+"/", "/internal/") {
				c.problems = append(c.problems, fmt.Sprintf("%s:%d: a user cannot import %s", f.File, f.Line, p))
				return
			}
		}
	}
	c.units = append(c.units, u)
}

func (c *compiler) prelude(name string) (*ast.File, error) {
	name += ".go.txt"
	source, err := fs.ReadFile(c.preludes, name)
	if err != nil {
		return nil, err
	}
	return parser.ParseFile(c.fset, name, source, parser.SkipObjectResolution)
}

// build compiles every package that the units import, and gives access to what
// each exports.
func (c *compiler) build(dir, root string) (importer.Lookup, error) {
	o, err := newOutside(dir, root)
	if err != nil {
		return nil, err
	}
	args := []string{"list", "-e", "-export", "-deps", "-json=ImportPath,Export,Error", "--"}
	for _, u := range c.units {
		for _, file := range u.files {
			for _, spec := range file.Imports {
				args = append(args, importPath(spec))
			}
		}
	}
	out, err := o.run(args...)
	if err != nil {
		return nil, err
	}
	type listed struct {
		ImportPath, Export string
		Error              *struct{ Err string }
	}
	built := map[string]listed{}
	for list := json.NewDecoder(bytes.NewReader(out)); ; {
		var pkg listed
		switch err := list.Decode(&pkg); {
		case errors.Is(err, io.EOF):
			return func(path string) (io.ReadCloser, error) {
				pkg := built[path]
				if pkg.Error != nil {
					return nil, errors.New(pkg.Error.Err)
				}
				return os.Open(pkg.Export)
			}, nil
		case err != nil:
			return nil, err
		}
		built[pkg.ImportPath] = pkg
	}
}

// check type-checks one unit. The soft errors are what is declared or imported
// and not used: a part of a program may leave that to the rest of it.
func (c *compiler) check(u unit, imports types.Importer) {
	config := types.Config{
		Importer:  imports,
		GoVersion: "go1.26",
		Error: func(err error) {
			var problem types.Error
			if errors.As(err, &problem) && problem.Soft && !u.whole {
				return
			}
			c.problems = append(c.problems, err.Error())
		},
	}
	// What it returns is the first of the errors that were reported above.
	_, _ = config.Check(u.files[0].Name.Name, c.fset, u.files, nil)
}
