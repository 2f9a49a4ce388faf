package veriff

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// codeString gives a code in words, and one that has none as its number.
func codeString[T ~int](kind string, code T, words string) string {
	switch {
	case code == 0:
		return "none"
	case words == "":
		return kind + " " + strconv.Itoa(int(code))
	}
	return words
}

// unmarshalCode reads a code from a number or a string that holds one. Its
// error names the type alone: what was sent may be personal data in the
// wrong place.
func unmarshalCode[T ~int](code *T, typeName string, data []byte) error {
	text := string(data)
	if text == "null" || text == `""` || text == `"null"` {
		// Not left as it was: a stale approval must not outlive a null.
		*code = 0
		return nil
	}
	if strings.HasPrefix(text, `"`) && json.Unmarshal(data, &text) != nil {
		text = ""
	}
	n, err := strconv.Atoi(text)
	if err != nil || strconv.Itoa(n) != text {
		return fmt.Errorf("veriff: %s is neither a whole number nor a string that holds one", typeName)
	}
	*code = T(n)
	return nil
}
