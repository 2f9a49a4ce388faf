package house

import (
	"go/ast"
	"slices"
	"strings"
)

// checkDocs wants a package comment everywhere, and in libraries one on every
// exported name and method. A group of constants or variables may share one.
func checkDocs(t *tree) []finding {
	var out []finding
	for _, files := range t.packages(func(f *gofile) bool { return !f.test }) {
		if !slices.ContainsFunc(files, packageDoc) {
			out = append(out, t.at(files[0].Package, "package %s has no package comment", files[0].Name.Name))
		}
	}
	for _, f := range t.gofiles {
		if !f.library() {
			continue
		}
		for _, decl := range f.Decls {
			for _, name := range undocumented(decl) {
				out = append(out, t.at(name.Pos(), "%s has no doc comment", name.Name))
			}
		}
	}
	return out
}

func packageDoc(f *gofile) bool {
	text := f.Doc.Text()
	return strings.HasPrefix(text, "Package "+f.Name.Name+" ") || f.Name.Name == "main" && text != ""
}

// undocumented lists the exported names that a declaration leaves without a
// comment.
func undocumented(decl ast.Decl) []*ast.Ident {
	var out []*ast.Ident
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Name.IsExported() && decl.Doc.Text() == "" && (decl.Recv == nil || exportedReceiver(decl)) {
			out = append(out, decl.Name)
		}
	case *ast.GenDecl:
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				alone := !decl.Lparen.IsValid() && decl.Doc.Text() != ""
				if spec.Name.IsExported() && spec.Doc.Text() == "" && !alone {
					out = append(out, spec.Name)
				}
			case *ast.ValueSpec:
				if spec.Doc.Text() == "" && spec.Comment.Text() == "" && decl.Doc.Text() == "" {
					out = append(out, slices.DeleteFunc(slices.Clone(spec.Names), func(n *ast.Ident) bool { return !n.IsExported() })...)
				}
			}
		}
	}
	return out
}

func exportedReceiver(fn *ast.FuncDecl) bool {
	receiver := fn.Recv.List[0].Type
	for {
		switch r := receiver.(type) {
		case *ast.StarExpr:
			receiver = r.X
		case *ast.IndexExpr:
			receiver = r.X
		case *ast.IndexListExpr:
			receiver = r.X
		case *ast.Ident:
			return r.IsExported()
		default:
			return false
		}
	}
}
