package token_test

import (
	"context"
	"fmt"
	"time"

	"github.com/kyckit/kyckit-go/internal/token"
)

func ExampleCache_Do() {
	c := token.New(token.Config{
		Fetch:  func(context.Context) (string, time.Duration, error) { return "a1b2", 30 * time.Minute, nil },
		Margin: 30 * time.Second,
	})
	err := c.Do(context.Background(), func(_ context.Context, token string) error {
		fmt.Println("Authorization: Bearer " + token)
		return nil
	}, refused)
	fmt.Println(err)
	// Output:
	// Authorization: Bearer a1b2
	// <nil>
}
