package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// asProgram makes the test binary be the program, for tests that want it in a
// process of its own.
const asProgram = "SANDBOX_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

func TestInterrupt(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-port", "0")
	cmd.Env = append(os.Environ(), asProgram+"=1")
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(stdout)
	var addresses []string
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "Ctrl-C") {
		if name, url, ok := strings.Cut(lines.Text(), "http://"); ok && !strings.HasPrefix(name, "Credentials") {
			addresses = append(addresses, url)
		}
	}
	require.Len(t, addresses, 4)
	for _, address := range addresses {
		conn, err := net.Dial("tcp", address) // which stays open, and keeps nothing from ending
		require.NoError(t, err)
		defer func() { _ = conn.Close() }()
	}
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	require.NoError(t, cmd.Wait(), "exit status 0")
	for _, address := range addresses {
		_, err := net.Dial("tcp", address)
		assert.Error(t, err, "nobody listens")
	}
}

func TestPortThatIsTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = taken.Close() }()
	_, port, err := net.SplitHostPort(taken.Addr().String())
	require.NoError(t, err)

	var stdout, stderr strings.Builder
	assert.Equal(t, 1, run(t.Context(), []string{"-port", port}, &stdout, &stderr))
	assert.Empty(t, stdout.String())
	assert.Contains(t, stderr.String(), "127.0.0.1:"+port)
}

func TestHelp(t *testing.T) {
	var stdout, stderr strings.Builder
	assert.Equal(t, 0, run(t.Context(), []string{"-h"}, &stdout, &stderr))
	assert.Equal(t, usage, stdout.String())
	assert.Empty(t, stderr.String())
}

func TestWrongArguments(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		says string
	}{
		"unknown flag":  {[]string{"-fast"}, "flag provided but not defined: -fast"},
		"argument":      {[]string{"veriff"}, `unexpected argument "veriff"`},
		"port of -1":    {[]string{"-port", "-1"}, "-port must be from 0 to 65532"},
		"port too high": {[]string{"-port", "65533"}, "-port must be from 0 to 65532"},
	} {
		t.Run(name, func(t *testing.T) {
			var stderr strings.Builder
			assert.Equal(t, 2, run(t.Context(), test.args, io.Discard, &stderr))
			assert.Contains(t, stderr.String(), "sandbox: "+test.says)
			assert.Contains(t, stderr.String(), "Usage: sandbox")
		})
	}
}

// begin is a sandbox on ports that are free, until the test ends.
func begin(t *testing.T) *sandbox {
	t.Helper()
	s, err := open(0)
	require.NoError(t, err)
	ctx, end := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.serve(ctx) }()
	t.Cleanup(func() {
		end()
		assert.NoError(t, <-ended)
		s.close()
	})
	return s
}
