package veriff

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"reflect"
	"unicode/utf8"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// maxCollectedText is how many characters a provider's name and a fingerprint
// may have.
const maxCollectedText = 255

// A CollectedDataRequest is what the application found out about the person's
// device while it collected media itself, for Veriff to weigh.
//
// Source: POST /v1/sessions/{id}/collected-data. Of that page only the beginning
// was to be had: a request that needs other members goes through [Client.Do].
type CollectedDataRequest struct {
	// ProviderName is who collected the data, at most 255 characters. Required.
	ProviderName string           `json:"providerName"`
	Network      CollectedNetwork `json:"network"`
	Device       CollectedDevice  `json:"device"`
	Person       CollectedPerson  `json:"person,omitzero"`
	// Browser is a JSON object about the browser. Its members are not
	// established.
	Browser json.RawMessage `json:"browser,omitzero"`
}

// CollectedNetwork is where the person came from.
type CollectedNetwork struct {
	// IP is an IPv4 or IPv6 address. Required.
	IP string `json:"ip"`
}

// CollectedDevice is what the person used.
type CollectedDevice struct {
	// Fingerprint tells devices apart, at most 255 characters. Required.
	Fingerprint string `json:"fingerprint"`
}

// CollectedPerson is how the person can be reached.
type CollectedPerson struct {
	Email       string `json:"email,omitzero"`
	PhoneNumber string `json:"phoneNumber,omitzero"`
}

// Validate names the first field that Veriff would refuse.
func (r *CollectedDataRequest) Validate() error {
	if r == nil {
		return errors.New("request is nil")
	}
	for _, text := range []struct{ name, value string }{{"ProviderName", r.ProviderName}, {"Device.Fingerprint", r.Device.Fingerprint}} {
		if text.value == "" {
			return fmt.Errorf("%s is empty", text.name)
		}
		if n := utf8.RuneCountInString(text.value); n > maxCollectedText {
			return fmt.Errorf("%s has %d characters, over %d", text.name, n, maxCollectedText)
		}
	}
	if ip, err := netip.ParseAddr(r.Network.IP); err != nil || ip.Zone() != "" {
		return errors.New("Network.IP is not an IP address")
	}
	if r.Browser != nil {
		if err := transport.CheckJSON(r.Browser); err != nil || !bytes.HasPrefix(bytes.TrimLeft(r.Browser, " \t\r\n"), []byte("{")) {
			return errors.New("the Browser is not a JSON object")
		}
	}
	texts := *r
	texts.Browser = nil
	if name := invalidText("", reflect.ValueOf(texts)); name != "" {
		return fmt.Errorf("%s is not valid UTF-8", name)
	}
	return nil
}

// SendCollectedData sends what the application collected to a session that is
// created or started; one in another state is refused. Each call may add data
// once more, so it is not sent again once it may have arrived: see
// [ErrUnconfirmed].
//
// The answer's shape is not established. Status 200 or 201 is success, and an
// answer that says another status than "success" is an error.
//
// Source: POST /v1/sessions/{id}/collected-data.
func (c *Client) SendCollectedData(ctx context.Context, sessionID string, req *CollectedDataRequest) (*Answer, error) {
	const op = "SendCollectedData"
	if err := c.made(op); err != nil {
		return nil, err
	}
	if err := transport.CheckID("session id", sessionID); err != nil {
		return nil, invalid(op, err)
	}
	if err := req.Validate(); err != nil {
		return nil, invalid(op, err)
	}
	body, err := json.Marshal(req)
	if err != nil {
		return nil, invalid(op, errors.New("the request cannot be encoded"))
	}
	call := &transport.Call{
		Op: op, Method: http.MethodPost, Route: "/v1/sessions/{id}/collected-data", Args: []string{sessionID}, Body: body,
	}
	return c.sendRaw(ctx, call, body, func(answer []byte) error {
		var said object[struct {
			Status *Text `json:"status"`
		}]
		_ = transport.Decode(answer, &said) // which takes any JSON
		if text := said.value.Status; text != nil {
			return status{Status: string(*text)}.check()
		}
		return nil
	})
}
