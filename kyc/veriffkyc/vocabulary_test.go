package veriffkyc_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kyckit/kyckit-go/internal/surfacetest"
)

// veriffDir is where the constants are that this package has to know.
const veriffDir = "../../veriff"

// What becomes of each of Veriff's lists of words. A list that is looked at has
// a test that holds each of its words to a meaning.
func TestEveryListOfWordsIsDecidedAbout(t *testing.T) {
	lists := map[string]string{
		"Status":       "TestStatusesWithCodes",
		"DecisionCode": "TestStatusesWithCodes",
		"ReasonCode":   "TestReasons",
		"DocumentType": "TestDocumentTypes",
		"Gender":       "TestGenders",
		"Tristate":     "TestFindings",
		"ErrorCode":    "TestErrorCodes",
		"EventCode":    "TestEveryEventNamesItsCheck",
		"EventAction":  "TestEveryEventNamesItsCheck",

		"MediaContext":      "is about files that no Check asks for",
		"RiskLabelCategory": "stays in Result.Vendor: a label is for a human",
		"ConsentType":       "is sent with Start only, and no hint has it",
		"IDCardType":        "is sent with Start only, and no hint has it",
		"MaritalStatus":     "is sent with Start only, and no hint has it",
		"CitizenshipKind":   "is in an answer that Result does not ask for",
		"PEPCategory":       "is in an answer that Result does not ask for",
		"CheckType":         "is in a webhook that only names its check",
		"MatchStatus":       "is in a webhook that only names its check",
	}
	assert.ElementsMatch(t, slices.Collect(maps.Keys(surfacetest.Constants(t, veriffDir))), slices.Collect(maps.Keys(lists)),
		"what becomes of a new list?")
}

// words are those of a table whose keys are constants.
func words[K ~string, V any](table map[K]V) []string {
	out := make([]string, 0, len(table))
	for word := range table {
		out = append(out, string(word))
	}
	return out
}
