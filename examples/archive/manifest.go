package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

// manifestName is what everybody looks for: sha256sum -c SHA256SUMS.
const manifestName = "SHA256SUMS"

// A manifest is what is in a session's folder, as it was when it was fetched. A
// file that it does not have, or that has changed since, is fetched again.
type manifest struct {
	dir  string
	sums map[string]string // hexadecimal, by the file's name
}

// readManifest reads the one of a folder, which may have none yet.
func readManifest(dir string) (*manifest, error) {
	m := &manifest{dir, map[string]string{}}
	text, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	} else if err != nil {
		return nil, err
	}
	line := regexp.MustCompile(`^([0-9a-f]{64})  ([0-9A-Za-z_.-]+)\n$`)
	n := 0
	for text := range bytes.Lines(text) {
		n++
		match := line.FindSubmatch(text)
		if match == nil { // it is never written in part, so that somebody has to look
			return nil, fmt.Errorf("line %d of its %s cannot be understood", n, manifestName)
		}
		m.sums[string(match[2])] = string(match[1])
	}
	return m, nil
}

type state int

const (
	unknown state = iota // not there, or there and not in the manifest
	changed              // there, and not what was fetched
	asItWas
)

func (m *manifest) look(name string) (state, error) {
	sum, ok := m.sums[name]
	if !ok {
		return unknown, nil
	}
	file, err := os.Open(filepath.Join(m.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return unknown, nil
	} else if err != nil {
		return unknown, err
	}
	defer func() { _ = file.Close() }()
	got := sha256.New()
	if _, err := io.Copy(got, file); err != nil {
		return unknown, err
	}
	if hex.EncodeToString(got.Sum(nil)) != sum {
		return changed, nil
	}
	return asItWas, nil
}

// add replaces the manifest as a whole: there is the old one or the new one.
func (m *manifest) add(name string, sum []byte) (err error) {
	m.sums[name] = hex.EncodeToString(sum)
	file, err := os.CreateTemp(m.dir, ".manifest-*") // with 0600
	if err != nil {
		return err
	}
	defer func() {
		_ = file.Close()
		_ = os.Remove(file.Name()) // nothing after the rename
	}()
	for _, name := range slices.Sorted(maps.Keys(m.sums)) {
		if _, err := fmt.Fprintf(file, "%s  %s\n", m.sums[name], name); err != nil {
			return err
		}
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), filepath.Join(m.dir, manifestName)); err != nil {
		return err
	}
	dir, err := os.Open(m.dir) // the names of both files must last, too
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
