package tomoidv

import (
	"fmt"
	"log/slog"
	"strings"

	"github.com/kyckit/kyckit-go/internal/secret"
)

// A PPID is TomoIDV's lasting id of a person, issued with the first completed
// verification: "ppid." and base64url. Older texts of 64 hexadecimal digits,
// called personal_id, stand for the same. It prints as its type's name alone;
// string(p) is the value.
//
// Whoever has a PPID can ask for nothing without the client's secret key. Who
// is told one by a browser knows nothing about who holds that browser: see
// [ParseReturn].
type PPID string

// Format prints the type's name alone.
func (PPID) Format(f fmt.State, _ rune) { secret.Print(f, "tomoidv.PPID") }

// LogValue logs the type's name alone.
func (PPID) LogValue() slog.Value { return secret.LogValue("tomoidv.PPID") }

const ppidPrefix = "ppid."

func isPPID(id string) bool { return strings.HasPrefix(id, ppidPrefix) }

func isPersonalID(id string) bool {
	return len(id) == 64 && strings.Trim(id, "0123456789abcdefABCDEF") == ""
}
