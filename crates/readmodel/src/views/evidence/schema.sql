-- Deposits of the evidence module, by the ordinal of their event. A zero word is NULL.
CREATE TABLE evidence (
    ordinal      INTEGER PRIMARY KEY,
    again        INTEGER NOT NULL,   -- 0: first deposit of its digest, 1: a later one
    digest       BLOB    NOT NULL,   -- SHA-256, or the root of a batch
    sm3          BLOB,
    depositor    BLOB    NOT NULL,
    operation    BLOB,
    kind         INTEGER NOT NULL,
    count        INTEGER NOT NULL,
    provenance   BLOB,
    reference    BLOB,
    height       INTEGER NOT NULL,
    timestamp_ms INTEGER NOT NULL,
    tx           INTEGER NOT NULL,   -- ordinal of the transaction
    place        INTEGER NOT NULL    -- of the event among the transaction's
) STRICT;

-- What organisations found, by the ordinal of the event.
CREATE TABLE evidence_attestations (
    ordinal      INTEGER PRIMARY KEY,
    digest       BLOB    NOT NULL,
    organisation INTEGER NOT NULL,
    account      BLOB    NOT NULL,
    opinion      INTEGER NOT NULL,
    report       BLOB    NOT NULL,
    height       INTEGER NOT NULL,
    timestamp_ms INTEGER NOT NULL,
    tx           INTEGER NOT NULL,
    place        INTEGER NOT NULL
) STRICT;

-- From digests and depositors to ordinals of both tables (see postings.rs).
CREATE TABLE evidence_by_term (key INTEGER PRIMARY KEY) STRICT;
