-- An account is for one person. Its id is random, and never given again: checks
-- name it as their Reference.
CREATE TABLE IF NOT EXISTS accounts (
	id         TEXT PRIMARY KEY,
	email      TEXT NOT NULL UNIQUE COLLATE NOCASE,
	password   TEXT NOT NULL,
	staff      INTEGER NOT NULL DEFAULT 0,
	created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS sessions (
	token_hash TEXT PRIMARY KEY,
	account    TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
	ends_at    INTEGER NOT NULL
) STRICT;

-- Tries to sign in that failed, or have not succeeded yet.
CREATE TABLE IF NOT EXISTS tries (
	email TEXT NOT NULL COLLATE NOCASE,
	at    INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS tries_of ON tries (email, at);

-- A check is kychttp's record of it, and beside it what is looked for.
CREATE TABLE IF NOT EXISTS checks (
	id         TEXT PRIMARY KEY,
	account    TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
	record     TEXT NOT NULL,
	open       INTEGER NOT NULL,
	asked_at   INTEGER NOT NULL,
	started_at INTEGER NOT NULL,
	-- The person has another account, or the account another person.
	conflict   INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS checks_of ON checks (account, started_at);
CREATE INDEX IF NOT EXISTS checks_due ON checks (asked_at) WHERE open;

-- One account per person: the database itself refuses a second one, and also a
-- second person in one account. Digests hold no CI and no PPID (kyc.Key.Digest).
CREATE TABLE IF NOT EXISTS person_keys (
	digest  TEXT PRIMARY KEY,
	account TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
	kind    TEXT NOT NULL,
	UNIQUE (account, kind)
) STRICT;

-- Persons whom a human refused, and who had their accounts erased since.
CREATE TABLE IF NOT EXISTS refused_persons (
	digest TEXT PRIMARY KEY
) STRICT;

-- The checks by which accounts are admitted now. They outlive the checks' own
-- rows, which are deleted when they are old.
CREATE TABLE IF NOT EXISTS admissions (
	check_id TEXT PRIMARY KEY,
	account  TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE
) STRICT;
CREATE INDEX IF NOT EXISTS admissions_of ON admissions (account);

-- What people in the back office decided, each row for good. The newest one
-- holds, whatever a vendor says; none of them touches what a vendor said.
CREATE TABLE IF NOT EXISTS decisions (
	id      INTEGER PRIMARY KEY,
	account TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
	verdict TEXT NOT NULL CHECK (verdict IN ('admit', 'refuse', 'follow')),
	reason  TEXT NOT NULL,
	staff   TEXT NOT NULL, -- the e-mail address of who decided
	at      INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS decisions_of ON decisions (account);
CREATE TRIGGER IF NOT EXISTS decisions_are_final BEFORE UPDATE ON decisions
BEGIN
	SELECT RAISE(ABORT, 'a decision is not changed, but followed by another');
END;

-- What outcomes of checks did to accounts.
CREATE TABLE IF NOT EXISTS effects (
	id       INTEGER PRIMARY KEY,
	account  TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
	check_id TEXT NOT NULL,
	provider TEXT NOT NULL,
	effect   TEXT NOT NULL CHECK (effect IN ('admitted', 'conflict', 'taken back')),
	at       INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS effects_of ON effects (account);

-- Checks of accounts that are gone, at vendors who have not forgotten them yet.
CREATE TABLE IF NOT EXISTS erasures (
	check_id TEXT PRIMARY KEY,
	provider TEXT NOT NULL,
	record   TEXT NOT NULL, -- a kyc.Check without the account's id
	outcome  TEXT NOT NULL,
	asked_at INTEGER NOT NULL
) STRICT;

-- Who gets in: this view is the one definition. A human's verdict comes first.
CREATE VIEW IF NOT EXISTS standings AS
SELECT id AS account, verdict,
	CASE verdict WHEN 'admit' THEN 1 WHEN 'refuse' THEN 0
		ELSE EXISTS (SELECT 1 FROM admissions WHERE admissions.account = id) END AS admitted
FROM (
	SELECT id, COALESCE((SELECT verdict FROM decisions WHERE decisions.account = accounts.id ORDER BY decisions.id DESC LIMIT 1), 'follow') AS verdict
	FROM accounts
);
