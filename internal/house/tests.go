package house

import (
	"go/ast"
	"slices"
)

// checkTests refuses what lets a test not run, or wait for the wall clock.
func checkTests(t *tree) []finding {
	var out []finding
	for _, f := range t.gofiles {
		if !f.test {
			continue
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok && slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, sel.Sel.Name) {
				out = append(out, t.at(call.Pos(), "a test is never skipped"))
			}
			return true
		})
		f.mentions("testing", []string{"Short"}, func(sel *ast.SelectorExpr) {
			out = append(out, t.at(sel.Pos(), "a test is never shortened"))
		})
		f.mentions("time", []string{"Sleep"}, func(sel *ast.SelectorExpr) {
			out = append(out, t.at(sel.Pos(), "a test does not sleep; it waits for a condition, or lets synctest tell the time"))
		})
	}
	return out
}
