package transport

import (
	"io"
	"net/http"
)

const sinkBuffer = 32 << 10

// refusal is the Sink's reason not to take an answer.
type refusal struct{ err error }

func (r refusal) Error() string { return "not taken" }
func (r refusal) Unwrap() error { return r.err }

// receive writes the body of a success to the call's Sink and closes it. Not a
// byte of one that is announced as too large is written.
func (a *Answer) receive(resp *http.Response, call *Call, silence *silence) error {
	defer func() { _ = resp.Body.Close() }()
	if resp.ContentLength > call.MaxSink {
		return ErrTooLarge
	}
	sink, err := call.Sink(a)
	if err != nil {
		return refusal{err}
	}
	buffer := make([]byte, sinkBuffer)
	for {
		silence.restart()
		n, err := resp.Body.Read(buffer)
		if int64(n) > call.MaxSink-a.Size {
			return ErrTooLarge
		}
		if n > 0 {
			silence.pause()
			if err := a.write(sink, buffer[:n]); err != nil {
				return err
			}
		}
		switch {
		case err == io.EOF && (a.Size < resp.ContentLength || endsByHangingUp(resp)):
			return io.ErrUnexpectedEOF // of a length, net/http says so itself, other RoundTrippers may not
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

// endsByHangingUp says whether nothing but the end of the connection ends the
// body of resp, so that one that was cut off looks like a whole one.
func endsByHangingUp(resp *http.Response) bool {
	return resp.Close && resp.ContentLength < 0 && len(resp.TransferEncoding) == 0 && !resp.Uncompressed
}

func (a *Answer) write(sink io.Writer, p []byte) error {
	n, err := sink.Write(p)
	a.Size += int64(min(max(n, 0), len(p)))
	if err == nil && n != len(p) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return &localError{what: "what came cannot be written", err: err}
	}
	return nil
}
