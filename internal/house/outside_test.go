package house

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Who imports one vendor gets that vendor, and nothing that tests it.
func TestOutsideModuleLinksOneVendor(t *testing.T) {
	var there []string
	for _, vendor := range vendors {
		if _, err := os.Stat(filepath.Join("../..", vendor)); err == nil {
			there = append(there, vendor)
		}
	}
	require.Contains(t, there, "veriff")

	for _, vendor := range there {
		t.Run(vendor, func(t *testing.T) {
			o, err := newOutside(t.TempDir(), "../..")
			require.NoError(t, err)
			require.NoError(t, o.write("main.go", fmt.Sprintf("package main\n\nimport _ %q\n\nfunc main() {}\n", ours(vendor))))
			_, err = o.run("build", "-o", os.DevNull, ".")
			require.NoError(t, err)

			out, err := o.run("list", "-deps", ".")
			require.NoError(t, err)
			deps := strings.Fields(string(out))
			assert.Contains(t, deps, ours(vendor))
			for _, dep := range deps {
				foreign := dep == "testing" || within(dep, testify, httpmock, ours("kyc"), ours("internal/fake"), ours(fake(vendor)))
				for _, other := range vendors {
					foreign = foreign || other != vendor && within(dep, ours(other))
				}
				assert.False(t, foreign, "%s comes with %s", dep, vendor)
			}
		})
	}
}
