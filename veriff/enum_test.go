package veriff_test

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
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

type enumTable struct {
	file     string
	typeName string
	rows     int
	value    func(t *testing.T, text string) knower
}

// The tables in testdata/tables were transcribed from the sources, not from
// the code: value, constant, the source's words, for numeric codes what
// String must say, and the source.
var enumTables = []enumTable{
	{"statuses.tsv", "Status", 12, word[veriff.Status]},
	{"decision_codes.tsv", "DecisionCode", 7, number[veriff.DecisionCode]},
	{"decline_reasons.tsv", "ReasonCode", 47, number[veriff.ReasonCode]},
	{"resubmit_reasons.tsv", "ReasonCode", 34, number[veriff.ReasonCode]},
	{"event_codes.tsv", "EventCode", 4, number[veriff.EventCode]},
	{"event_actions.tsv", "EventAction", 3, word[veriff.EventAction]},
	{"error_codes.tsv", "ErrorCode", 37, number[veriff.ErrorCode]},
	{"document_types.tsv", "DocumentType", 7, word[veriff.DocumentType]},
	{"genders.tsv", "Gender", 4, word[veriff.Gender]},
	{"marital_statuses.tsv", "MaritalStatus", 8, word[veriff.MaritalStatus]},
	{"id_card_types.tsv", "IDCardType", 3, word[veriff.IDCardType]},
	{"consent_types.tsv", "ConsentType", 3, word[veriff.ConsentType]},
	{"risk_label_categories.tsv", "RiskLabelCategory", 9, word[veriff.RiskLabelCategory]},
	{"citizenship_kinds.tsv", "CitizenshipKind", 2, word[veriff.CitizenshipKind]},
	{"pep_categories.tsv", "PEPCategory", 2, word[veriff.PEPCategory]},
	{"match_statuses.tsv", "MatchStatus", 2, word[veriff.MatchStatus]},
	{"check_types.tsv", "CheckType", 2, word[veriff.CheckType]},
	{"media_contexts.tsv", "MediaContext", 15, word[veriff.MediaContext]},
}

type knower interface{ Known() bool }

func word[T interface {
	~string
	knower
}](_ *testing.T, text string) knower {
	return T(text)
}

type numericCode interface {
	~int
	knower
	fmt.Stringer
}

func number[T numericCode](t *testing.T, text string) knower {
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return T(n)
}

func TestEveryTableRowIsAKnownConstant(t *testing.T) {
	declared := declaredEnums(t)
	words := map[string]string{}
	for _, table := range enumTables {
		t.Run(table.file, func(t *testing.T) {
			rows := readTable(t, table.file)
			assert.Len(t, rows, table.rows)
			for _, row := range rows {
				value := table.value(t, row["value"])
				assert.True(t, value.Known(), "%s is not Known", row["value"])
				if row["constant"] != "-" {
					got, ok := declared[table.typeName][row["constant"]]
					assert.True(t, ok, "%s is not declared as a %s", row["constant"], table.typeName)
					assert.Equal(t, row["value"], got, "value of %s", row["constant"])
				}
				code, numeric := value.(fmt.Stringer)
				assert.Equal(t, numeric, row["key"] != "", "key of %s", row["value"])
				if !numeric {
					continue
				}
				assert.Contains(t, strings.ToLower(code.String()), strings.ToLower(row["key"]), "words of %s", row["value"])
				said := table.typeName + ": " + code.String()
				assert.Empty(t, words[said], "%s and another code say %q", row["value"], said)
				words[said] = row["value"]
			}
		})
	}
}

func TestEveryConstantIsInATable(t *testing.T) {
	tabled := map[string][]string{}
	spelledOnly := []string{}
	for _, table := range enumTables {
		for _, row := range readTable(t, table.file) {
			if row["constant"] == "-" {
				spelledOnly = append(spelledOnly, row["value"])
				continue
			}
			tabled[table.typeName] = append(tabled[table.typeName], row["constant"])
		}
	}
	assert.Equal(t, []string{"single", "married", "divorced", "widowed"}, spelledOnly)
	for typeName, constants := range declaredEnums(t) {
		for name := range constants {
			assert.Contains(t, tabled[typeName], name, "%s is in no table of %s", name, typeName)
		}
		assert.Len(t, constants, len(tabled[typeName]), "constants of %s", typeName)
		assert.NotEmpty(t, tabled[typeName], "enum %s has no table", typeName)
	}
}

func TestUnknownStringValues(t *testing.T) {
	for _, table := range enumTables {
		for _, text := range []string{"", "brand_new", "APPROVED ", "Passport", " M", "approved\n", "-"} {
			if _, numeric := table.value(t, "0").(fmt.Stringer); numeric {
				continue
			}
			assert.False(t, table.value(t, text).Known(), "%s %q", table.typeName, text)
		}
	}

	type document struct {
		Status   veriff.Status
		Action   veriff.EventAction
		Type     veriff.DocumentType
		Gender   veriff.Gender
		Marital  veriff.MaritalStatus
		IDCard   veriff.IDCardType
		Consent  veriff.ConsentType
		Category veriff.RiskLabelCategory
		Kind     veriff.CitizenshipKind
		PEP      veriff.PEPCategory
		Match    veriff.MatchStatus
		Check    veriff.CheckType
		Context  veriff.MediaContext
	}
	const sent = `{"Status":"s?","Action":"a?","Type":"t?","Gender":"g?","Marital":"m?","IDCard":"i?","Consent":"c?","Category":"k?","Kind":"z?","PEP":"p?","Match":"x?","Check":"y?","Context":"w?"}`
	var got document
	require.NoError(t, json.Unmarshal([]byte(sent), &got))
	assert.Equal(t, document{"s?", "a?", "t?", "g?", "m?", "i?", "c?", "k?", "z?", "p?", "x?", "y?", "w?"}, got)
	assert.Equal(t, "s?", fmt.Sprint(got.Status))
	back, err := json.Marshal(got)
	require.NoError(t, err)
	assert.Equal(t, sent, string(back))
}

func TestNumericCodes(t *testing.T) {
	t.Run("DecisionCode", func(t *testing.T) { testNumericCode[veriff.DecisionCode](t, "DecisionCode", "decision code", 9001) })
	t.Run("ReasonCode", func(t *testing.T) { testNumericCode[veriff.ReasonCode](t, "ReasonCode", "reason code", 101) })
	t.Run("EventCode", func(t *testing.T) { testNumericCode[veriff.EventCode](t, "EventCode", "event code", 7002) })
	t.Run("ErrorCode", func(t *testing.T) { testNumericCode[veriff.ErrorCode](t, "ErrorCode", "error code", 1102) })
}

func testNumericCode[T numericCode](t *testing.T, typeName, kind string, known T) {
	type holder struct{ Code T }
	decode := func(text string, into T) (T, error) {
		h := holder{into}
		err := json.Unmarshal([]byte(`{"Code":`+text+`}`), &h)
		return h.Code, err
	}
	digits := strconv.Itoa(int(known))

	for name, c := range map[string]struct {
		text string
		want T
	}{
		"number":           {digits, known},
		"string":           {`"` + digits + `"`, known},
		"escaped string":   {fmt.Sprintf(`"\u%04x%s"`, digits[0], digits[1:]), known},
		"unknown":          {`999999`, 999999},
		"unknown string":   {`"999999"`, 999999},
		"negative":         {`-1`, -1},
		"zero":             {`0`, 0},
		"null":             {`null`, 0},
		"null in a string": {`"null"`, 0},
		"empty string":     {`""`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := decode(c.text, 4242)
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
			assert.Equal(t, got == known, got.Known())

			stored, err := json.Marshal(got)
			require.NoError(t, err)
			assert.Equal(t, strconv.Itoa(int(c.want)), string(stored), "marshals as a number")
			back, err := decode(string(stored), 4242)
			require.NoError(t, err)
			assert.Equal(t, got, back)
		})
	}

	t.Run("absent", func(t *testing.T) {
		var h holder
		require.NoError(t, json.Unmarshal([]byte(`{}`), &h))
		assert.Zero(t, h.Code)
	})

	for name, text := range map[string]string{
		"words":               `"Mirae Hong"`,
		"digits then letter":  `"` + digits + `x"`,
		"spaces around":       `" ` + digits + ` "`,
		"blank":               `"   "`,
		"plus sign":           `"+` + digits + `"`,
		"leading zero":        `"0` + digits + `"`,
		"hexadecimal":         `"0x2329"`,
		"wide digits":         `"９００１"`,
		"a quote in a string": `"\"\""`,
		"fraction":            digits + `.5`,
		"fraction of zero":    digits + `.0`,
		"exponent":            `9e3`,
		"too large":           `99999999999999999999`,
		"too large string":    `"99999999999999999999"`,
		"boolean":             `true`,
		"array":               `[` + digits + `]`,
		"object":              `{"n":` + digits + `}`,
	} {
		t.Run(name+" is refused", func(t *testing.T) {
			got, err := decode(text, 4242)
			require.ErrorContains(t, err, "veriff: "+typeName+" is neither a whole number nor a string that holds one")
			assert.NotContains(t, err.Error(), strings.Trim(text, `"`))
			assert.Equal(t, T(4242), got, "left as it was")
		})
	}

	t.Run("called on what is not JSON", func(t *testing.T) {
		for _, text := range []string{"", `"`, `"` + digits, digits + `"`, "Mirae"} {
			code := T(4242)
			err := any(&code).(json.Unmarshaler).UnmarshalJSON([]byte(text))
			require.ErrorContains(t, err, typeName, "%q", text)
			assert.Equal(t, T(4242), code)
		}
	})

	t.Run("prints", func(t *testing.T) {
		assert.Equal(t, "none", T(0).String())
		assert.False(t, T(0).Known())
		assert.Equal(t, kind+" 999999", T(999999).String())
		assert.Equal(t, kind+" -1", T(-1).String())
		assert.Equal(t, known.String(), fmt.Sprint(known))
		assert.Equal(t, digits, fmt.Sprintf("%d", known))
	})
}

func TestNoNumberBetweenTheRowsIsKnown(t *testing.T) {
	known := map[string]int{}
	for n := -10; n <= 10000; n++ {
		for name, code := range map[string]knower{
			"DecisionCode": veriff.DecisionCode(n), "ReasonCode": veriff.ReasonCode(n),
			"EventCode": veriff.EventCode(n), "ErrorCode": veriff.ErrorCode(n),
		} {
			if code.Known() {
				known[name]++
			}
		}
	}
	assert.Equal(t, map[string]int{"DecisionCode": 7, "ReasonCode": 81, "EventCode": 4, "ErrorCode": 37}, known)
}

func TestDeclineAndResubmissionAreNotSwapped(t *testing.T) {
	assert.Equal(t, 9001, int(veriff.CodeApproved))
	assert.Equal(t, "approved", veriff.DecisionCode(9001).String())
	assert.Equal(t, 9102, int(veriff.CodeDeclined))
	assert.Equal(t, "declined", veriff.DecisionCode(9102).String())
	assert.Equal(t, 9103, int(veriff.CodeResubmissionRequested))
	assert.Equal(t, "resubmission requested", veriff.DecisionCode(9103).String())
	assert.Equal(t, 9104, int(veriff.CodeExpired))
	assert.Equal(t, "expired or abandoned", veriff.DecisionCode(9104).String())
	assert.Equal(t, 9121, int(veriff.CodeReview))
	assert.Equal(t, "review", veriff.DecisionCode(9121).String())
}

func TestLegacyReasons(t *testing.T) {
	for code, words := range map[veriff.ReasonCode]string{
		101: "physical document not used",
		102: "document tampering suspected",
		103: "person does not match document photo",
		104: "name does not match document",
		105: "suspicious behaviour",
		106: "known fraud",
		107: "velocity or abuse",
		201: "video or photos missing",
		202: "face not clearly visible",
		203: "document not fully visible",
		204: "poor image quality",
		205: "document damaged",
		206: "document type not supported",
		207: "document expired",
	} {
		assert.True(t, code.Known(), "%d", int(code))
		assert.Equal(t, words, code.String(), "%d", int(code))
	}
}

// The tables of document 003 to the last row, whatever came since.
func TestTablesOfDocument003(t *testing.T) {
	for file, values := range map[string]string{
		"statuses.tsv":          "created submitted approved declined resubmission_requested resubmission_required expired abandoned",
		"decision_codes.tsv":    "9001 9102 9103 9104 9151 9161",
		"decline_reasons.tsv":   "101 102 103 105 106 107",
		"resubmit_reasons.tsv":  "201 202 203 204 205 206 207",
		"error_codes.tsv":       "1001 1002 1003 1101 1102 1104 1201 1202 1301 1302 1500 1501 2003 2102 2103 2104",
		"event_codes.tsv":       "7001 7002",
		"event_actions.tsv":     "started submitted",
		"document_types.tsv":    "PASSPORT ID_CARD DRIVERS_LICENSE DRIVERS_LICENCE RESIDENCE_PERMIT",
		"genders.tsv":           "M F",
		"media_contexts.tsv":    "face document-front document-back",
		"citizenship_kinds.tsv": "Main Secondary",
		"pep_categories.tsv":    "SIP PEP",
	} {
		at := slices.IndexFunc(enumTables, func(table enumTable) bool { return table.file == file })
		require.GreaterOrEqual(t, at, 0, file)
		for value := range strings.FieldsSeq(values) {
			assert.True(t, enumTables[at].value(t, value).Known(), "%s: %s", file, value)
		}
		var sourced []string
		for _, row := range readTable(t, file) {
			if strings.HasPrefix(row["source"], "document 003") {
				sourced = append(sourced, row["value"])
			}
		}
		assert.ElementsMatch(t, strings.Fields(values), sourced, file)
	}
}

func readTable(t testing.TB, file string) []map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "tables", file))
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	header := strings.Split(lines[0], "\t")
	var rows []map[string]string
	var values, constants []string
	for _, line := range lines[1:] {
		fields := strings.Split(line, "\t")
		require.Len(t, fields, len(header), "%s: %s", file, line)
		row := map[string]string{}
		for i, field := range fields {
			require.NotEmpty(t, field, "%s: %s", file, line)
			row[header[i]] = field
		}
		require.NotContains(t, values, row["value"], file)
		values = append(values, row["value"])
		if row["constant"] != "-" {
			require.NotContains(t, constants, row["constant"], file)
			constants = append(constants, row["constant"])
		}
		rows = append(rows, row)
	}
	return rows
}

// declaredEnums gives the constants of every type of the package that has a
// Known method, by type and name, with the value as the tables write it. The
// type checker resolves them without the imports, which is fast and enough.
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
	pkg, _ := config.Check("veriff", fset, parsed, nil)
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
		c, ok := scope.Lookup(name).(*types.Const)
		if !ok {
			continue
		}
		value := c.Val().ExactString()
		if c.Val().Kind() == constant.String {
			value = constant.StringVal(c.Val())
		}
		enums[typeName][name] = value
	}
	return enums
}
