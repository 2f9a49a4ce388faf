package main

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// A page is what a browser shows in the end.
type page struct {
	*http.Response // its body is text
	text           string
}

// visit does what a browser does, redirects included.
func visit(ctx context.Context, method, address string, form url.Values) (*page, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	return &page{answer, string(text)}, nil
}

// returned tells where a browser came to, and the names of what it brought.
func returned(address *url.URL) string {
	where := *address
	where.RawQuery = ""
	return where.String() + " with " + strings.Join(slices.Sorted(maps.Keys(address.Query())), ", ")
}
