-- Final blocks. `first_*` number the transactions and logs of the chain from 0.
CREATE TABLE blocks (
    height            INTEGER PRIMARY KEY,
    hash              BLOB    NOT NULL,
    timestamp_ms      INTEGER NOT NULL,
    leader            BLOB    NOT NULL,
    gas_used          INTEGER NOT NULL,
    size              INTEGER NOT NULL,
    first_transaction INTEGER NOT NULL,
    transactions      INTEGER NOT NULL,
    first_log         INTEGER NOT NULL,
    logs              INTEGER NOT NULL
) STRICT;

-- From the first bytes of a hash to heights (see postings.rs).
CREATE TABLE blocks_by_hash (key INTEGER PRIMARY KEY) STRICT;
