-- Final transactions, numbered from 0 in the order they ran.
CREATE TABLE transactions (
    ordinal   INTEGER PRIMARY KEY,
    height    INTEGER NOT NULL,
    hash      BLOB    NOT NULL,
    sender    BLOB    NOT NULL,
    recipient BLOB,              -- NULL: creates a contract
    created   BLOB,              -- the contract it created
    selector  BLOB,              -- first four bytes of the call data
    success   INTEGER NOT NULL,
    gas_used  INTEGER NOT NULL
) STRICT;

-- From the first bytes of a hash to ordinals (see postings.rs).
CREATE TABLE transactions_by_hash (key INTEGER PRIMARY KEY) STRICT;
