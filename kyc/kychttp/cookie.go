package kychttp

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strings"
	"time"
)

const (
	cookiePrefix = "kyc-"
	// A vendor keeps a check open for a week or so; afterwards a browser that
	// comes back goes on from the check's page.
	cookieLife = 30 * 24 * time.Hour
	// maxCookies keeps somebody who begins often from sending headers that no
	// server takes.
	maxCookies = 8
	// cookieIDDigits of a check's id keep the cookies of its checks apart.
	cookieIDDigits = 12
)

func (s *Service) cookiePrefix() string {
	if s.base.Scheme == "https" {
		// The browser itself then makes sure that no other host of the site set it.
		return "__Host-" + cookiePrefix
	}
	return cookiePrefix
}

func (s *Service) cookieName(checkID string) string {
	return s.cookiePrefix() + checkID[:cookieIDDigits]
}

func (s *Service) newCookie(name, value string, life time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(life / time.Second),
		Secure: s.base.Scheme == "https", HttpOnly: true,
		// Lax comes along when a vendor sends the browser back, which is a
		// navigation by GET; Strict would not.
		SameSite: http.SameSiteLaxMode,
	}
}

// newSecret is for a cookie, and its hash for the store.
func newSecret() (secret, hash string) {
	secret = rand.Text()
	return secret, secretHash(secret)
}

func secretHash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// bind gives the browser the secret of the check.
func (s *Service) bind(w http.ResponseWriter, r *http.Request, checkID, secret string) {
	name := s.cookieName(checkID)
	var others []string
	for _, cookie := range r.Cookies() {
		if strings.HasPrefix(cookie.Name, s.cookiePrefix()) && cookie.Name != name {
			others = append(others, cookie.Name)
		}
	}
	// Browsers send the older ones first.
	for len(others) >= maxCookies {
		http.SetCookie(w, s.newCookie(others[0], "", -time.Second))
		others = others[1:]
	}
	http.SetCookie(w, s.newCookie(name, secret, cookieLife))
}

// bound tells whether the request comes from the browser that has the check.
func (s *Service) bound(r *http.Request, record *Record) bool {
	cookie, err := r.Cookie(s.cookieName(record.Check.ID))
	if err != nil {
		return false
	}
	return subtle.ConstantTimeCompare([]byte(secretHash(cookie.Value)), []byte(record.Browser)) == 1
}
