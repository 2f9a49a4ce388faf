package tomoidv_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/tomoidv"
)

// The tables in testdata/tables were transcribed from the sources, not from
// the code: value, constant and the source.
var enumTables = []struct {
	file     string
	typeName string
	rows     int
	value    func(text string) knower
}{
	{"statuses.tsv", "Status", 5, word[tomoidv.Status]},
	{"outcomes.tsv", "Outcome", 3, word[tomoidv.Outcome]},
	{"matches.tsv", "Match", 4, word[tomoidv.Match]},
	{"document_categories.tsv", "DocumentCategory", 7, word[tomoidv.DocumentCategory]},
	{"name_variant_kinds.tsv", "NameVariantKind", 4, word[tomoidv.NameVariantKind]},
	{"media_kinds.tsv", "MediaKind", 5, word[tomoidv.MediaKind]},
	{"field_names.tsv", "FieldName", 20, word[tomoidv.FieldName]},
	{"reset_statuses.tsv", "ResetStatus", 2, word[tomoidv.ResetStatus]},
	{"deletion_statuses.tsv", "DeletionStatus", 2, word[tomoidv.DeletionStatus]},
	{"subject_kinds.tsv", "SubjectKind", 3, word[tomoidv.SubjectKind]},
	{"id_types.tsv", "IDType", 5, word[tomoidv.IDType]},
	{"methods.tsv", "Method", 5, word[tomoidv.Method]},
	{"owner_kinds.tsv", "OwnerKind", 3, word[tomoidv.OwnerKind]},
	{"owner_types.tsv", "OwnerType", 7, word[tomoidv.OwnerType]},
	{"error_codes.tsv", "ErrorCode", 10, word[tomoidv.ErrorCode]},
}

type knower interface{ Known() bool }

func word[T interface {
	~string
	knower
}](text string) knower {
	return T(text)
}

func TestEveryTableRowIsAKnownConstant(t *testing.T) {
	declared := declaredEnums(t)
	for _, table := range enumTables {
		t.Run(table.file, func(t *testing.T) {
			rows := readTable(t, table.file)
			assert.Len(t, rows, table.rows)
			for _, row := range rows {
				assert.True(t, table.value(row["value"]).Known(), "%s is not Known", row["value"])
				got, ok := declared[table.typeName][row["constant"]]
				assert.True(t, ok, "%s is not declared as a %s", row["constant"], table.typeName)
				assert.Equal(t, row["value"], got, "value of %s", row["constant"])
			}
			for _, text := range []string{"", "brand_new", strings.ToUpper(rows[0]["value"]), rows[0]["value"] + " ", " " + rows[0]["value"], rows[0]["value"] + "\n"} {
				assert.False(t, table.value(text).Known(), "%q", text)
			}
		})
	}
}

func TestEveryConstantIsInATable(t *testing.T) {
	tabled := map[string][]string{}
	for _, table := range enumTables {
		for _, row := range readTable(t, table.file) {
			tabled[table.typeName] = append(tabled[table.typeName], row["constant"])
		}
	}
	for typeName, constants := range declaredEnums(t) {
		for name := range constants {
			assert.Contains(t, tabled[typeName], name, "%s is in no table of %s", name, typeName)
		}
		assert.Len(t, constants, len(tabled[typeName]), "constants of %s", typeName)
		assert.NotEmpty(t, tabled[typeName], "enum %s has no table", typeName)
	}
}

func TestUnknownValuesRoundTrip(t *testing.T) {
	type document struct {
		Status   tomoidv.Status
		Outcome  tomoidv.Outcome
		Match    tomoidv.Match
		Category tomoidv.DocumentCategory
		Media    tomoidv.MediaKind
		Country  tomoidv.Country
		Reset    tomoidv.ResetStatus
	}
	const sent = `{"Status":"on_hold","Outcome":"o?","Match":"m?","Category":"c?","Media":"k?","Country":"zz","Reset":"r?"}`
	var got document
	require.NoError(t, json.Unmarshal([]byte(sent), &got))
	assert.Equal(t, "on_hold", fmt.Sprint(got.Status))
	back, err := json.Marshal(got)
	require.NoError(t, err)
	assert.Equal(t, sent, string(back))
}

func readTable(t *testing.T, file string) []map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "tables", file))
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	header := strings.Split(lines[0], "\t")
	var rows []map[string]string
	for _, line := range lines[1:] {
		fields := strings.Split(line, "\t")
		require.Len(t, fields, len(header), "%s: %s", file, line)
		row := map[string]string{}
		for i, field := range fields {
			require.NotEmpty(t, field, "%s: %s", file, line)
			row[header[i]] = field
		}
		require.NotContains(t, rows, row, file)
		rows = append(rows, row)
	}
	return rows
}

// declaredEnums gives the constants of every type of the package that has a
// Known method, by type and name. The type checker resolves them without the
// imports, which is fast and enough.
func declaredEnums(t *testing.T) map[string]map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	files = slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, "_test.go") })
	fset := token.NewFileSet()
	var parsed []*ast.File
	for _, file := range files {
		f, err := parser.ParseFile(fset, file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		parsed = append(parsed, f)
	}
	config := types.Config{Error: func(error) {}, IgnoreFuncBodies: true}
	pkg, _ := config.Check("tomoidv", fset, parsed, nil)
	require.NotNil(t, pkg)

	enums := map[string]map[string]string{}
	scope := pkg.Scope()
	for _, name := range scope.Names() {
		named, ok := scope.Lookup(name).Type().(*types.Named)
		if !ok {
			continue
		}
		if method, _, _ := types.LookupFieldOrMethod(named, true, pkg, "Known"); method == nil {
			continue
		}
		typeName := named.Obj().Name()
		if enums[typeName] == nil {
			enums[typeName] = map[string]string{}
		}
		if c, ok := scope.Lookup(name).(*types.Const); ok {
			enums[typeName][name] = constant.StringVal(c.Val())
		}
	}
	return enums
}
