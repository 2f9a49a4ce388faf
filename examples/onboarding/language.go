package main

import (
	"fmt"
	"net/http"
	"strings"
)

// A language is one that the pages are written in.
type language string

const (
	english language = "en"
	korean  language = "ko"
)

// Other is the one that the page offers to switch to.
func (l language) Other() language {
	if l == korean {
		return english
	}
	return korean
}

// text is a text of words.go in the language, with args in it.
func (l language) text(key string, args ...any) (string, error) {
	phrase, ok := words[key]
	if !ok {
		return "", fmt.Errorf("onboarding: no words for %q", key)
	}
	text := phrase.en
	if l == korean {
		text = phrase.ko
	}
	if len(args) > 0 {
		text = fmt.Sprintf(text, args...)
	}
	return text, nil
}

// chosen is the language that the person chose by a link, which is then kept in
// a cookie, or else the one that the browser prefers.
func chosen(w http.ResponseWriter, r *http.Request, secure bool) language {
	if l := language(r.URL.Query().Get("lang")); l == english || l == korean {
		http.SetCookie(w, &http.Cookie{
			Name: "lang", Value: string(l), Path: "/", MaxAge: 365 * 24 * 60 * 60,
			Secure: secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		})
		return l
	}
	return preferred(r)
}

func preferred(r *http.Request) language {
	if cookie, err := r.Cookie("lang"); err == nil {
		if l := language(cookie.Value); l == english || l == korean {
			return l
		}
	}
	// Browsers name what they prefer first.
	for tag := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag = strings.ToLower(strings.TrimSpace(tag))
		for _, l := range []language{english, korean} {
			if tag == string(l) || strings.HasPrefix(tag, string(l)+"-") || strings.HasPrefix(tag, string(l)+";") {
				return l
			}
		}
	}
	return english
}
