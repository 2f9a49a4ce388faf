package iamport

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// envelope is around every answer. Code 0 is success, with whatever status
// another one came.
type envelope struct {
	Code     *codeNumber     `json:"code"`
	Message  json.RawMessage `json:"message"`
	Response json.RawMessage `json:"response"`
}

// codeNumber is the envelope's code.
type codeNumber int

func (c *codeNumber) UnmarshalJSON(data []byte) error {
	text, err := transport.Scalar(data)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(text)
	if err != nil || strconv.Itoa(n) != text {
		return errors.New("not a code")
	}
	*c = codeNumber(n)
	return nil
}

// notFoundMessage is what Iamport says of an imp_uid that is not this
// merchant's. With which status it says so is known for most cases only.
const notFoundMessage = "인증결과가 존재하지 않습니다."

// open takes the envelope off an answer of status 2xx and decodes what was in
// it into out.
func open(call *transport.Call, got *transport.Answer, out any) *Error {
	response, failed := unwrap(call, got)
	switch {
	case failed != nil:
		return failed
	case response == nil:
		return unusableAnswer(call, got, ErrInvalidAnswer, errors.New("its code is 0, and it has no response"))
	}
	if err := got.Decode(response, out); err != nil {
		return unusableAnswer(call, got, ErrInvalidAnswer, err)
	}
	return nil
}

// unwrap takes the envelope off an answer of status 2xx. What was in it is nil
// if that was null or absent.
func unwrap(call *transport.Call, got *transport.Answer) (response json.RawMessage, failed *Error) {
	var e envelope
	if err := got.Decode(got.Body, &e); err != nil {
		return nil, unusableAnswer(call, got, ErrInvalidAnswer, err)
	}
	switch {
	case e.Code == nil:
		return nil, unusableAnswer(call, got, ErrInvalidAnswer, errors.New("it has no code"))
	case *e.Code != 0:
		code, message := errorBody(got)
		kind := ErrRefused
		if message == notFoundMessage {
			kind = ErrNotFound
		}
		return nil, &Error{Op: call.Op, StatusCode: got.StatusCode, Code: code, Message: message, Attempts: got.Attempts, kinds: []error{kind}}
	case slices.Contains([]string{"", "null"}, string(e.Response)):
		return nil, nil
	}
	return e.Response, nil
}
