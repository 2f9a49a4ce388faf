package house

import (
	"errors"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// What a package variable may be is approximated. It is refused when it
//   - is exported, and no error sentinel;
//   - has no value (unless embedded), or one that is good only for changing:
//     make, new, the address of a literal (error sentinels excepted), a literal
//     from sync or sync/atomic; or has a type of those packages or a channel's;
//   - is assigned to, in whole or in part, counted up or down, ranged into,
//     deleted from, cleared, copied into, has its address taken, or is the
//     receiver of a method of this package that takes a pointer.
//
// Not seen: writes through another name for the same map, slice or pointer,
// and methods of other packages. A test inside the package must not change its
// variables either, nor another package's.
func checkState(t *tree) []finding {
	var out []finding
	for _, files := range t.packages(func(f *gofile) bool { return f.inLibrary() && !f.external }) {
		p := typed(t, files)
		for _, f := range files {
			if !f.test {
				out = append(out, p.functions(f)...)
				out = append(out, p.variables(f)...)
			}
			out = append(out, p.changes(f)...)
		}
	}
	return out
}

// A typedPackage is one folder's package, its own tests included, with names
// resolved. Imports stay unresolved: the tree need not build.
type typedPackage struct {
	*tree
	pkg  *types.Package
	info *types.Info
}

func typed(t *tree, files []*gofile) *typedPackage {
	p := &typedPackage{tree: t, info: &types.Info{
		Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
	}}
	var parsed []*ast.File
	for _, f := range files {
		parsed = append(parsed, f.File)
	}
	config := types.Config{Importer: noImporter{}, Error: func(error) {}}
	p.pkg, _ = config.Check(ours(files[0].dir), t.fset, parsed, p.info)
	return p
}

type noImporter struct{}

func (noImporter) Import(string) (*types.Package, error) { return nil, errors.New("not resolved") }

// functions reports init and reads of the environment.
func (p *typedPackage) functions(f *gofile) []finding {
	var out []finding
	for _, decl := range f.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			out = append(out, p.at(fn.Pos(), "a library has no init"))
		}
	}
	for _, pkg := range []string{"os", "syscall"} {
		f.mentions(pkg, []string{"Getenv", "LookupEnv", "Environ", "ExpandEnv"}, func(sel *ast.SelectorExpr) {
			out = append(out, p.at(sel.Pos(), "a library does not read the environment"))
		})
	}
	return out
}

// variables reports declarations of what can only be there to be changed.
func (p *typedPackage) variables(f *gofile) []finding {
	var out []finding
	for _, decl := range f.Decls {
		vars, ok := decl.(*ast.GenDecl)
		if !ok || vars.Tok != token.VAR {
			continue
		}
		for _, spec := range vars.Specs {
			spec := spec.(*ast.ValueSpec)
			for i, name := range spec.Names {
				if name.Name == "_" || embedded(vars.Doc) || embedded(spec.Doc) {
					continue
				}
				sentinel := strings.HasPrefix(strings.ToLower(name.Name), "err")
				switch {
				case name.IsExported() && !sentinel:
					out = append(out, p.at(name.Pos(), "an exported variable is anyone's to change: %s", name.Name))
				case spec.Type != nil && changing(f, spec.Type),
					len(spec.Values) == 0,
					i < len(spec.Values) && !sentinel && forChange(f, spec.Values[i]):
					out = append(out, p.at(name.Pos(), "a package variable must not change: %s", name.Name))
				}
			}
		}
	}
	return out
}

func embedded(doc *ast.CommentGroup) bool {
	return doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool {
		return strings.HasPrefix(c.Text, "//go:embed ")
	})
}

// changing tells whether a type holds nothing but what changes.
func changing(f *gofile, typ ast.Expr) bool {
	switch typ := ast.Unparen(typ).(type) {
	case *ast.ChanType:
		return true
	case *ast.IndexExpr: // atomic.Pointer[T]
		return changing(f, typ.X)
	case *ast.SelectorExpr:
		x, ok := typ.X.(*ast.Ident)
		return ok && (x.Name == f.imported("sync") || x.Name == f.imported("sync/atomic"))
	}
	return false
}

// forChange tells whether a value is good for nothing but being changed.
func forChange(f *gofile, value ast.Expr) bool {
	switch value := ast.Unparen(value).(type) {
	case *ast.UnaryExpr:
		return value.Op == token.AND
	case *ast.CompositeLit:
		return changing(f, value.Type)
	case *ast.CallExpr:
		fn, ok := value.Fun.(*ast.Ident)
		return ok && (fn.Name == "make" || fn.Name == "new")
	}
	return false
}

// changes reports what writes to a package variable.
func (p *typedPackage) changes(f *gofile) []finding {
	var out []finding
	written := func(targets ...ast.Expr) {
		for _, target := range targets {
			if name := p.variable(target); name != "" {
				out = append(out, p.at(target.Pos(), "a package variable must not change: %s", name))
			}
		}
	}
	ast.Inspect(f.File, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			written(n.Lhs...)
		case *ast.RangeStmt:
			written(n.Key, n.Value)
		case *ast.IncDecStmt:
			written(n.X)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				written(n.X)
			}
		case *ast.CallExpr:
			fn, ok := n.Fun.(*ast.Ident)
			if ok && len(n.Args) > 0 && slices.Contains([]string{"delete", "clear", "copy"}, fn.Name) {
				written(n.Args[0])
			}
		case *ast.SelectorExpr:
			if s := p.info.Selections[n]; s != nil && s.Kind() == types.MethodVal && pointerMethod(s) {
				written(n.X)
			}
		}
		return true
	})
	return out
}

func pointerMethod(s *types.Selection) bool {
	_, pointer := s.Obj().(*types.Func).Signature().Recv().Type().(*types.Pointer)
	return pointer
}

// variable names the package variable that an expression is part of, in this
// package's shipped files or another package; "" when there is none.
func (p *typedPackage) variable(e ast.Expr) string {
	for {
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		case *ast.SelectorExpr:
			if pkg, ok := x.X.(*ast.Ident); ok {
				if _, ok := p.info.Uses[pkg].(*types.PkgName); ok {
					return pkg.Name + "." + x.Sel.Name
				}
			}
			e = x.X
		case *ast.Ident:
			v, ok := p.info.Uses[x].(*types.Var)
			if ok && v.Parent() == p.pkg.Scope() && !testFile(p.fset.Position(v.Pos()).Filename) {
				return x.Name
			}
			return ""
		default:
			return ""
		}
	}
}
