package tomoidvtest

import (
	"crypto/ecdsa"
	"encoding/base64"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// An Environment is one of TomoIDV's two. What a client was given by the
// console of one is worth nothing in the other.
type Environment string

// The environments.
const (
	Sandbox    Environment = "sandbox"
	Production Environment = "production"
)

// A Client is what a console gives to an application.
type Client struct {
	ID        string
	SecretKey string
}

type client struct {
	id  string
	key *ecdsa.PublicKey
}

// AddClient gives credentials to another application, in one environment. Those
// of the environment that the server is not are refused as any unknown ones:
// with invalid_client.
func (s *Server) AddClient(e Environment) Client { return s.addClient(e, fake.Random()) }

func (s *Server) addClient(e Environment, made fake.Source) Client {
	key := newKey(made)
	c := Client{ID: made.UUID(), SecretKey: base64.RawURLEncoding.EncodeToString(fake.EncodeJSON(privateJWK(key)))}
	s.mu.Lock()
	defer s.mu.Unlock()
	if e == s.settings.environment {
		s.clients[c.ID] = &client{id: c.ID, key: &key.PublicKey}
	}
	return c
}
