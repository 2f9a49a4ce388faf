// Package house holds the rules of the repository itself and the tests that
// hold the repository to them. Nothing imports it.
//
// [Check] reads a tree of files, nested modules included, and reports what
// breaks a rule:
//
//   - Top: only the vendors, kyc, internal, examples, go.mod, go.sum,
//     README.md, LICENSE and dot-files are visible.
//   - Modules: the root go.mod says "go 1.26" and requires go-querystring,
//     jwt, testify and httpmock directly, nothing more and nothing else. A
//     nested module asks for go 1.26.0 at most. No toolchain line anywhere.
//   - Imports: each folder has a closed list, in imports.go. A vendor knows
//     no other vendor and no kyc, kyc only the standard library, an adapter kyc
//     and its vendor; a fake shares nothing with the client that it judges;
//     what ships imports no test library; examples use no internal package. A
//     vendor's tests that use its fake stand outside the package.
//   - State: libraries have no init, read no environment, start no goroutine
//     that is not on the list with its reason, and keep no package variable
//     that changes. The last is an approximation, told at the top of state.go.
//   - Docs: every package and every exported name and method of a library has
//     a doc comment.
//   - Tests: nothing is skipped or shortened, nothing sleeps.
//   - Leftovers: no note about work to be done later.
//   - Fences: a fence in Markdown that holds Go is called "go".
//   - Checklists: each row of a checklist.tsv, which says what a vendor's
//     document asks for, names tests that exist.
//
// Other files in folders named testdata are left out. [CompileFences] compiles each Go fence
// as a user's module outside this one would have it:
//
//   - A fence that begins with a package clause is a file of its own, and held
//     to everything the compiler holds a file to.
//   - Any other is declarations, or else statements inside a function that
//     returns an error if they do. The packages that program.go knows by name
//     are imported. Names that the fence leaves open come from
//     testdata/prelude/default.go.txt and, after a line that is
//     <!-- house: prelude NAME --> right before the fence, from NAME.go.txt as
//     well. A variable that goes unused is no fault.
//
// The tests compile README.md, every other Markdown file and the programs in
// testdata/usage.md, build modules outside this one that import one vendor
// each, keep the commands of README.md and .ci/run together, and want each
// folder of examples in the table of README.md.
package house
