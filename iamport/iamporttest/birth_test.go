package iamporttest_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport/iamporttest"
)

// Every day around a change of Seoul's clocks and one of each month else is the
// birthday of somebody; birth must be the first second of that day there.
func TestBirth(t *testing.T) {
	seoul, err := time.LoadLocation("Asia/Seoul")
	require.NoError(t, err)
	offset := func(day time.Time) int {
		_, seconds := day.In(seoul).Zone()
		return seconds
	}
	srv := start(t, iamporttest.WithoutListener())
	srv.SetTime(time.Date(2025, 12, 31, 12, 0, 0, 0, time.UTC))
	authorization := bearer(t, srv)
	days, around := 0, 0
	for day := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2026; day = day.AddDate(0, 0, 1) {
		changes := offset(day.AddDate(0, 0, -3)) != offset(day.AddDate(0, 0, 3))
		if !changes && day.Day() != 1 {
			continue
		}
		days++
		if changes {
			around++
		}
		birthday := day.Format(time.DateOnly)
		impUID, err := srv.Certify(iamporttest.Attempt{}, iamporttest.Person{Name: "a", Birthday: birthday})
		require.NoError(t, err)
		r := send(t, inProcess(srv), "DELETE", srv.URL+certifications+impUID, "", "Authorization", authorization).response(t)
		require.Equal(t, birthday, r["birthday"])
		birth := int64(r["birth"].(float64))
		assert.Equal(t, birthday, time.Unix(birth, 0).In(seoul).Format(time.DateOnly))
		assert.Equal(t, day.AddDate(0, 0, -1).Format(time.DateOnly), time.Unix(birth-1, 0).In(seoul).Format(time.DateOnly), birthday)
		assert.Equal(t, birthday, time.Unix(birth+12*3600, 0).UTC().Format(time.DateOnly), "twelve hours later it is that day in UTC")
	}
	assert.Greater(t, days, 1500)
	assert.Greater(t, around, 100)
}

func TestBirthsThatAreKnown(t *testing.T) {
	srv := start(t)
	for birthday, birth := range map[string]float64{
		"1970-01-01": -32400, "1970-01-02": 54000, "1960-05-01": -305195400, "1988-05-08": 579020400, "1988-05-09": 579103200, "2000-02-29": 951750000,
	} {
		r := certified(t, srv, iamporttest.Attempt{}, iamporttest.Person{Name: "a", Birthday: birthday})
		assert.Equal(t, birth, r["birth"], birthday)
	}
}
