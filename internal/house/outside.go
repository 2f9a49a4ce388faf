package house

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// An outside is a module of somebody else's that uses this repository.
type outside struct{ dir string }

// newOutside makes a module in dir that requires the repository at root by a
// replace directive.
func newOutside(dir, root string) (*outside, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		return nil, err
	}
	mod := fmt.Sprintf("module shop.example/app\n\ngo 1.26\n\nrequire %s v0.0.0\n\nreplace %[1]s => %q\n", module, root)
	o := &outside{dir}
	return o, errors.Join(o.write("go.sum", string(sums)), o.write("go.mod", mod))
}

func (o *outside) write(name, content string) error {
	return os.WriteFile(filepath.Join(o.dir, name), []byte(content), 0o600)
}

// run gives what a go command prints. It reaches no network: what the module
// needs is in the cache, or the tests of this module had not been built.
func (o *outside) run(args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = o.dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", args[0], err, stderr.String())
	}
	return out, nil
}
