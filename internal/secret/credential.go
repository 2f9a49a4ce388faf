package secret

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CheckCredential refuses a credential that can only be a slip: nothing, white
// space that came with copy and paste, or a character that no header can
// carry. Its error begins with name and never shows the credential.
func CheckCredential(name, value string) error {
	switch {
	case strings.TrimSpace(value) == "":
		return fmt.Errorf("%s is empty", name)
	case strings.TrimSpace(value) != value:
		return fmt.Errorf("%s begins or ends with white space", name)
	case !utf8.ValidString(value):
		return fmt.Errorf("%s is not UTF-8", name)
	case strings.ContainsFunc(value, unicode.IsControl):
		return fmt.Errorf("%s holds a control character", name)
	}
	return nil
}
