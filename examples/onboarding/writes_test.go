//go:build linux

package main

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"syscall"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// watchWrites has every write to the database's files happen as an event, as
// the kernel tells it: a kill at one of them is often in the midst of a
// transaction. Writes that come faster than they are read count as one.
func (s *site) watchWrites() {
	s.Helper()
	fd, err := syscall.InotifyInit1(syscall.IN_CLOEXEC | syscall.IN_NONBLOCK)
	require.NoError(s, err)
	_, err = syscall.InotifyAddWatch(fd, filepath.Dir(s.path), syscall.IN_MODIFY)
	require.NoError(s, err)
	notices := os.NewFile(uintptr(fd), "inotify")
	s.Cleanup(func() { assert.NoError(s, notices.Close()) }) // which ends the reading
	go func() {
		all := make([]byte, 64<<10)
		for {
			n, err := notices.Read(all)
			if err != nil {
				return
			}
			for left := all[:n]; len(left) >= syscall.SizeofInotifyEvent; {
				s.happen(wrote)
				nameLength := binary.NativeEndian.Uint32(left[12:])
				left = left[syscall.SizeofInotifyEvent+nameLength:]
			}
		}
	}()
}
