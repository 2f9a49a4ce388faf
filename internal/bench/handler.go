package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"time"

	"github.com/kyckit/kyckit-go/veriff"
)

const deliverers = 8

// webhookHandler has eight connections deliver decisions, each a new one, to a
// handler with a deduper.
func webhookHandler() line {
	return line{
		number: "6", what: fmt.Sprintf("webhook handler with dedupe, loopback, %s", atOnce(deliverers)), reach: 1 / 0.9, goroutines: deliverers,
		open: func() ([]side, func(), error) {
			verifier, err := veriff.NewVerifier(apiKey, sharedSecret)
			if err != nil {
				return nil, nil, err
			}
			ours, err := veriff.NewWebhookHandler(verifier,
				func(context.Context, veriff.Webhook) error { return nil }, veriff.WithDeduper(new(veriff.MemoryDeduper)))
			if err != nil {
				return nil, nil, err
			}
			deliveries := new(atomic.Int64)
			first, second := httptest.NewServer(ours), httptest.NewServer(http.HandlerFunc(serveFloor))
			return []side{
					{name: "ours", worker: delivering(first, deliveries)},
					{name: "floor", worker: delivering(second, deliveries)},
				}, func() {
					first.Close()
					second.Close()
				}, nil
		},
	}
}

// serveFloor is a handler that reads, verifies and decodes.
func serveFloor(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err == nil {
		err = checkMAC(r.Header.Get("X-HMAC-SIGNATURE"), body)
	}
	if err == nil {
		_, err = unmarshalDecision(body)
	}
	if err != nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.WriteHeader(http.StatusOK)
}

// delivering gives each worker a connection of its own. It speaks HTTP by hand,
// so that the handler is most of what is measured.
func delivering(server *httptest.Server, deliveries *atomic.Int64) func() worker {
	return func() worker {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			return worker{run: func() error { return err }}
		}
		answers := bufio.NewReader(conn)
		status := ""
		return worker{
			run: func() (err error) {
				if _, err = conn.Write(delivery(deliveries.Add(1))); err != nil {
					return err
				}
				status, err = readAnswer(answers)
				return err
			},
			got:   func() any { return status },
			close: func() { _ = conn.Close() },
		}
	}
}

// delivery is the request with a decision of its own.
func delivery(number int64) []byte {
	at := time.Unix(number, 0).UTC().Format(time.RFC3339)
	body := bytes.Replace(decisionWebhook, []byte("2026-03-02T10:11:48.476108Z"), []byte(at), 1)
	var request bytes.Buffer
	fmt.Fprintf(&request, "POST /webhook HTTP/1.1\r\nHost: shop.example\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"+
		"X-AUTH-CLIENT: %s\r\nX-HMAC-SIGNATURE: %s\r\n\r\n", len(body), apiKey, hex.EncodeToString(mac(body)))
	request.Write(body)
	return request.Bytes()
}

// readAnswer reads an answer without a body.
func readAnswer(r *bufio.Reader) (status string, err error) {
	for line := ""; line != "\r\n"; {
		if line, err = r.ReadString('\n'); err != nil {
			return "", err
		}
		if status == "" {
			status = strings.TrimSpace(line)
		}
	}
	if status != "HTTP/1.1 200 OK" {
		return "", fmt.Errorf("answered %s", status)
	}
	return status, nil
}
