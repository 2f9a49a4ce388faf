package fake_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/kyckit/kyckit-go/internal/fake"
)

func TestClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var clock fake.Clock
		machine := time.Now()
		assert.Equal(t, machine, clock.Now())

		clock.Advance(time.Hour)
		<-time.After(time.Minute)
		assert.Equal(t, machine.Add(time.Hour+time.Minute), clock.Now(), "a moved clock runs on")

		clock.Advance(time.Hour)
		assert.Equal(t, machine.Add(2*time.Hour+time.Minute), clock.Now())

		at := time.Date(2020, 2, 29, 12, 0, 0, 0, time.UTC)
		clock.Set(at)
		<-time.After(time.Minute)
		assert.Equal(t, at, clock.Now(), "a set clock stands still")

		clock.Advance(-time.Hour)
		assert.Equal(t, at.Add(-time.Hour), clock.Now())
	})
}
