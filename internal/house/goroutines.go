package house

import (
	"go/ast"
	"maps"
)

// checkGoroutines allows a go statement in the files that are listed, and
// wants the list to hold no others.
func checkGoroutines(t *tree, reasons map[string]string) []finding {
	stale := maps.Clone(reasons)
	var out []finding
	for _, f := range t.gofiles {
		if !f.library() {
			continue
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			if g, ok := n.(*ast.GoStmt); ok {
				delete(stale, f.path)
				if reasons[f.path] == "" {
					out = append(out, t.at(g.Pos(), "a library starts no goroutine without a listed reason"))
				}
			}
			return true
		})
	}
	for name := range stale {
		out = append(out, finding{name, "is listed for a goroutine that it does not start"})
	}
	return out
}
