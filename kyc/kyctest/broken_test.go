package kyctest

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
)

type defect struct {
	name  string
	rule  string
	also  []string
	apply func(*shell)
}

// defects lists, for each rule, what breaks it. A defect may break the rules in
// also as well, where nothing else could be broken without it.
func defects() []defect {
	const (
		name         = "the name is one lower-case word that stays"
		whole        = "Start makes a whole check"
		ids          = "Start uses the id that it is given and else a new one"
		request      = "Start refuses a wrong request before it sends anything"
		pending      = "a check that nobody finished is pending"
		outcome      = "every outcome has its status"
		person       = "a person is told as the vendor sent it"
		result       = "a result is whole and survives storage"
		resume       = "another process can go on with a stored check"
		repeat       = "Result can be repeated and changes nothing"
		resubmission = "after a resubmission the same check can be approved"
		later        = "a later decision supersedes"
		wrong        = "a wrong check is refused before anything is sent"
		edited       = "an edited check admits nobody"
		account      = "a check of another account admits nobody"
		returned     = "a return tells which check"
		empty        = "a return that tells nothing is refused"
		webhook      = "a webhook tells which check"
		forged       = "a webhook that is not genuine is refused"
		order        = "returns and webhooks lead to one result in any order"
		launch       = "a launch page starts the check"
		erasure      = "an erasure tells what became of the record"
		unsupported  = "what the provider does not have is unsupported"
		ended        = "a context that ended ends a call before it sends anything"
		ending       = "the end of a context ends a call that is under way"
		failure      = "a failure has its class and the vendor's error"
		leak         = "nothing that is printed or logged shows a secret or a person"
		argument     = "arguments are not changed and not kept"
		concurrent   = "any number of goroutines can call"
	)
	var everywhere set // what providers of several accounts know
	ask := func(b *shell) { _, _, _ = b.inner.ask(context.Background(), b.inner.vendor().find("none")) }
	return []defect{
		{"has a name like a person's", name, []string{whole, result, failure, unsupported, erasure}, func(b *shell) { b.renamed("Vendor Ltd.") }},
		{"has a name that cannot begin a path", name, []string{whole, result, failure, unsupported, erasure}, func(b *shell) { b.renamed("-vendor") }},

		{"forgets the reference", whole, nil, func(b *shell) { b.started(func(c *kyc.Check) { c.Reference = "" }) }},
		{"forgets where to return", whole, []string{returned, order, outcome, person, result, resume, repeat, resubmission,
			later, wrong, edited, account, erasure, ended, ending, failure, leak, argument, concurrent},
			func(b *shell) { b.started(func(c *kyc.Check) { c.ReturnURL = "" }) }},
		{"has started yesterday", whole, nil, func(b *shell) {
			b.started(func(c *kyc.Check) { c.StartedAt = c.StartedAt.Add(-24 * time.Hour) })
		}},
		{"stores another time than it says", whole, nil, func(b *shell) {
			b.started(func(c *kyc.Check) { c.StartedAt = time.Now() })
		}},
		{"claims what it knows", whole, nil, func(b *shell) { b.started(func(c *kyc.Check) { c.VendorIDClaimed = true }) }},
		{"gives a page that is none", whole, []string{launch, unsupported, argument, concurrent, wrong, outcome, person, result, resume,
			repeat, resubmission, later, edited, account, returned, webhook, order, erasure, ended, ending, failure, leak, pending},
			func(b *shell) { b.started(func(c *kyc.Check) { c.URL = "javascript:alert(1)" }) }},
		{"takes no hints", whole, []string{argument, leak}, func(b *shell) {
			b.start = func(ctx context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
				if req != nil && req.Hints != (kyc.Hints{}) {
					return nil, &kyc.Error{Kind: kyc.ErrInvalidRequest}
				}
				return b.inner.Start(ctx, req)
			}
		}},

		{"makes an id of its own", ids, nil, func(b *shell) {
			b.start = func(ctx context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
				if req == nil || !kyc.IsCheckID(req.CheckID) {
					return b.inner.Start(ctx, req)
				}
				own := *req
				own.CheckID = ""
				return b.inner.Start(ctx, &own)
			}
		}},

		{"asks before it validates", request, nil, func(b *shell) {
			b.start = func(ctx context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
				if req.Validate() != nil {
					ask(b)
				}
				return b.inner.Start(ctx, req)
			}
		}},
		{"does not look at hints", request, nil, func(b *shell) {
			b.start = func(ctx context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
				if req == nil {
					return b.inner.Start(ctx, req)
				}
				bare := *req
				bare.Hints = kyc.Hints{}
				return b.inner.Start(ctx, &bare)
			}
		}},
		{"starts a check that it refuses", request, []string{ended, ending, failure}, func(b *shell) {
			b.start = func(ctx context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
				check, err := b.inner.Start(ctx, req)
				if err != nil {
					check = new(kyc.Check)
				}
				return check, err
			}
		}},

		{"says when nothing was decided", pending, nil, func(b *shell) {
			b.resulted(func(r *kyc.Result) {
				if r.Status == kyc.StatusPending {
					r.DecidedAt = r.Evidence.FetchedAt
				}
			})
		}},
		{"fails while nothing is decided", pending, []string{result, resume, repeat, edited, argument, concurrent}, func(b *shell) {
			b.result = func(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
				result, err := b.inner.Result(ctx, check)
				if err == nil && result.Status == kyc.StatusPending {
					return nil, &kyc.Error{Provider: providerName, Op: "result", Kind: kyc.ErrNotFound}
				}
				return result, err
			}
		}},

		{"takes an unknown word for an approval", outcome, nil, func(b *shell) { b.resulted(becomes(kyc.StatusUnknown, kyc.StatusApproved)) }},
		{"takes a review for an approval", outcome, nil, func(b *shell) { b.resulted(becomes(kyc.StatusReview, kyc.StatusApproved)) }},
		{"takes expired for declined", outcome, nil, func(b *shell) { b.resulted(becomes(kyc.StatusExpired, kyc.StatusDeclined)) }},
		{"waits for who walked away", outcome, nil, func(b *shell) { b.resulted(becomes(kyc.StatusAbandoned, kyc.StatusPending)) }},
		{"fails when it was called off", outcome, []string{result}, func(b *shell) {
			b.result = func(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
				result, err := b.inner.Result(ctx, check)
				if err == nil && result.Status == kyc.StatusCanceled {
					return nil, &kyc.Error{Provider: providerName, Op: "result", Kind: kyc.ErrNotFound}
				}
				return result, err
			}
		}},

		{"writes names without spaces", person, nil, func(b *shell) {
			b.resulted(func(r *kyc.Result) { r.Person.FullName = strings.ReplaceAll(r.Person.FullName, " ", "") })
		}},
		{"writes names in capitals", person, nil, func(b *shell) {
			b.resulted(func(r *kyc.Result) { r.Person.FamilyName = strings.ToUpper(r.Person.FamilyName) })
		}},
		{"puts the family name last", person, []string{resume, order}, func(b *shell) {
			b.resulted(func(r *kyc.Result) {
				r.Person.GivenName, r.Person.FamilyName = r.Person.FamilyName, r.Person.GivenName
			})
		}},
		{"writes dates in its own way", person, []string{resume, order}, func(b *shell) {
			b.resulted(func(r *kyc.Result) {
				r.Person.BirthDate = kyc.Date(strings.ReplaceAll(string(r.Person.BirthDate), "-", "."))
			})
		}},
		{"does not tell about whom", person, []string{resume, order}, func(b *shell) {
			b.resulted(func(r *kyc.Result) { r.Person = kyc.Person{} })
		}},

		{"forgets the hash", result, nil, func(b *shell) { b.resulted(func(r *kyc.Result) { r.Evidence.SHA256 = "" }) }},
		{"writes the hash in capitals", result, nil, func(b *shell) {
			b.resulted(func(r *kyc.Result) { r.Evidence.SHA256 = strings.ToUpper(r.Evidence.SHA256) })
		}},
		{"does not tell of the signature", result, nil, func(b *shell) { b.resulted(func(r *kyc.Result) { r.Evidence.Signature = "" }) }},
		{"has an environment of its own", result, nil, func(b *shell) { b.resulted(func(r *kyc.Result) { r.Evidence.Environment = "staging" }) }},
		{"says that the answer came long ago", result, nil, func(b *shell) {
			b.resulted(func(r *kyc.Result) { r.Evidence.FetchedAt = r.Evidence.FetchedAt.Add(-time.Hour) })
		}},
		{"keeps the vendor's value", result, nil, func(b *shell) { b.resulted(func(r *kyc.Result) { r.Vendor = nil }) }},
		{"has a key of nobody", result, nil, func(b *shell) {
			b.resulted(func(r *kyc.Result) {
				if r.Status == kyc.StatusApproved {
					r.Keys = append(r.Keys, kyc.Key{Kind: kyc.KeyCI, Value: " "})
				}
			})
		}},
		{"has a finding of nothing", result, nil, func(b *shell) {
			b.resulted(func(r *kyc.Result) { r.Findings = append(r.Findings, kyc.Finding{Kind: kyc.FindingRisk}) })
		}},
		{"does not name the check of what expired", result, nil, func(b *shell) {
			b.resulted(func(r *kyc.Result) {
				if r.Status == kyc.StatusExpired {
					r.CheckID = ""
				}
			})
		}},
		{"has a name that storage does not hold", result, nil, func(b *shell) {
			b.resulted(func(r *kyc.Result) {
				if r.Status == kyc.StatusReview {
					r.Person.FullName = "\xc8\xab\xb9\xcc\xb7\xa1" // EUC-KR
				}
			})
		}},

		{"keeps what it needs in memory", resume, nil, func(b *shell) {
			var own set
			b.started(func(c *kyc.Check) { own.had(c.VendorID) })
			b.result = func(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
				if check != nil && check.Validate(providerName) == nil && ctx.Err() == nil && !own.has(check.VendorID) {
					return nil, &kyc.Error{Provider: providerName, Op: "result", Kind: kyc.ErrNotFound}
				}
				return b.inner.Result(ctx, check)
			}
		}},

		{"makes a new key now and then", repeat, nil, func(b *shell) {
			var asked [4]set
			b.resulted(func(r *kyc.Result) {
				if r.Status == kyc.StatusApproved && asked[0].had(r.CheckID) && asked[1].had(r.CheckID) && asked[2].had(r.CheckID) {
					r.Keys = nil
				}
			})
		}},
		{"gives up when asked too often", repeat, []string{edited}, func(b *shell) {
			var asked set
			b.resulted(func(r *kyc.Result) {
				if r.Status == kyc.StatusPending && asked.had(r.CheckID) {
					b.inner.vendor().Decide(r.CheckID, Decision{Status: kyc.StatusExpired})
				}
			})
		}},
		{"finds news in every answer", repeat, nil, func(b *shell) {
			var answers atomic.Int64
			b.resulted(func(r *kyc.Result) {
				if !r.DecidedAt.IsZero() {
					r.DecidedAt = r.DecidedAt.Add(time.Duration(answers.Add(1)))
				}
			})
		}},

		{"tells times as they are here", result, nil, func(b *shell) {
			b.resulted(func(r *kyc.Result) { r.DecidedAt = r.DecidedAt.In(time.FixedZone("KST", 9*60*60)) })
		}},
		{"keeps the monotonic clock", result, nil, func(b *shell) {
			b.resulted(func(r *kyc.Result) { r.Evidence.FetchedAt = time.Now() })
		}},

		{"gives all attempts one name", resubmission, nil, func(b *shell) { b.resulted(func(r *kyc.Result) { r.Attempt = "1" }) }},
		{"never forgets a resubmission", resubmission, nil, func(b *shell) {
			var asked set
			b.resulted(func(r *kyc.Result) {
				if r.Status == kyc.StatusResubmit {
					asked.had(r.CheckID)
				} else if asked.has(r.CheckID) {
					r.Status = kyc.StatusResubmit
				}
			})
		}},

		{"never forgets an approval", later, nil, func(b *shell) {
			var approved set
			b.resulted(func(r *kyc.Result) {
				if r.Status == kyc.StatusApproved {
					approved.had(r.CheckID)
				} else if approved.has(r.CheckID) {
					r.Status = kyc.StatusApproved
				}
			})
		}},
		{"counts time backwards", later, []string{resubmission}, func(b *shell) {
			b.resulted(func(r *kyc.Result) {
				if !r.DecidedAt.IsZero() {
					r.DecidedAt = time.Unix(0, 0).UTC().Add(time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC).Sub(r.DecidedAt))
				}
			})
		}},

		{"takes a check of any provider", wrong, nil, func(b *shell) { b.repairs(func(c *kyc.Check) { c.Provider = providerName }) }},
		{"takes a check of any version", wrong, nil, func(b *shell) { b.repairs(func(c *kyc.Check) { c.Version = 1 }) }},
		{"takes a check that never started", wrong, nil, func(b *shell) {
			b.repairs(func(c *kyc.Check) { c.StartedAt = time.Unix(1, 0) })
		}},
		{"asks before it looks at the check", wrong, nil, func(b *shell) {
			b.result = func(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
				if check.Validate(providerName) != nil {
					ask(b)
				}
				return b.inner.Result(ctx, check)
			}
		}},
		{"erases a check of any provider", wrong, nil, func(b *shell) {
			b.erase = func(ctx context.Context, check *kyc.Check) (kyc.Erasure, error) {
				if check == nil || check.Provider == providerName {
					return b.inner.Erase(ctx, check)
				}
				return "", nil
			}
		}},
		{"launches no check", wrong, nil, func(b *shell) {
			b.launch = func(check *kyc.Check) (template.HTML, error) {
				if check == nil {
					return "Hello", nil
				}
				return b.inner.Launch(check)
			}
		}},

		{"believes the vendor id", edited, []string{returned}, func(b *shell) { b.believes(func(*kyc.Result) {}) }},
		{"reviews who another is", edited, []string{returned}, func(b *shell) {
			b.believes(func(r *kyc.Result) { r.Status = kyc.StatusReview })
		}},
		{"answers about the check that it finds", edited, []string{returned}, func(b *shell) {
			b.result = func(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
				if check.Validate(providerName) != nil {
					return b.inner.Result(ctx, check)
				}
				return b.inner.Result(ctx, b.own(ctx, check))
			}
		}},
		{"asks to come again with a check of another", edited, []string{returned, failure}, func(b *shell) {
			b.failing(func(failed *kyc.Error, _ *kyc.Check) (*kyc.Result, error) {
				if failed.Kind == kyc.ErrForeign && failed.Op == "result" {
					failed.Kind = kyc.ErrUnavailable
				}
				return nil, failed
			})
		}},

		{"remembers who was approved by the vendor id", edited, nil, func(b *shell) {
			var approved sync.Map
			b.result = func(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
				if check.Validate(providerName) != nil || ctx.Err() != nil {
					return b.inner.Result(ctx, check)
				}
				if known, ok := approved.Load(check.VendorID); ok && known.(kyc.Result).CheckID != check.ID {
					again := known.(kyc.Result)
					again.CheckID = check.ID
					return &again, nil
				}
				result, err := b.inner.Result(ctx, check)
				if err == nil && result.Status == kyc.StatusApproved {
					approved.Store(check.VendorID, *result)
				}
				return result, err
			}
		}},
		{"compares the beginning of an id", edited, nil, func(b *shell) {
			b.believesIf(func(asked, told string, _ int) bool {
				return asked[:30] == told[:30]
			})
		}},
		{"compares the end of an id", edited, nil, func(b *shell) {
			b.believesIf(func(asked, told string, _ int) bool {
				return asked[10:] == told[10:]
			})
		}},
		{"compares ids at the first attempt", edited, nil, func(b *shell) {
			b.believesIf(func(_, _ string, attempt int) bool {
				return attempt > 1
			})
		}},
		{"tells of another's document", edited, nil, func(b *shell) {
			b.believes(func(r *kyc.Result) {
				r.Status, r.Person, r.Keys = kyc.StatusReview, kyc.Person{}, nil
				r.Document.Number = "M00000000"
			})
		}},

		{"knows the people of all accounts", account, nil, func(b *shell) {
			var own set
			b.started(func(c *kyc.Check) { own.had(c.ID) })
			b.result = func(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
				result, err := b.inner.Result(ctx, check)
				switch {
				case err == nil && result.Status == kyc.StatusApproved:
					everywhere.had(check.ID)
				case errors.Is(err, kyc.ErrNotFound) && everywhere.has(check.ID) && !own.has(check.ID):
					return &kyc.Result{CheckID: check.ID, Provider: providerName, Status: kyc.StatusApproved}, nil
				}
				return result, err
			}
		}},

		{"takes a return once", returned, []string{edited, resubmission, later, order, leak, concurrent}, func(b *shell) {
			var seen set
			b.parseReturn = func(r *http.Request) (*kyc.Notice, error) {
				notice, err := b.inner.ParseReturn(r)
				if err == nil && seen.had(notice.CheckID) {
					return nil, &kyc.Error{Provider: providerName, Op: "parse return", Kind: kyc.ErrInvalidNotice}
				}
				return notice, err
			}
		}},
		{"reads no return of who was declined", returned, []string{outcome, result}, func(b *shell) {
			b.parseReturn = func(r *http.Request) (*kyc.Notice, error) {
				notice, err := b.inner.ParseReturn(r)
				if err == nil && b.status(notice.VendorID) == kyc.StatusDeclined && b.attempt(notice.VendorID) == 1 {
					return &kyc.Notice{}, nil
				}
				return notice, err
			}
		}},

		{"believes a browser that it is decided", returned, nil, func(b *shell) {
			b.parseReturn = func(r *http.Request) (*kyc.Notice, error) {
				notice, err := b.inner.ParseReturn(r)
				if err == nil {
					notice.Decided = true
				}
				return notice, err
			}
		}},

		{"takes a return that names nothing", empty, nil, func(b *shell) {
			b.parseReturn = func(r *http.Request) (*kyc.Notice, error) {
				notice, err := b.inner.ParseReturn(r)
				if err != nil {
					return &kyc.Notice{}, nil
				}
				return notice, err
			}
		}},
		{"calls a return forged", empty, nil, func(b *shell) {
			b.parseReturn = func(r *http.Request) (*kyc.Notice, error) {
				notice, err := b.inner.ParseReturn(r)
				if err != nil {
					return nil, &kyc.Error{Provider: providerName, Op: "parse return", Kind: kyc.ErrSignature}
				}
				return notice, err
			}
		}},

		{"takes a webhook once", webhook, []string{order, concurrent}, func(b *shell) {
			var seen set
			b.parseWebhook = func(header http.Header, body []byte) (*kyc.Notice, error) {
				notice, err := b.inner.ParseWebhook(header, body)
				if err == nil && seen.had(notice.CheckID) {
					return nil, &kyc.Error{Provider: providerName, Op: "parse webhook", Kind: kyc.ErrInvalidNotice}
				}
				return notice, err
			}
		}},
		{"forgets webhooks of who was declined", webhook, nil, func(b *shell) {
			b.parseWebhook = func(header http.Header, body []byte) (*kyc.Notice, error) {
				notice, err := b.inner.ParseWebhook(header, body)
				if err == nil && b.status(notice.VendorID) == kyc.StatusDeclined {
					return &kyc.Notice{}, nil
				}
				return notice, err
			}
		}},

		{"announces what comes later", webhook, nil, func(b *shell) {
			b.parseWebhook = func(header http.Header, body []byte) (*kyc.Notice, error) {
				notice, err := b.inner.ParseWebhook(header, body)
				if err == nil {
					notice.DecidedAt = notice.DecidedAt.Add(time.Minute)
				}
				return notice, err
			}
		}},

		{"does not verify webhooks", forged, nil, func(b *shell) {
			b.parseWebhook = func(_ http.Header, body []byte) (*kyc.Notice, error) { return b.resigned(body) }
		}},
		{"reads a webhook before it verifies it", forged, nil, func(b *shell) {
			b.parseWebhook = func(header http.Header, body []byte) (*kyc.Notice, error) {
				if _, err := b.resigned(body); err != nil {
					return nil, err
				}
				return b.inner.ParseWebhook(header, body)
			}
		}},
		{"takes what is not signed", forged, nil, func(b *shell) {
			b.parseWebhook = func(header http.Header, body []byte) (*kyc.Notice, error) {
				if header.Get(signatureHeader) == "" {
					return b.resigned(body)
				}
				return b.inner.ParseWebhook(header, body)
			}
		}},
		{"verifies what it has trimmed", forged, nil, func(b *shell) {
			b.parseWebhook = func(header http.Header, body []byte) (*kyc.Notice, error) {
				return b.inner.ParseWebhook(header, []byte(strings.TrimSpace(string(body))))
			}
		}},
		{"takes half a signature", forged, nil, func(b *shell) {
			b.parseWebhook = func(header http.Header, body []byte) (*kyc.Notice, error) {
				said := header.Get(signatureHeader)
				if said != "" && strings.HasPrefix(fmt.Sprintf("%x", b.inner.vendor().sign(body)), said) {
					return b.resigned(body)
				}
				return b.inner.ParseWebhook(header, body)
			}
		}},
		{"reads what it refuses", forged, nil, func(b *shell) {
			b.parseWebhook = func(header http.Header, body []byte) (*kyc.Notice, error) {
				notice, err := b.inner.ParseWebhook(header, body)
				if err != nil {
					notice = &kyc.Notice{}
				}
				return notice, err
			}
		}},

		{"takes no return after a webhook", order, []string{concurrent}, func(b *shell) {
			var called set
			b.parseWebhook = func(header http.Header, body []byte) (*kyc.Notice, error) {
				notice, err := b.inner.ParseWebhook(header, body)
				if err == nil {
					called.had(notice.CheckID)
				}
				return notice, err
			}
			b.parseReturn = func(r *http.Request) (*kyc.Notice, error) {
				notice, err := b.inner.ParseReturn(r)
				if err == nil && called.has(notice.CheckID) {
					return nil, &kyc.Error{Provider: providerName, Op: "parse return", Kind: kyc.ErrInvalidNotice}
				}
				return notice, err
			}
		}},

		{"launches all checks alike", launch, nil, func(b *shell) {
			b.launch = func(check *kyc.Check) (template.HTML, error) {
				if _, err := b.inner.Launch(check); err != nil {
					return "", err
				}
				return `<a href="https://vendor.example/">Verify</a>`, nil
			}
		}},
		{"does not escape", launch, nil, func(b *shell) {
			b.launch = func(check *kyc.Check) (template.HTML, error) {
				if _, err := b.inner.Launch(check); err != nil {
					return "", err
				}
				return template.HTML(`<a href="` + check.URL + `">Verify</a>`), nil
			}
		}},
		{"asks for a page", launch, nil, func(b *shell) {
			b.launch = func(check *kyc.Check) (template.HTML, error) {
				page, err := b.inner.Launch(check)
				if err == nil {
					ask(b)
				}
				return page, err
			}
		}},

		{"calls deleted what it keeps", erasure, nil, func(b *shell) {
			b.erase = func(ctx context.Context, check *kyc.Check) (kyc.Erasure, error) {
				if _, err := b.inner.Result(ctx, check); err != nil {
					failed, _ := errors.AsType[*kyc.Error](err)
					return "", &kyc.Error{Provider: failed.Provider, Op: "erase", Kind: failed.Kind, Err: failed.Err}
				}
				return kyc.ErasureDeleted, nil
			}
		}},
		{"has a word of its own for deleted", erasure, nil, func(b *shell) {
			b.erase = func(ctx context.Context, check *kyc.Check) (kyc.Erasure, error) {
				erased, err := b.inner.Erase(ctx, check)
				if err == nil {
					erased = "gone"
				}
				return erased, err
			}
		}},
		{"does not look whose record it deletes", erasure, nil, func(b *shell) {
			b.erase = func(ctx context.Context, check *kyc.Check) (kyc.Erasure, error) {
				if check.Validate(providerName) == nil {
					check = b.own(ctx, check)
				}
				return b.inner.Erase(ctx, check)
			}
		}},

		{"deletes what the vendor id names, for whoever is known", erasure, nil, func(b *shell) {
			var known set
			b.started(func(c *kyc.Check) { known.had(c.ID) })
			b.erase = func(ctx context.Context, check *kyc.Check) (kyc.Erasure, error) {
				if check.Validate(providerName) == nil && known.has(check.ID) {
					check = b.own(ctx, check)
				}
				return b.inner.Erase(ctx, check)
			}
		}},

		{"launches nothing after all", unsupported, []string{launch, argument, concurrent}, func(b *shell) {
			b.launch = func(check *kyc.Check) (template.HTML, error) {
				if _, err := b.inner.Launch(check); err != nil {
					return "", err
				}
				return "", &kyc.Error{Provider: providerName, Op: "launch", Kind: kyc.ErrUnsupported}
			}
		}},

		{"asks though nobody waits", ended, nil, func(b *shell) {
			b.result = func(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
				if ctx.Err() != nil {
					ctx = context.WithoutCancel(ctx)
				}
				return b.inner.Result(ctx, check)
			}
		}},
		{"starts though nobody waits", ended, nil, func(b *shell) {
			b.start = func(ctx context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
				if ctx.Err() != nil {
					ctx = context.WithoutCancel(ctx)
				}
				return b.inner.Start(ctx, req)
			}
		}},
		{"does not tell that the caller left", ended, []string{ending}, func(b *shell) {
			b.failing(func(failed *kyc.Error, _ *kyc.Check) (*kyc.Result, error) {
				if failed.Kind == nil {
					failed = &kyc.Error{Provider: providerName, Op: "result", Kind: kyc.ErrUnavailable}
				}
				return nil, failed
			})
		}},

		{"waits though the caller left", ending, nil, func(b *shell) {
			b.result = func(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
				if ctx.Err() == nil {
					ctx = context.WithoutCancel(ctx)
				}
				return b.inner.Result(ctx, check)
			}
		}},
		{"starts though the caller left", ending, nil, func(b *shell) {
			b.start = func(ctx context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
				if ctx.Err() == nil {
					ctx = context.WithoutCancel(ctx)
				}
				return b.inner.Start(ctx, req)
			}
		}},

		{"forgets what may have begun", ending, nil, func(b *shell) {
			b.start = func(ctx context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
				check, err := b.inner.Start(ctx, req)
				if failed, ok := errors.AsType[*kyc.Error](err); ok && ctx.Err() != nil {
					failed.Kind = nil
				}
				return check, err
			}
		}},
		{"asks once", ending, []string{later, erasure, ended, failure, argument, concurrent, result, edited, wrong}, func(b *shell) {
			var told sync.Map
			b.result = func(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
				if check.Validate(providerName) != nil {
					return b.inner.Result(ctx, check)
				}
				if known, ok := told.Load(*check); ok {
					again := *known.(*kyc.Result)
					again.Keys = slices.Clone(again.Keys)
					return &again, nil
				}
				result, err := b.inner.Result(ctx, check)
				if err == nil && result.Status == kyc.StatusApproved {
					kept := *result
					kept.Keys = slices.Clone(result.Keys)
					told.Store(*check, &kept)
				}
				return result, err
			}
		}},

		{"hides the vendor's error", failure, nil, func(b *shell) {
			b.failing(func(failed *kyc.Error, _ *kyc.Check) (*kyc.Result, error) {
				if failed.Kind != nil {
					failed.Err = errors.New("it failed")
				}
				return nil, failed
			})
		}},
		{"has one class for two failures", failure, nil, func(b *shell) {
			b.failing(func(failed *kyc.Error, _ *kyc.Check) (*kyc.Result, error) {
				if failed.Kind == kyc.ErrRateLimited {
					failed.Kind = kyc.ErrUnavailable
				}
				return nil, failed
			})
		}},
		{"has two classes for one failure", failure, nil, func(b *shell) {
			b.failing(func(failed *kyc.Error, _ *kyc.Check) (*kyc.Result, error) {
				if failed.Kind == kyc.ErrSignature {
					failed.Err = errors.Join(failed.Err, kyc.ErrUnavailable)
				}
				return nil, failed
			})
		}},
		{"takes a refusal for pending", failure, nil, func(b *shell) {
			b.failing(func(failed *kyc.Error, check *kyc.Check) (*kyc.Result, error) {
				if failed.Kind == kyc.ErrUnauthorized {
					return &kyc.Result{CheckID: check.ID, Provider: providerName, Status: kyc.StatusPending}, nil
				}
				return nil, failed
			})
		}},
		{"has a result with an error", failure, []string{edited}, func(b *shell) {
			b.failing(func(failed *kyc.Error, _ *kyc.Check) (*kyc.Result, error) {
				if failed.Err != nil && failed.Kind == kyc.ErrUnavailable {
					return &kyc.Result{}, failed
				}
				return nil, failed
			})
		}},
		{"does not tell what failed", failure, nil, func(b *shell) {
			b.failing(func(failed *kyc.Error, _ *kyc.Check) (*kyc.Result, error) {
				failed.Op = ""
				return nil, failed
			})
		}},
		{"does not tell why a start was refused", failure, nil, func(b *shell) {
			b.start = func(ctx context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
				check, err := b.inner.Start(ctx, req)
				if failed, ok := errors.AsType[*kyc.Error](err); ok && failed.Kind == kyc.ErrRateLimited {
					failed.Kind = kyc.ErrUnavailable
				}
				return check, err
			}
		}},
		{"is sure that a lost start began nothing", failure, nil, func(b *shell) {
			b.start = func(ctx context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
				check, err := b.inner.Start(ctx, req)
				if failed, ok := errors.AsType[*kyc.Error](err); ok && failed.Kind == kyc.ErrUnconfirmed && ctx.Err() == nil {
					failed.Kind = kyc.ErrUnavailable
				}
				return check, err
			}
		}},
		{"fails with an error of its own", failure, nil, func(b *shell) {
			b.failing(func(failed *kyc.Error, _ *kyc.Check) (*kyc.Result, error) {
				if failed.Kind == kyc.ErrRateLimited {
					return nil, fmt.Errorf("%w: %w", failed.Kind, failed.Err)
				}
				return nil, failed
			})
		}},

		{"tells where the person went", leak, nil, func(b *shell) {
			b.failing(func(failed *kyc.Error, check *kyc.Check) (*kyc.Result, error) {
				if check != nil && failed.Err != nil {
					failed.Err = fmt.Errorf("%s: %w", check.URL, failed.Err)
				}
				return nil, failed
			})
		}},
		{"logs who was approved", leak, nil, func(b *shell) {
			b.resulted(func(r *kyc.Result) { b.log.Info("decided", "name", r.Person.FullName) })
		}},
		{"holds its secret in the open", leak, nil, func(b *shell) { b.token = string(b.inner.vendor().secret()) }},
		{"repeats a wrong hint", leak, nil, func(b *shell) {
			b.start = func(ctx context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
				check, err := b.inner.Start(ctx, req)
				if failed, ok := errors.AsType[*kyc.Error](err); ok && req != nil {
					failed.Err = fmt.Errorf("%w: %q", failed.Err, req.Hints.FullName)
				}
				return check, err
			}
		}},

		{"changes the request", argument, nil, func(b *shell) {
			b.start = func(ctx context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
				check, err := b.inner.Start(ctx, req)
				if err == nil {
					req.Hints = kyc.Hints{}
				}
				return check, err
			}
		}},
		{"keeps the request", argument, nil, func(b *shell) {
			var last *kyc.StartRequest
			var mu sync.Mutex
			b.start = func(ctx context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
				mu.Lock()
				defer mu.Unlock()
				check, err := b.inner.Start(ctx, req)
				if err == nil {
					last = req
				}
				return check, err
			}
			b.resulted(func(r *kyc.Result) {
				mu.Lock()
				defer mu.Unlock()
				if last != nil && last.Reference == "another" {
					r.Status = kyc.StatusUnknown
				}
			})
		}},
		{"keeps the result", argument, nil, func(b *shell) {
			var kept sync.Map
			b.resulted(func(r *kyc.Result) {
				if len(r.Findings) > 0 {
					findings, _ := kept.LoadOrStore(r.CheckID, r.Findings)
					r.Findings = findings.([]kyc.Finding)
				}
			})
		}},
		{"changes the check while it is pending", argument, nil, func(b *shell) {
			b.result = func(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
				result, err := b.inner.Result(ctx, check)
				if err == nil && result.Status == kyc.StatusPending {
					check.ExpiresAt = check.ExpiresAt.Add(time.Hour)
				}
				return result, err
			}
		}},
		{"changes the check of another", argument, []string{failure}, func(b *shell) {
			b.result = func(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
				result, err := b.inner.Result(ctx, check)
				if errors.Is(err, kyc.ErrForeign) {
					check.VendorID = ""
				}
				return result, err
			}
		}},
		{"changes the check that it launches", argument, nil, func(b *shell) {
			b.launch = func(check *kyc.Check) (template.HTML, error) {
				page, err := b.inner.Launch(check)
				if err == nil {
					check.Reference = ""
				}
				return page, err
			}
		}},
		{"uses up the body", argument, nil, func(b *shell) {
			b.parseWebhook = func(header http.Header, body []byte) (*kyc.Notice, error) {
				notice, err := b.inner.ParseWebhook(header, body)
				if err == nil {
					clear(body)
				}
				return notice, err
			}
		}},

		{"answers one caller at a time", concurrent, nil, func(b *shell) {
			turn := make(chan struct{}, 1)
			b.result = func(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
				turn <- struct{}{}
				defer func() { <-turn }()
				return b.inner.Result(ctx, check)
			}
		}},
	}
}

func (d defect) harness(t testing.TB, log *slog.Logger) *Harness {
	h := reference(t, log)
	sound := h.NewProvider
	h.NewProvider = func() kyc.Provider {
		broken := newShell(sound().(*Provider), log)
		d.apply(broken)
		return broken
	}
	return h
}

// Each defect makes the rule fail that it breaks, and no other.
func TestDefects(t *testing.T) {
	broken := map[string]int{}
	names := map[string]bool{}
	for _, d := range defects() {
		require.False(t, names[d.name], d.name)
		names[d.name] = true
		broken[d.rule]++
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			for _, r := range rules() {
				rec := record(t, r, d.harness)
				switch {
				case r.name == d.rule:
					assert.NotEmpty(t, rec.failed, "it keeps the rule that it breaks: %s", r.name)
				case !slices.Contains(d.also, r.name):
					assert.Empty(t, rec.failed, "it breaks another rule: %s", r.name)
				}
			}
		})
	}
	for _, r := range rules() {
		assert.Positive(t, broken[r.name], "nothing breaks the rule: %s", r.name)
	}
	assert.Len(t, broken, len(rules()), "a defect is of no rule")
}

// The shell itself breaks nothing, and neither does what it leaves out.
func TestSoundShells(t *testing.T) {
	sound := defect{apply: func(*shell) {}}
	for _, r := range rules() {
		rec := record(t, r, sound.harness)
		assert.Empty(t, rec.failed, r.name)
		assert.Empty(t, rec.logged, "the reference leaves nothing out")
	}
}
