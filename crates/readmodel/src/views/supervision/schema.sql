-- What the supervised modules did: filings, pilots, orders, votes, standings, working days, and what
-- is to be done next. Times are milliseconds since 1970, days count from 1970-01-01 in Beijing.

-- The events that tell of a thing (see Thing in history.rs), by ordinal; their contents are in `logs`.
CREATE TABLE supervision_history (
    thing        INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    ordinal      INTEGER NOT NULL,
    tx           INTEGER NOT NULL,   -- ordinal of the transaction
    place        INTEGER NOT NULL,   -- of the event among the transaction's
    height       INTEGER NOT NULL,
    timestamp_ms INTEGER NOT NULL,
    PRIMARY KEY (thing, id, ordinal)
) STRICT, WITHOUT ROWID;

-- What can be searched for, folded (see names.rs): id is thing << 48 | number of the thing.
CREATE TABLE supervision_names (
    id     INTEGER PRIMARY KEY,
    number TEXT NOT NULL,
    name   TEXT NOT NULL,
    other  TEXT NOT NULL
) STRICT;
CREATE INDEX supervision_names_by_number ON supervision_names (number) WHERE number <> '';
CREATE VIRTUAL TABLE supervision_search USING fts5(
    number, name, other, content='supervision_names', content_rowid='id', tokenize='trigram'
);

-- What somebody has to do (see duties.rs).
CREATE TABLE supervision_duties (
    source       INTEGER NOT NULL,
    thing        INTEGER NOT NULL,
    slot         INTEGER NOT NULL,   -- track of a filing, or step
    item         INTEGER NOT NULL,
    step         INTEGER NOT NULL,
    parties      INTEGER NOT NULL,   -- bits
    organisation INTEGER NOT NULL,   -- of the named party; 0 if it has none
    division     INTEGER NOT NULL,   -- first two digits; 0 if it is nobody's own
    since_ms     INTEGER NOT NULL,
    until_ms     INTEGER NOT NULL,   -- when it falls away; 0: never
    clock        INTEGER NOT NULL,   -- 0: no time is set
    begins       INTEGER NOT NULL,   -- 1: the clock's end is when the duty begins
    timed        INTEGER NOT NULL,   -- 1: the clock's end is when it is due
    start        INTEGER NOT NULL,
    unit         INTEGER NOT NULL,   -- 0 fixed, 1 working days, 2 days, 3 months
    length       INTEGER NOT NULL,
    PRIMARY KEY (source, thing, slot, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX supervision_duties_by_clock ON supervision_duties (timed, start, unit, length);

CREATE TABLE supervision_providers (
    id           INTEGER PRIMARY KEY,
    account      BLOB    NOT NULL,
    organisation INTEGER NOT NULL,
    nature       INTEGER NOT NULL,
    kinds        INTEGER NOT NULL,
    division     INTEGER NOT NULL,
    uscc         TEXT    NOT NULL,
    name         TEXT    NOT NULL
) STRICT;

CREATE TABLE supervision_services (
    id              INTEGER PRIMARY KEY,
    key             BLOB    NOT NULL,   -- as `services` and `orders` know it
    provider        INTEGER NOT NULL,
    division        INTEGER NOT NULL,   -- of the provider
    number          TEXT    NOT NULL,   -- empty before it is recorded
    proposed        TEXT    NOT NULL,   -- number that awaits a second hand
    first_hand      BLOB,
    name            TEXT    NOT NULL,
    category        INTEGER NOT NULL,
    form            INTEGER NOT NULL,
    field           TEXT    NOT NULL,
    site            TEXT    NOT NULL,
    server_division INTEGER NOT NULL,
    go_live         INTEGER NOT NULL,
    form_ordinal    INTEGER NOT NULL,   -- of the event that holds the whole form
    state           INTEGER NOT NULL,
    step            INTEGER NOT NULL,   -- last one on the filing's own track
    day             INTEGER NOT NULL,   -- of that step
    change          INTEGER NOT NULL,
    inspection      INTEGER NOT NULL,
    termination     INTEGER NOT NULL,
    flags           INTEGER NOT NULL,   -- 1 filed late, 2 imported, 4 number confirmed in spite of its check digit
    recorded_on     INTEGER NOT NULL,
    batch           INTEGER NOT NULL,
    batch_place     INTEGER NOT NULL,
    clock           INTEGER NOT NULL,
    clock_start     INTEGER NOT NULL,
    clock_days      INTEGER NOT NULL
) STRICT;
CREATE INDEX supervision_services_by_number ON supervision_services (number) WHERE number <> '';
CREATE INDEX supervision_services_by_key ON supervision_services (key);
CREATE INDEX supervision_services_by_provider ON supervision_services (provider);
CREATE INDEX supervision_services_by_state ON supervision_services (state);
CREATE INDEX supervision_services_by_batch ON supervision_services (batch, batch_place) WHERE batch > 0;

-- The form of a reported change, until it is decided.
CREATE TABLE supervision_changes (
    service         INTEGER PRIMARY KEY,
    name            TEXT    NOT NULL,
    category        INTEGER NOT NULL,
    form            INTEGER NOT NULL,
    field           TEXT    NOT NULL,
    site            TEXT    NOT NULL,
    server_division INTEGER NOT NULL,
    go_live         INTEGER NOT NULL,
    ordinal         INTEGER NOT NULL
) STRICT;

-- Tracks beside a filing's own: changes, inspections and notices of a service (item is the service),
-- objections, penalties, assessments and campaigns (item is their number).
CREATE TABLE supervision_items (
    track       INTEGER NOT NULL,
    item        INTEGER NOT NULL,
    service     INTEGER NOT NULL,
    state       INTEGER NOT NULL,
    step        INTEGER NOT NULL,
    day         INTEGER NOT NULL,
    clock       INTEGER NOT NULL,
    clock_start INTEGER NOT NULL,
    clock_days  INTEGER NOT NULL,
    opened_ms   INTEGER NOT NULL,
    changed_ms  INTEGER NOT NULL,
    measure     INTEGER NOT NULL,
    amount_fen  INTEGER NOT NULL,
    content     INTEGER,             -- ordinal of the event that says what it is about
    PRIMARY KEY (track, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX supervision_items_by_service ON supervision_items (service);

CREATE TABLE supervision_batches (
    id           INTEGER PRIMARY KEY,
    day          INTEGER NOT NULL,
    working_days INTEGER NOT NULL,
    services     INTEGER NOT NULL,
    list         BLOB    NOT NULL,
    document     BLOB    NOT NULL
) STRICT;

CREATE TABLE supervision_entities (
    id           INTEGER PRIMARY KEY,
    code         BLOB    NOT NULL UNIQUE,
    account      BLOB    NOT NULL,
    organisation INTEGER NOT NULL,
    division     INTEGER NOT NULL,
    name         TEXT    NOT NULL,
    day          INTEGER NOT NULL
) STRICT;

CREATE TABLE supervision_pilots (
    id                INTEGER PRIMARY KEY,
    kind              INTEGER NOT NULL,
    entity            BLOB    NOT NULL,
    field             INTEGER NOT NULL,
    class             INTEGER NOT NULL,
    zone              INTEGER NOT NULL,
    division          INTEGER NOT NULL,
    recommender       INTEGER NOT NULL,
    competent         INTEGER NOT NULL,
    title             TEXT    NOT NULL,
    state             INTEGER NOT NULL,
    changed_ms        INTEGER NOT NULL,
    recommended_on    INTEGER NOT NULL,
    published_on      INTEGER NOT NULL,
    comment_days      INTEGER NOT NULL,
    comments          INTEGER NOT NULL,
    objections        INTEGER NOT NULL,   -- without an answer
    listed_on         INTEGER NOT NULL,
    document          INTEGER NOT NULL,   -- list it is on
    start_day         INTEGER NOT NULL,
    end_day           INTEGER NOT NULL,
    assessment_months INTEGER NOT NULL,
    interims          INTEGER NOT NULL,
    order_start       INTEGER NOT NULL,
    order_days        INTEGER NOT NULL,   -- 0: no order waits for a reply
    evaluated         INTEGER NOT NULL,
    removal           INTEGER NOT NULL,
    chain_id          INTEGER NOT NULL,
    described         INTEGER             -- ordinal of the description in force
) STRICT;
CREATE INDEX supervision_pilots_by_state ON supervision_pilots (state);
CREATE INDEX supervision_pilots_by_entity ON supervision_pilots (entity);

CREATE TABLE supervision_indicators (
    pilot     INTEGER NOT NULL,
    indicator INTEGER NOT NULL,
    name      TEXT    NOT NULL,
    unit      TEXT    NOT NULL,
    decimals  INTEGER NOT NULL,
    baseline  INTEGER NOT NULL,
    target    INTEGER NOT NULL,
    due       INTEGER NOT NULL,
    revisions INTEGER NOT NULL,
    entries   INTEGER NOT NULL,
    last_day  INTEGER NOT NULL,   -- latest day with a value
    value     INTEGER,            -- that counts for it
    PRIMARY KEY (pilot, indicator)
) STRICT, WITHOUT ROWID;

-- Values of indicators; of several for one day the last entry counts.
CREATE TABLE supervision_entries (
    ordinal       INTEGER PRIMARY KEY,   -- of the event
    pilot         INTEGER NOT NULL,
    indicator     INTEGER NOT NULL,
    entry         INTEGER NOT NULL,
    day           INTEGER NOT NULL,
    value         INTEGER NOT NULL,
    corrects      INTEGER,               -- NULL: no correction; 0: the day had none
    chain_id      INTEGER NOT NULL,
    source_height INTEGER NOT NULL,
    source        BLOB    NOT NULL
) STRICT;
CREATE INDEX supervision_entries_by_pilot ON supervision_entries (pilot);

CREATE TABLE supervision_comments (
    pilot   INTEGER NOT NULL,
    number  INTEGER NOT NULL,
    kind    INTEGER NOT NULL,
    outcome INTEGER NOT NULL,   -- 0: unanswered
    account BLOB    NOT NULL,
    text    TEXT    NOT NULL,
    day     INTEGER NOT NULL,
    PRIMARY KEY (pilot, number)
) STRICT, WITHOUT ROWID;

-- Filing numbers that a pilot names.
CREATE TABLE supervision_named (
    pilot  INTEGER NOT NULL,
    number BLOB    NOT NULL,
    PRIMARY KEY (pilot, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE supervision_orders (
    id           INTEGER PRIMARY KEY,   -- year and running number: 2026000001
    action       INTEGER NOT NULL,
    target_kind  INTEGER NOT NULL,
    target       BLOB    NOT NULL,
    authority    INTEGER NOT NULL,
    issuer       BLOB    NOT NULL,
    second       BLOB,
    status       INTEGER NOT NULL,
    drafted_ms   INTEGER NOT NULL,
    decided_ms   INTEGER NOT NULL,
    from_height  INTEGER NOT NULL,
    until_ms     INTEGER NOT NULL,
    working_days INTEGER NOT NULL,
    refers_to    INTEGER NOT NULL,
    lifted_by    INTEGER NOT NULL,
    scope        INTEGER NOT NULL,
    delivered    INTEGER NOT NULL,
    answered_ms  INTEGER NOT NULL,
    late         INTEGER NOT NULL,
    appeal       INTEGER NOT NULL,
    appealed_on  INTEGER NOT NULL,
    basis        TEXT    NOT NULL
) STRICT;
CREATE INDEX supervision_orders_by_target ON supervision_orders (target);
CREATE INDEX supervision_orders_by_status ON supervision_orders (status);

-- The yearly report: how often what happened to orders with an action.
CREATE TABLE supervision_tally (
    year     INTEGER NOT NULL,
    action   INTEGER NOT NULL,
    drafted  INTEGER NOT NULL DEFAULT 0,
    approved INTEGER NOT NULL DEFAULT 0,
    dropped  INTEGER NOT NULL DEFAULT 0,
    lifted   INTEGER NOT NULL DEFAULT 0,
    answered INTEGER NOT NULL DEFAULT 0,
    late     INTEGER NOT NULL DEFAULT 0,
    appealed INTEGER NOT NULL DEFAULT 0,
    granted  INTEGER NOT NULL DEFAULT 0,
    looked   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (year, action)
) STRICT, WITHOUT ROWID;

CREATE TABLE supervision_organisations (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL,
    code       TEXT    NOT NULL,
    division   INTEGER NOT NULL,
    roles      INTEGER NOT NULL,   -- bits
    validators INTEGER NOT NULL,
    observers  INTEGER NOT NULL,
    proposal   INTEGER NOT NULL    -- that decided its last change; 0: genesis
) STRICT;

CREATE TABLE supervision_accounts (
    account      BLOB PRIMARY KEY,
    organisation INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX supervision_accounts_by_organisation ON supervision_accounts (organisation);

CREATE TABLE supervision_parameters (
    name     TEXT PRIMARY KEY,
    value    INTEGER NOT NULL,
    proposal INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE supervision_proposals (
    id           INTEGER PRIMARY KEY,
    target       BLOB    NOT NULL,
    electorate   INTEGER NOT NULL,   -- 1 supervisors, 2 organisations that run a validator
    organisation INTEGER NOT NULL,
    proposer     BLOB    NOT NULL,
    not_before_ms INTEGER NOT NULL,
    ends_ms      INTEGER NOT NULL,
    title        TEXT    NOT NULL,
    status       INTEGER NOT NULL,   -- as decided; what follows from the time is not kept
    approvals    INTEGER NOT NULL,
    rejections   INTEGER NOT NULL,
    voters       INTEGER NOT NULL,   -- size of the electorate at the last vote
    decided_ms   INTEGER NOT NULL,
    executed_ms  INTEGER NOT NULL,
    input        BLOB    NOT NULL
) STRICT;

CREATE TABLE supervision_votes (
    proposal     INTEGER NOT NULL,
    organisation INTEGER NOT NULL,
    account      BLOB    NOT NULL,
    approve      INTEGER NOT NULL,
    PRIMARY KEY (proposal, organisation)
) STRICT, WITHOUT ROWID;

CREATE TABLE supervision_authorities (
    id           INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL,
    name         TEXT    NOT NULL,
    from_ms      INTEGER NOT NULL,
    dismissed_ms INTEGER NOT NULL,   -- 0: it acts
    successor    INTEGER NOT NULL,
    proposal     INTEGER NOT NULL
) STRICT;

-- Bindings, without what they bind to.
CREATE TABLE supervision_bindings (
    id        INTEGER PRIMARY KEY,
    authority INTEGER NOT NULL,
    kind      INTEGER NOT NULL,
    level     INTEGER NOT NULL,
    root      BLOB    NOT NULL,
    expiry_ms INTEGER NOT NULL,
    status    INTEGER NOT NULL,
    bound_ms  INTEGER NOT NULL
) STRICT;
CREATE INDEX supervision_bindings_by_authority ON supervision_bindings (authority);

CREATE TABLE supervision_standings (
    id         INTEGER PRIMARY KEY,   -- in the order in which accounts were first heard of
    account    BLOB    NOT NULL UNIQUE,
    binding    INTEGER NOT NULL,      -- 0: never bound
    status     INTEGER NOT NULL,
    reason     INTEGER NOT NULL,
    successor  BLOB,
    frozen_ms  INTEGER NOT NULL,      -- until when; 0: not frozen
    changed_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX supervision_standings_by_binding ON supervision_standings (binding);
CREATE INDEX supervision_standings_by_status ON supervision_standings (status);

-- Tables of working days, as they were loaded: days of the year, two bytes each.
CREATE TABLE supervision_calendar (
    year      INTEGER NOT NULL,
    version   INTEGER NOT NULL,
    effective INTEGER NOT NULL,
    working   INTEGER NOT NULL,
    holidays  BLOB    NOT NULL,
    makeup    BLOB    NOT NULL,
    source    BLOB    NOT NULL,   -- digest of the notice; zero: genesis
    replaces  INTEGER NOT NULL,   -- versions from this one on never took effect; 0: none
    proposal  INTEGER NOT NULL,
    PRIMARY KEY (year, version)
) STRICT, WITHOUT ROWID;

-- The once-only register.
CREATE TABLE supervision_once (
    id       INTEGER PRIMARY KEY,
    owner    BLOB    NOT NULL,
    register BLOB    NOT NULL,
    key      BLOB    NOT NULL,
    content  BLOB    NOT NULL,
    holder   BLOB    NOT NULL,
    state    INTEGER NOT NULL,   -- 0 free, 1 reserved, 2 confirmed, 3 confirmed for ever
    until_ms INTEGER NOT NULL,
    height   INTEGER NOT NULL,
    UNIQUE (key, register, owner)
) STRICT;
