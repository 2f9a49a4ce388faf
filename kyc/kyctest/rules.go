package kyctest

// rules are the contract.
func rules() []rule {
	return []rule{
		{"the name is one lower-case word that stays", stableName},

		{"Start makes a whole check", wholeCheck},
		{"Start uses the id that it is given and else a new one", checkIDs},
		{"Start refuses a wrong request before it sends anything", wrongRequests},

		{"a check that nobody finished is pending", pending},
		{"every outcome has its status", outcomes},
		{"a person is told as the vendor sent it", persons},
		{"a result is whole and survives storage", wholeResults},
		{"another process can go on with a stored check", resumed},
		{"Result can be repeated and changes nothing", repeated},
		{"after a resubmission the same check can be approved", resubmitted},
		{"a later decision supersedes", overruled},

		{"a wrong check is refused before anything is sent", wrongChecks},
		{"an edited check admits nobody", editedChecks},
		{"a check of another account admits nobody", anotherAccount},

		{"a return tells which check", returns},
		{"a return that tells nothing is refused", emptyReturns},
		{"a webhook tells which check", webhooks},
		{"a webhook that is not genuine is refused", forgedWebhooks},
		{"returns and webhooks lead to one result in any order", orders},

		{"a launch page starts the check", launches},
		{"an erasure tells what became of the record", erasures},
		{"what the provider does not have is unsupported", unsupported},

		{"a context that ended ends a call before it sends anything", endedContexts},
		{"the end of a context ends a call that is under way", endingContexts},
		{"a failure has its class and the vendor's error", failures},
		{"nothing that is printed or logged shows a secret or a person", leaks},
		{"arguments are not changed and not kept", arguments},
		{"any number of goroutines can call", concurrency},
	}
}
