package hostile_test

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"reflect"

	"github.com/kyckit/kyckit-go/tomoidv"
)

const (
	tomoUser = "31415926535897932384626433832795028841"
	tomoPPID = "ppid.c3ludGhldGljLTAwMDE"
)

type (
	tomoRecord struct{ tomoidv.Record }
	tomoResult struct {
		UserID  tomoidv.PPID `json:"user_id"`
		Result  tomoRecord   `json:"result"`
		Results []tomoRecord `json:"results"`
	}
	tomoToken struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
		ExpiresIn   int64  `json:"expires_in"`
		Scope       string `json:"scope"`
	}
	tomoKey struct {
		KTY jwkText `json:"kty"`
		CRV jwkText `json:"crv"`
		X   jwkText `json:"x"`
		Y   jwkText `json:"y"`
		D   jwkText `json:"d"`
	}
	// jwkText is read by the code that reads a key, whose errors say what is wrong.
	jwkText string
)

func tomoClient(w *wire) *tomoidv.Client {
	w.path = "/v1/oauth2/token"
	if w.token == "" {
		w.token = fixture("tomoidv", "testdata", "answers", "token.json")
	}
	return must(tomoidv.NewClient("client-1", fixture("tomoidv", "testdata", "keys", "private.json"),
		tomoidv.WithHTTPClient(&http.Client{Transport: w}), tomoidv.WithMaxAttempts(1)))
}

func tomoidvDoors() []*door {
	call := func(name, clean string, shape reflect.Type, do func(context.Context, *tomoidv.Client) (any, error), refused ...error) *door {
		w := &wire{status: http.StatusOK}
		client := tomoClient(w)
		return &door{
			name: "tomoidv." + name, clean: clean, shape: shape, limit: noLimit, refused: append(refused, tomoidv.ErrInvalidAnswer),
			decides: []string{"user_id", "result", "result.auth_id", "result.policy_key", "result.country", "result.result", "result.kyc", "result.kyc.status", "status"},
			enter: func(doc []byte) (any, error) {
				w.body = doc
				return do(context.Background(), client)
			},
		}
	}
	answer := func(name string) string { return fixture("tomoidv", "testdata", "answers", name+".json") }
	unconfirmed := tomoidv.ErrUnconfirmed
	result := func(ctx context.Context, c *tomoidv.Client) (any, error) {
		return known(c.Result(ctx, &tomoidv.ResultRequest{UserID: tomoUser}))
	}
	policy := tomoidv.GovernmentID(tomoidv.IDTypeIDCard, tomoidv.NoOwnerAssurance())
	doors := []*door{
		call("Result, contract 1.4", answer("result_14_single"), reflect.TypeFor[tomoResult](), result),
		call("Result, contract 1.3", answer("result_13_list"), reflect.TypeFor[tomoResult](), result),
		call("Start", answer("started"), reflect.TypeFor[tomoidv.Started](), func(ctx context.Context, c *tomoidv.Client) (any, error) {
			return known(c.Start(ctx, &tomoidv.StartRequest{UserID: tomoUser}))
		}, unconfirmed),
		call("Reset", `{"status":"reset"}`, reflect.TypeFor[tomoidv.ResetResult](), func(ctx context.Context, c *tomoidv.Client) (any, error) {
			return known(c.Reset(ctx, &tomoidv.ResetRequest{UserID: tomoUser, Country: "jp", Policy: policy}))
		}, unconfirmed),
		call("DeleteResult", `{"status":"deleted"}`, reflect.TypeFor[tomoidv.Deletion](), func(ctx context.Context, c *tomoidv.Client) (any, error) {
			return known(c.DeleteResult(ctx, tomoPPID))
		}, unconfirmed),
		call("DeleteResults", `{"results":[{"status":"deleted"},{"status":"not_deletable"}]}`, reflect.TypeFor[tomoidv.Deletions](), func(ctx context.Context, c *tomoidv.Client) (any, error) {
			return known(c.DeleteResults(ctx, []tomoidv.PPID{tomoPPID, "ppid.bm9ib2R5"}))
		}, unconfirmed),
		call("KYC", `{"full_name":"佐藤花子","given_name":"花子","family_name":"佐藤","date_of_birth":"1991-05-06","sex":"F","country":"jp","full_address":"東京都千代田区見本町1-2-3","street":"見本町1-2-3","city":"千代田区","region":"東京都","postal_code":"100-0000","email_address":"hanako@shop.example","phone_number":"+810000000000"}`,
			reflect.TypeFor[tomoidv.Identity](), func(ctx context.Context, c *tomoidv.Client) (any, error) {
				return known(c.KYC(ctx, &tomoidv.KYCRequest{UserID: tomoUser, Country: "jp"}))
			}),
		call("Health", `"synthetic: up"`, reflect.TypeFor[string](), func(ctx context.Context, c *tomoidv.Client) (any, error) {
			text, err := c.Health(ctx)
			return text, err
		}),
		call("Do", answer("started"), reflect.TypeFor[tomoidv.Started](), func(ctx context.Context, c *tomoidv.Client) (any, error) {
			answer, err := c.Do(ctx, &tomoidv.Call{Method: http.MethodGet, Route: "/v1/idv/health"})
			if err != nil {
				return known(answer, err)
			}
			var got tomoidv.Started
			err = answer.Decode(&got)
			return got, err // half decoded, if it were
		}),
	}
	doors[0].thorough = true
	body := handed("tomoidv.Call.Body", func(doc []byte) error {
		return (&tomoidv.Call{Method: http.MethodPost, Route: "/v1/idv/start", Body: doc}).Validate()
	}, "the Body is not one JSON value without a key twice")
	return append(doors, tomoTokens(), tomoErrors(), tomoReturn(), tomoKeys(), body)
}

func tomoTokens() *door {
	return &door{
		name: "tomoidv token", clean: fixture("tomoidv", "testdata", "answers", "token.json"), shape: reflect.TypeFor[tomoToken](), limit: noLimit,
		refused: []error{tomoidv.ErrInvalidAnswer}, decides: []string{"access_token", "token_type", "expires_in"},
		enter: func(doc []byte) (any, error) {
			w := &wire{status: http.StatusOK, token: string(doc), body: []byte(`{"start_idv_uri":"https://app.example/"}`)}
			if len(doc) == 0 {
				w.token = " "
			}
			client := tomoClient(w)
			if _, err := client.Start(context.Background(), &tomoidv.StartRequest{}); err != nil {
				return nil, err
			}
			return w.authorization, nil
		},
	}
}

// tomoErrors looks at no message: what is no JSON is one, since TomoIDV may
// answer in plain text.
func tomoErrors() *door {
	w := &wire{status: http.StatusBadRequest}
	client := tomoClient(w)
	return &door{
		name: "tomoidv error reply", clean: `{"error":"invalid_scope","error_description":"synthetic description","message":"synthetic message"}`, limit: 64 << 10, lost: "<html>", anyKind: true,
		shape: reflect.TypeFor[struct {
			Error       laxText `json:"error"`
			Description laxText `json:"error_description"`
			Message     laxText `json:"message"`
		}](),
		enter: func(doc []byte) (any, error) {
			w.body = doc
			_, err := client.Start(context.Background(), &tomoidv.StartRequest{})
			var failed *tomoidv.Error
			if !errors.As(err, &failed) {
				return nil, err
			}
			return failure{Code: failed.Code, Kinds: kinds(err, tomoidv.ErrInvalidRequest, tomoidv.ErrUnauthorized, tomoidv.ErrUnauthorizedClient, tomoidv.ErrUnsupportedPolicy)}, nil
		},
	}
}

// tomoReturn is the payload of the token in a return URL.
func tomoReturn() *door {
	return &door{
		name: "tomoidv.ParseReturn", clean: `{"sub":"` + tomoPPID + `","iss":"https://api.tomopayment.com"}`, limit: 40 << 10, refused: []error{tomoidv.ErrInvalidAnswer},
		shape: reflect.TypeFor[struct {
			Sub string `json:"sub"`
		}](),
		says: "its token's payload is not a JSON object",
		enter: func(doc []byte) (any, error) {
			token := "e30." + base64.RawURLEncoding.EncodeToString(doc) + ".c3ludGhldGlj"
			claim, err := tomoidv.ParseReturn(&http.Request{Method: http.MethodGet, URL: &url.URL{RawQuery: url.Values{"token": {token}}.Encode()}})
			if err != nil {
				return known(claim, err)
			}
			return claim.PPID, nil // and the token as it came
		},
	}
}

// tomoKeys is the secret key of the console's.
func tomoKeys() *door {
	return &door{
		name: "tomoidv secret key", clean: fixture("tomoidv", "testdata", "keys", "private.json"), limit: 16 << 10, inner: true, shape: reflect.TypeFor[tomoKey](),
		unshaped: []string{"kty", "crv", "x", "y", "d"},
		enter: func(doc []byte) (any, error) {
			client, err := tomoidv.NewClient("client-1", string(doc))
			if err != nil {
				return known(client, err)
			}
			return "a key", nil
		},
	}
}
