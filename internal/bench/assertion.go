package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/kyckit/kyckit-go/tomoidv"
)

const (
	tomoidvBase = "https://tomoidv.example"
	clientID    = "client-1"
	userID      = "PPID-0001"

	tokenAnswer    = `{"access_token":"` + accessToken + `","token_type":"Bearer","expires_in":3600}`
	deletionAnswer = `{"status":"deleted"}`
)

// tokenExchange is the first call of a client: it signs an assertion, exchanges
// it for a token, and makes the call with that. The key has been read before,
// and used once: the first use of one costs more than the next.
func tokenExchange() line {
	return line{
		number: "10", what: "client assertion, token exchange and a call", reach: 1.1, goroutines: 1,
		open: func() ([]side, func(), error) {
			key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			if err != nil {
				return nil, nil, err
			}
			secretKey, err := jwk(key)
			if err != nil {
				return nil, nil, err
			}
			ctx, carrier := context.Background(), &http.Client{Transport: tomoidvStub{}}
			var fresh []*tomoidv.Client
			var keys []*ecdsa.PrivateKey
			return []side{
				{
					name: "ours",
					ready: func(n int) error {
						fresh = make([]*tomoidv.Client, n)
						for i := range fresh {
							var err error
							if fresh[i], err = tomoidv.NewClient(clientID, secretKey, tomoidv.WithBaseURL(tomoidvBase), tomoidv.WithHTTPClient(carrier)); err != nil {
								return err
							}
						}
						return nil
					},
					worker: keeping(func() (string, error) {
						client := fresh[len(fresh)-1]
						fresh = fresh[:len(fresh)-1]
						deletion, err := client.DeleteResult(ctx, userID)
						if err != nil {
							return "", err
						}
						return string(deletion.Status), nil
					}),
				},
				{
					name: "floor",
					ready: func(n int) error {
						d, err := key.Bytes()
						keys = make([]*ecdsa.PrivateKey, n)
						for i := range keys {
							if keys[i], err = ecdsa.ParseRawPrivateKey(elliptic.P256(), d); err != nil {
								return err
							}
							if _, err = keys[i].Bytes(); err != nil { // which a client does as well
								return err
							}
						}
						return err
					},
					worker: keeping(func() (string, error) {
						key := keys[len(keys)-1]
						keys = keys[:len(keys)-1]
						return firstCall(ctx, carrier, key)
					}),
				},
			}, func() {}, nil
		},
	}
}

func jwk(key *ecdsa.PrivateKey) (string, error) {
	private, err := key.Bytes()
	if err != nil {
		return "", err
	}
	public, err := key.PublicKey.Bytes()
	if err != nil {
		return "", err
	}
	encode := base64.RawURLEncoding.EncodeToString
	text, err := json.Marshal(map[string]string{"kty": "EC", "crv": "P-256", "d": encode(private), "x": encode(public[1:33]), "y": encode(public[33:])})
	return string(text), err
}

// tomoidvStub gives a token to whoever brings an assertion, and deletes for
// whoever brings the token.
type tomoidvStub struct{}

func (tomoidvStub) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	answer := deletionAnswer
	switch {
	case r.URL.Path == "/v1/oauth2/token" && bytes.Contains(body, []byte("client_assertion=ey")):
		answer = tokenAnswer
	case r.Header.Get("Authorization") != "Bearer "+accessToken:
		return nil, errors.New("neither an assertion nor the token")
	}
	return stub{http.Header{"Content-Type": {"application/json"}}, []byte(answer)}.RoundTrip(r)
}

func firstCall(ctx context.Context, carrier *http.Client, key *ecdsa.PrivateKey) (string, error) {
	now := time.Now()
	var jti [16]byte
	_, _ = rand.Read(jti[:])
	signed, err := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{
		"iss": clientID, "sub": clientID, "aud": tomoidvBase + "/v1/oauth2/token",
		"iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(), "jti": fmt.Sprintf("%x", jti),
	}).SignedString(key)
	if err != nil {
		return "", err
	}
	form := url.Values{
		"grant_type":            {"client_credentials"},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion":      {signed},
	}
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := post(ctx, carrier, "/v1/oauth2/token", "application/x-www-form-urlencoded", "", form.Encode(), &token); err != nil {
		return "", err
	}
	request, err := json.Marshal(map[string]string{"user_id": userID})
	if err != nil {
		return "", err
	}
	var deletion tomoidv.Deletion
	err = post(ctx, carrier, "/v1/idv/result/delete", "application/json", token.AccessToken, string(request), &deletion)
	return string(deletion.Status), err
}

func post(ctx context.Context, carrier *http.Client, path, contentType, token, body string, out any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, tomoidvBase+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", contentType)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := carrier.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return err
	}
	return json.Unmarshal(answer, out)
}
