-- Events of contracts and modules, numbered from 0 in the order they were emitted.
CREATE TABLE logs (
    ordinal INTEGER PRIMARY KEY,
    tx      INTEGER NOT NULL,   -- ordinal of the transaction
    address BLOB    NOT NULL,
    topics  BLOB    NOT NULL,   -- 0 to 4 of 32 bytes
    data    BLOB    NOT NULL
) STRICT;

-- From an address, a topic in its position, or an address with its first topic, to groups of 32
-- neighbouring logs (see postings.rs). What a group's logs share is entered once.
CREATE TABLE logs_by_term (key INTEGER PRIMARY KEY) STRICT;
