package fake

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Fault is what goes wrong with one exchange, one function for each step at
// which it can. A nil function leaves that step alone; the zero Fault is an
// exchange in which nothing goes wrong.
type Fault struct {
	// Wait holds the request up before anything is done with it. An error
	// resets the connection.
	Wait func(context.Context) error
	// Instead answers in the vendor's place: the request has no effect.
	Instead func() *Answer
	// Rewrite changes the answer before it is signed. An error says that
	// there is nothing in this answer that the fault could change.
	Rewrite func(*Answer) error
	// Tamper changes the answer after it was signed.
	Tamper func(*Answer)
	// Send takes the place of Answer.Write.
	Send func(http.ResponseWriter, *http.Request, *Answer)
	// Invalid says why the fault can never happen, nil if it can.
	Invalid error
}

// Serve carries one exchange through all steps: process does what the request
// asks for, sign signs the answer to it. The error of Rewrite is returned and
// answered with status 500.
func (f Fault) Serve(w http.ResponseWriter, r *http.Request, process func() *Answer, sign func(*Answer)) error {
	if f.Wait != nil && f.Wait(r.Context()) != nil {
		reset(w)
		return nil
	}
	if f.Instead != nil {
		f.Instead().Write(w)
		return nil
	}
	answer := process()
	if f.Rewrite != nil {
		if err := f.Rewrite(answer); err != nil {
			NewAnswer(http.StatusInternalServerError, "text/plain; charset=utf-8", []byte(err.Error())).Write(w)
			return err
		}
	}
	sign(answer)
	if f.Tamper != nil {
		f.Tamper(answer)
	}
	if f.Send != nil {
		f.Send(w, r, answer)
		return nil
	}
	answer.Write(w)
	return nil
}

// Status is a refusal with body, a JSON text, before the request is processed.
// Retry-After is sent in whole seconds, rounded up, and not sent for zero.
func Status(status int, retryAfter time.Duration, body []byte) Fault {
	f := Fault{Instead: func() *Answer {
		a := NewAnswer(status, "application/json; charset=utf-8", body)
		if retryAfter > 0 {
			seconds := (retryAfter + time.Second - 1) / time.Second
			a.Header.Set("Retry-After", strconv.Itoa(int(seconds)))
		}
		return a
	}}
	if status < 400 || status > 599 {
		f.Invalid = errors.New("Status: not the status of a refusal")
	}
	return f
}

// HTML is the page of a proxy that stands before the vendor.
func HTML(status int) Fault {
	f := Fault{Instead: func() *Answer {
		return NewAnswer(status, "text/html; charset=utf-8",
			[]byte("<!doctype html><html lang=\"en\"><title>Gateway</title><h1>"+http.StatusText(status)+"</h1></html>"))
	}}
	if status < 200 || status > 599 {
		f.Invalid = errors.New("HTML: not the status of an answer")
	}
	return f
}

// Redirect sends the caller elsewhere with 307, which asks for the same method
// and body.
func Redirect(location string) Fault {
	return Fault{Instead: func() *Answer {
		a := NewAnswer(http.StatusTemporaryRedirect, "text/plain; charset=utf-8", nil)
		a.Header.Set("Location", location)
		return a
	}}
}

var errReset = errors.New("connection reset on purpose")

// ResetBefore breaks the connection before the request is processed.
func ResetBefore() Fault {
	return Fault{Wait: func(context.Context) error { return errReset }}
}

// ResetAfter breaks the connection after the request was processed: it had its
// effect, and no answer comes.
func ResetAfter() Fault {
	return Fault{Send: func(w http.ResponseWriter, _ *http.Request, _ *Answer) { reset(w) }}
}

// Stall does nothing until release is closed, then goes on as if nothing had
// been. It gives up when the request is given up.
func Stall(release <-chan struct{}) Fault {
	return Fault{Wait: func(ctx context.Context) error { return wait(ctx, release) }}
}

// StallBody sends the header and half of the body, and the rest when release
// is closed.
func StallBody(release <-chan struct{}) Fault {
	return Fault{Send: func(w http.ResponseWriter, r *http.Request, a *Answer) {
		a.half(w)
		if wait(r.Context(), release) != nil {
			panic(http.ErrAbortHandler)
		}
		_, _ = w.Write(a.Body[len(a.Body)/2:])
	}}
}

// Truncate announces the whole body and breaks off after half of it.
func Truncate() Fault {
	return Fault{Send: func(w http.ResponseWriter, _ *http.Request, a *Answer) {
		a.half(w)
		panic(http.ErrAbortHandler)
	}}
}

// Trickle sends the body in pieces of at most n bytes, with a pause before
// each.
func Trickle(n int, pause time.Duration) Fault {
	if n <= 0 || pause <= 0 {
		return Fault{Invalid: errors.New("Trickle: the size and the pause must be positive")}
	}
	return Fault{Send: func(w http.ResponseWriter, r *http.Request, a *Answer) {
		a.writeHeader(w)
		flush(w)
		for piece := range slices.Chunk(a.Body, n) {
			timer := time.NewTimer(pause)
			select {
			case <-timer.C:
			case <-r.Context().Done():
				timer.Stop()
				panic(http.ErrAbortHandler)
			}
			_, _ = w.Write(piece)
			flush(w)
		}
	}}
}

// Endless sends the body over and over until the caller hangs up.
func Endless() Fault {
	return Fault{Send: func(w http.ResponseWriter, r *http.Request, a *Answer) {
		a.Chunked = true
		a.writeHeader(w)
		piece := append(slices.Clip(a.Body), '\n') // never empty
		for r.Context().Err() == nil {
			if _, err := w.Write(piece); err != nil {
				break
			}
		}
		panic(http.ErrAbortHandler)
	}}
}

// Oversize makes the body larger by n bytes, so that nothing is wrong with it
// but its size: it puts a member into a JSON object, and fills up at the end
// whatever says that it is no JSON.
func Oversize(n int) Fault {
	if n <= 0 {
		return Fault{Invalid: errors.New("Oversize: the size must be positive")}
	}
	return Fault{Rewrite: func(a *Answer) error {
		if !strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") {
			a.Body = append(slices.Clip(a.Body), bytes.Repeat([]byte{'x'}, n)...)
			return nil
		}
		if len(a.Body) < 2 || a.Body[0] != '{' {
			return errors.New("the answer is no JSON object")
		}
		const before, after = `{"padding":"`, `",`
		body := make([]byte, 0, len(before)+n+len(after)+len(a.Body))
		body = append(body, before...)
		for range n {
			body = append(body, 'x')
		}
		body = append(body, after...)
		a.Body = append(body, a.Body[1:]...)
		return nil
	}}
}

func (a *Answer) half(w http.ResponseWriter) {
	a.writeHeader(w)
	_, _ = w.Write(a.Body[:len(a.Body)/2])
	flush(w)
}

func wait(ctx context.Context, release <-chan struct{}) error {
	select {
	case <-release:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// reset closes the connection so that the other side sees a reset and not an
// orderly end. Where there is no connection the handler aborts, which comes to
// the same.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
