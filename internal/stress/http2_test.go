package stress_test

import (
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
)

// Of RFC 9113, what a server needs that answers with a single frame.
const (
	frameData      = 0
	frameHeaders   = 1
	frameReset     = 3
	frameSettings  = 4
	frameGoAway    = 7
	flagEndStream  = 1
	flagAck        = 1
	flagEndHeaders = 4
	protocolError  = 1
	clientPreface  = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
	frameHeaderLen = 9
)

func frame(kind, flags byte, stream uint32, payload ...byte) []byte {
	b := []byte{0, 0, byte(len(payload)), kind, flags}
	return append(binary.BigEndian.AppendUint32(b, stream), payload...)
}

// goAway says that the streams above last were not looked at.
func goAway(last, code uint32) func(uint32) []byte {
	return func(uint32) []byte {
		return frame(frameGoAway, 0, 0, binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, last), code)...)
	}
}

// ok is the header of an answer with nothing but status 200, which is number 8
// of RFC 7541's table, and some is a part of its body.
func ok(stream uint32) []byte   { return frame(frameHeaders, flagEndHeaders, stream, 0x80|8) }
func some(stream uint32) []byte { return frame(frameData, 0, stream, '{') }

func resetStream(code uint32) func(uint32) []byte {
	return func(stream uint32) []byte {
		return frame(frameReset, 0, stream, binary.BigEndian.AppendUint32(nil, code)...)
	}
}

// frames is a peer that has read a request to its end when it sends these
// frames, and hangs up when it gets none to send.
func frames(answers ...func(stream uint32) []byte) func(net.Conn, *network) {
	return func(conn net.Conn, n *network) {
		defer func() { _ = conn.Close() }()
		secure := tls.Server(conn, &tls.Config{
			Certificates: []tls.Certificate{good}, NextProtos: []string{"h2"}, SessionTicketsDisabled: true,
		})
		if _, err := io.ReadFull(secure, make([]byte, len(clientPreface))); err != nil {
			return
		}
		// Both sides may write at once, and a pipe holds nothing.
		out := make(chan []byte, 16)
		defer close(out)
		go func() {
			for b := range out {
				_, _ = secure.Write(b)
			}
		}()
		out <- frame(frameSettings, 0, 0)
		for {
			header := make([]byte, frameHeaderLen)
			if _, err := io.ReadFull(secure, header); err != nil {
				return
			}
			kind, flags, stream := header[3], header[4], binary.BigEndian.Uint32(header[5:])
			length := int64(header[0])<<16 | int64(header[1])<<8 | int64(header[2])
			if _, err := io.CopyN(io.Discard, secure, length); err != nil {
				return
			}
			switch {
			case kind == frameSettings && flags&flagAck == 0:
				out <- frame(frameSettings, flagAck, 0)
			case (kind == frameHeaders || kind == frameData) && flags&flagEndStream != 0:
				n.seen.Add(1)
				if len(answers) == 0 {
					return
				}
				for _, answer := range answers {
					out <- answer(stream)
				}
			}
		}
	}
}
