package house

import (
	"slices"
	"strings"
)

// checkImports holds every import against the list of its folder, and a
// vendor's tests that use its fake to a package of their own, where they see
// no more than a user does.
func checkImports(t *tree) []finding {
	var out []finding
	for _, f := range t.gofiles {
		list, ok := mayImport(f)
		if !ok {
			out = append(out, t.at(f.Package, "the house has no package %s", f.dir))
			continue
		}
		for _, spec := range f.Imports {
			switch p := importPath(spec); {
			case spec.Name != nil && spec.Name.Name == ".":
				out = append(out, t.at(spec.Pos(), "a dot import hides what comes from %s", p))
			case within(p, "testing") && f.library() && !strings.HasSuffix(f.dir, "test"):
				out = append(out, t.at(spec.Pos(), "%s ships to users and must not import %s", f.dir, p))
			case f.test && !f.external && slices.Contains(vendors, f.dir) && p == ours(fake(f.dir)):
				out = append(out, t.at(spec.Pos(), "a test that uses the fake must be package %s_test", f.dir))
			case within(f.dir, "examples") && within(p, ours("internal")),
				!standard(p) && !slices.ContainsFunc(list, func(pattern string) bool { return matches(p, pattern) }):
				out = append(out, t.at(spec.Pos(), "%s must not import %s", f.dir, p))
			}
		}
	}
	return out
}

// mayImport lists what a file may import besides the standard library; ok is
// false in a folder that the house does not have.
func mayImport(f *gofile) (patterns []string, ok bool) {
	patterns, ok = shippedImports(f.dir)
	if !ok {
		return nil, false
	}
	if f.nested && within(f.dir, "examples") {
		patterns = append(patterns, "...")
	}
	if !f.test {
		return patterns, true
	}
	patterns = append(patterns, testify+"/...", httpmock, ours(f.dir))
	if !within(f.dir, "examples") {
		patterns = append(patterns, ours("internal/..."))
	}
	switch room, _, nested := strings.Cut(f.dir, "/"); {
	case f.dir == "internal/hostile": // it attacks all of them
		patterns = append(patterns, ours("..."))
	case room == "kyc":
		patterns = append(patterns, ours("kyc/..."))
		for _, vendor := range vendors {
			patterns = append(patterns, ours(vendor+"/..."))
		}
	case slices.Contains(vendors, room) && !nested:
		patterns = append(patterns, ours(fake(room)))
	case slices.Contains(vendors, room) && f.external: // a fake beside the client that it judges
		client, _ := shippedImports(room)
		patterns = append(append(patterns, client...), ours(room))
	}
	return patterns, true
}

// shippedImports lists what the files of a folder may import besides the
// standard library when they are no tests.
func shippedImports(dir string) (patterns []string, ok bool) {
	plumbing := []string{ours("internal/transport"), ours("internal/token"), ours("internal/secret")}
	for _, vendor := range vendors {
		switch dir {
		case vendor:
			patterns = append(plumbing, querystring+"/query")
			if vendor == "tomoidv" {
				patterns = append(patterns, jwt)
			}
			return patterns, true
		case fake(vendor):
			return []string{ours("internal/fake")}, true
		case "kyc/" + vendor + "kyc":
			return []string{ours("kyc"), ours(vendor)}, true
		}
	}
	switch {
	case dir == "kyc", dir == "internal/fake":
		return nil, true
	case dir == "kyc/kychttp":
		return []string{ours("kyc")}, true
	case dir == "kyc/kyctest":
		return []string{ours("kyc"), ours("kyc/kychttp"), ours("internal/secret/secrettest")}, true
	case slices.Contains(plumbing, ours(dir)):
		return plumbing, true
	case dir == "internal/house":
		return []string{ours("...")}, true
	case within(dir, "internal/bench", "internal/stress"):
		return []string{"..."}, true
	case within(dir, "internal"):
		return []string{ours("internal/...")}, true
	case within(dir, "examples"):
		return []string{ours("..."), querystring + "/...", jwt, testify + "/...", httpmock}, true
	}
	return nil, false
}

func fake(vendor string) string { return vendor + "/" + vendor + "test" }

func ours(folder string) string { return module + "/" + folder }

// standard tells whether a package is Go's own: only those have no dot in the
// first element of their path.
func standard(pkg string) bool {
	first, _, _ := strings.Cut(pkg, "/")
	return !strings.Contains(first, ".")
}

// matches compares a package with a pattern as the go command writes them.
func matches(pkg, pattern string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "..."); ok {
		return strings.HasPrefix(pkg+"/", prefix)
	}
	return pkg == pattern
}
