package fake

import (
	"encoding/json"
	"errors"
	"slices"
)

// JudgeMembers refuses what are not the members of a JSON object as they are
// written, without its braces.
func JudgeMembers(members string) error {
	if members == "" || !json.Valid([]byte("{"+members+"}")) {
		return errors.New("ExtraMembers: not the members of a JSON object")
	}
	return nil
}

// WithMembers puts members at the end of object, the text of a JSON object that
// is not empty.
func WithMembers(object []byte, members string) []byte {
	return slices.Concat(object[:len(object)-1], []byte(","+members+"}"))
}
