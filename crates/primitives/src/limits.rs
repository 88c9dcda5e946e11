//! Every bound of the system, by name, and how the bounds hold each other.
//!
//! Sizes are bytes, times are milliseconds, unless the name says otherwise. A limit that one room
//! accepts and the next refuses can stop a chain, so related limits are tied by the assertions at
//! the end of this file.

/// Bytes of one signed transaction (EIP-2718 envelope). Room for the largest init code and data.
pub const TRANSACTION_BYTES_MAX: usize = 128 * 1024;
/// Transactions of one block.
pub const BLOCK_TRANSACTIONS_MAX: usize = 16_384;
/// Bytes of all transactions of one block, length prefixes included.
pub const BODY_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Bytes of an encoded header.
pub const HEADER_BYTES_MAX: usize = 1024;
/// Bytes of an encoded block.
pub const BLOCK_BYTES_MAX: usize = HEADER_BYTES_MAX + BODY_BYTES_MAX + 16;
/// Bytes of one peer-to-peer message, whatever the channel.
pub const MESSAGE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Bytes of one batch of gossiped transactions.
pub const GOSSIP_BYTES_MAX: usize = 1024 * 1024;
/// Transactions of one batch of gossiped transactions.
pub const GOSSIP_TRANSACTIONS_MAX: usize = 4_096;

/// Gas of one block.
pub const BLOCK_GAS_MAX: u64 = 500_000_000;
/// Gas of one transaction (EIP-7825).
pub const TRANSACTION_GAS_MAX: u64 = 16_777_216;
/// Gas a module hook may use in one block, all hooks together.
pub const HOOK_GAS_MAX: u64 = 50_000_000;
/// Bytes of contract init code (EIP-3860).
pub const INIT_CODE_BYTES_MAX: usize = 49_152;
/// Bytes of deployed contract code (EIP-170).
pub const CODE_BYTES_MAX: usize = 24_576;
/// Bytes of data of one log. Gas bounds it: a byte costs 8.
pub const LOG_DATA_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Bytes of analysed contract code that all chains of one process keep together.
pub const CODE_CACHE_BYTES: usize = 64 * 1024 * 1024;
/// Bytes of the stack on which a block is executed. Reserved, and used only as far as needed.
pub const FIBER_STACK_BYTES: usize = 2 * 1024 * 1024;
/// Runs that one gas estimate or access list may take.
pub const SIMULATION_RUNS_MAX: usize = 64;
/// Logs of one transaction that the decoder accepts. Gas bounds it far below.
pub const LOGS_PER_RECEIPT_MAX: usize = 65_536;

/// Headers between a proven block and the certified one in a proof.
pub const PROOF_HEADERS_MAX: usize = 64;
/// Bytes of one proof package.
pub const PACKAGE_BYTES_MAX: usize = 256 * 1024;
/// Statements of one proof package.
pub const PACKAGE_STATEMENTS_MAX: usize = 64;
/// Digests of one proof of the state. A path and the peaks of 2^62 operations need fewer.
pub const STATE_PROOF_DIGESTS_MAX: usize = 128;
/// Bytes of one encoded proof of the state: digests and, around them, keys, values and counters.
pub const STATE_PROOF_BYTES_MAX: usize = STATE_PROOF_DIGESTS_MAX * 32 + 512;

/// Receipts of one block that the archive accepts.
pub const RECEIPTS_PER_BLOCK_MAX: usize = BLOCK_TRANSACTIONS_MAX;

/// Members of one chain.
pub const MEMBERS_MAX: usize = 64;
/// Fewest validators that survive one Byzantine fault (n = 3f + 1 with f = 1).
pub const VALIDATORS_FAULT_TOLERANT_MIN: usize = 4;
/// Characters of a name in genesis: chain, organisation, member.
pub const NAME_CHARS_MAX: usize = 64;
/// Bytes of such a name in UTF-8.
pub const NAME_BYTES_MAX: usize = NAME_CHARS_MAX * 4;
/// Bytes of a text that may be an identifier, before it is normalised.
pub const ID_TEXT_BYTES_MAX: usize = 256;
/// Bytes of a text that may be a name, before it is normalised.
pub const NAME_TEXT_BYTES_MAX: usize = 4_096;
/// Identity authorities of one chain, dismissed ones counted.
pub const IDENTITY_AUTHORITIES_MAX: u32 = 64;
/// Accounts under one binding of identity, its root counted.
pub const IDENTITY_ACCOUNTS_MAX: u32 = 16;
/// An invitation to act under a binding, or to succeed an account, ends after this long.
pub const IDENTITY_INVITATION_MS: u64 = 7 * 24 * 60 * 60 * 1000;
/// Standing of an account ends at most this far ahead, if it ends: thirty years.
pub const IDENTITY_EXPIRY_MS_MAX: u64 = 30 * 366 * 24 * 60 * 60 * 1000;
/// Findings of the detector of personal data that one transaction may waive.
pub const PERSONAL_WAIVERS_MAX: usize = 4;
/// Organisations of one chain.
pub const ORGANISATIONS_MAX: usize = 1_024;
/// Accounts up to which an organisation adds further ones.
pub const ORGANISATION_ACCOUNTS_MAX: u64 = 1_024;
/// Bytes of the call that a proposal decides on.
pub const PROPOSAL_INPUT_BYTES_MAX: usize = 16 * 1024;
/// Characters of a proposal's title.
pub const PROPOSAL_TITLE_CHARS_MAX: usize = 120;
/// A proposal may be carried out this much later at the latest: a year.
pub const PROPOSAL_AHEAD_MS_MAX: u64 = 366 * 24 * 60 * 60 * 1_000;
/// Members of one chain that follow without voting.
pub const OBSERVERS_MAX: usize = 64;
/// Entries of one answer of a module's function that lists.
pub const MODULE_PAGE_MAX: u32 = 256;
/// First year that may have a table of working days.
pub const CALENDAR_YEAR_MIN: u32 = 2_000;
/// Last year that may have a table of working days: a year is a bit of one word.
pub const CALENDAR_YEAR_MAX: u32 = CALENDAR_YEAR_MIN + 255;
/// Bytes of a file with the table of a year.
pub const CALENDAR_FILE_BYTES_MAX: u64 = 256 * 1024;
/// Days of one period that the calendar computes: ten years.
pub const PERIOD_DAYS_MAX: u32 = 3_660;
/// Files of one batch of evidence.
pub const EVIDENCE_BATCH_MAX: u32 = 1 << 20;
/// Bytes of a long text of a filing: description, reasons, statement.
pub const FILING_TEXT_BYTES_MAX: usize = 8 * 1024;
/// Bytes of a short text of a filing: site, area, server address.
pub const FILING_LINE_BYTES_MAX: usize = 512;
/// Characters of the name of a provider or service.
pub const FILING_NAME_CHARS_MAX: usize = 128;
/// Places (contracts on any chain) that one filing names.
pub const FILING_PLACES_MAX: usize = 16;
/// Attachments of one filing.
pub const FILING_ATTACHMENTS_MAX: usize = 32;
/// Bytes of one attached file, which stays off the ledger.
pub const FILING_ATTACHMENT_BYTES_MAX: u32 = 20 * 1024 * 1024;
/// Reason codes of one return.
pub const FILING_REASONS_MAX: usize = 16;
/// Services of one published batch.
pub const FILING_BATCH_MAX: usize = 512;
/// Services that one transaction records or inspects.
pub const FILING_STEP_MAX: usize = 64;
/// Working days of a time limit that an administration sets.
pub const FILING_PERIOD_DAYS_MAX: u16 = 250;
/// Days ahead that a filing may name: go-live, planned end, first day of a new rule.
pub const FILING_DAYS_AHEAD_MAX: u32 = 3_660;
/// Candidates looked at when a filing number is formed.
pub const FILING_NUMBER_TRIES_MAX: usize = 16;
/// A proposed filing number is kept for its service this long, waiting for the second hand.
pub const FILING_RESERVATION_MS: u64 = 30 * 24 * 60 * 60 * 1000;
/// Highest fine that the penalty table may hold, in fen.
pub const FILING_FINE_FEN_MAX: u64 = 100_000_000_000;
/// Bytes of a sheet (CSV or XLSX) that a command reads.
pub const SHEET_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Bytes of an XLSX file once it is unpacked, and of all cells of a sheet together.
pub const SHEET_UNPACKED_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Rows of a sheet.
pub const SHEET_ROWS_MAX: usize = 100_000;
/// Columns of a sheet.
pub const SHEET_COLUMNS_MAX: usize = 64;

/// How far ahead a reservation in a once-only register may end: 400 days.
pub const ONCE_RESERVATION_MS_MAX: u64 = 400 * 24 * 60 * 60 * 1000;
/// Live pilots of one entity in one field.
pub const PILOTS_OF_FIELD_MAX: u32 = 8;
/// Characters of a title or name of a pilot, an entity, an indicator or a source document.
pub const PILOT_TITLE_CHARS_MAX: usize = 128;
/// Characters of an opinion, comment, answer, order, reply or reason about a pilot.
pub const PILOT_TEXT_CHARS_MAX: usize = 4_096;
/// Bytes of the unit of an indicator; it fills a word at most.
pub const PILOT_UNIT_BYTES_MAX: usize = 32;
/// Digits behind the point of an indicator's values.
pub const PILOT_DECIMALS_MAX: u8 = 9;
/// Indicators of one pilot.
pub const PILOT_INDICATORS_MAX: u16 = 64;
/// Filing numbers that one pilot names.
pub const PILOT_FILINGS_MAX: u16 = 32;
/// Nodes that the description of a pilot names.
pub const PILOT_NODES_MAX: usize = 256;
/// Cross-chain peers that the description of a pilot names.
pub const PILOT_PEERS_MAX: usize = 64;
/// Comments on one pilot.
pub const PILOT_COMMENTS_MAX: u32 = 10_000;
/// Comments of one account on one pilot.
pub const PILOT_COMMENTS_OF_ACCOUNT_MAX: u32 = 10;
/// Working days for the reply to an adjustment order.
pub const PILOT_REPLY_DAYS_MAX: u16 = 60;
/// Days of public comment.
pub const PILOT_COMMENT_DAYS_MAX: u16 = 60;
/// Days after a day during which its value can be reported.
pub const PILOT_REPORT_DAYS_MAX: u16 = 30;
/// Shortest bound on the time of a pilot, in days.
pub const PILOT_DURATION_DAYS_MIN: u16 = 30;
/// Longest bound on the time of a pilot, in days.
pub const PILOT_DURATION_DAYS_MAX: u16 = 3_650;
/// Months from one assessment of a pilot to the next.
pub const PILOT_ASSESSMENT_MONTHS_MAX: u16 = 24;
/// Addresses that belong to one filed service.
pub const SERVICE_CONTRACTS_MAX: u16 = 256;
/// Addresses added to or taken out of a service in one call.
pub const SERVICE_CONTRACTS_CALL_MAX: u16 = 64;
/// Suspensions of one service that are in force or will be.
pub const SERVICE_HOLDS_MAX: u8 = 8;
/// How many days ahead a service may be declared to go live.
pub const SERVICE_GO_LIVE_DAYS_MAX: u32 = 366;
/// Bytes of the legal basis of an order.
pub const ORDER_BASIS_BYTES_MAX: usize = 1_024;
/// Working days that an order gives to answer.
pub const ORDER_WORKING_DAYS_MAX: u16 = 250;
/// A draft of an order is approved within this time: 30 days.
pub const ORDER_DRAFT_MS_MAX: u64 = 30 * 24 * 60 * 60 * 1000;
/// Bytes of one encrypted record of an identity authority, and of one disclosure.
pub const RECORD_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Bytes of the image of a face in a record; it is kept in hexadecimal.
pub const RECORD_FACE_BYTES_MAX: u64 = 1024 * 1024;
/// Characters of the postal address in a record.
pub const RECORD_ADDRESS_CHARS_MAX: usize = 256;
/// Files in one folder of records.
pub const RECORDS_MAX: usize = 1_000_000;
/// Characters shown of a text that a contract reverted with.
pub const REVERT_TEXT_CHARS_MAX: usize = 1_024;
/// Accounts endowed in genesis.
pub const GENESIS_ACCOUNTS_MAX: usize = 100_000;
/// Bytes of a settings file.
pub const SETTINGS_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of a file with a private key.
pub const KEY_FILE_BYTES_MAX: usize = 64 * 1024;
/// Bytes of a genesis file.
pub const GENESIS_BYTES_MAX: usize = 32 * 1024 * 1024;

/// A view without a proposal ends after this long; what a crashed leader costs.
pub const LEADER_TIMEOUT_MS: u64 = 1_000;
/// A leader adds no more transactions once executing them has taken this long.
pub const BUILD_MS_MAX: u64 = 400;
/// A view without a certificate ends after this long.
pub const CERTIFICATION_TIMEOUT_MS: u64 = 2_000;
/// A member that stays silent this long is skipped at once when it should lead.
pub const SKIP_TIMEOUT_MS: u64 = 5_000;
/// A vote to leave a view is repeated this often until the view ends.
pub const TIMEOUT_RETRY_MS: u64 = 1_000;
/// A leader with work waits this long after the last block for more of it.
pub const BATCH_WINDOW_MS: u64 = 20;
/// From this many transactions on a leader waits longer for more: the fixed cost of a block counts.
pub const BATCH_BUSY: usize = 250;
/// How long after the last block it then waits.
pub const BATCH_BUSY_WINDOW_MS: u64 = 80;
/// A leader with this many transactions waits no longer.
pub const BATCH_ENOUGH: usize = 2_500;
/// A block without transactions is proposed when the last one is this old.
pub const HEARTBEAT_MS: u64 = 5_000;
/// A header may be this far ahead of the local clock; further, it is held back and checked again.
pub const CLOCK_AHEAD_MS_MAX: u64 = 500;
/// A process whose machine's clock is set back by more than this starts itself again.
pub const CLOCK_BACK_MS_MAX: u64 = 500;

/// Transactions waiting in the pool.
pub const POOL_TRANSACTIONS_MAX: usize = 65_536;
/// Bytes of transactions waiting in the pool.
pub const POOL_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Transactions of one sender waiting in the pool.
pub const POOL_SENDER_TRANSACTIONS_MAX: usize = 16_384;
/// A waiting transaction may be this many nonces ahead of the account.
pub const POOL_NONCE_AHEAD_MAX: u64 = 16_384;
/// A transaction that found no block leaves the pool after this long.
pub const POOL_LIFETIME_MS: u64 = 3 * 60 * 60 * 1000;
/// Senders with nothing waiting whose nonces the pool remembers.
pub const POOL_IDLE_SENDERS_MAX: usize = 65_536;
/// Transactions that left the pool without a block and whose reason is remembered.
pub const POOL_FATES_MAX: usize = 16_384;
/// Entries of the schedule of offers to peers beyond two for each transaction that may wait.
pub const POOL_OFFERS_SLACK: usize = 1_024;
/// A waiting transaction is offered to the other members again after this long.
pub const GOSSIP_REPEAT_MS: u64 = 3_000;

/// Members tell each other how far they are this often.
pub const PEER_STATUS_MS: u64 = 2_000;
/// A member not heard of this long counts as disconnected.
pub const PEER_SILENT_MS: u64 = 3 * PEER_STATUS_MS;
/// A member with a new disk that hears of no new block for this long votes before it has caught up.
/// Longer than the pause between two blocks of an idle chain.
pub const HOLD_MS: u64 = HEARTBEAT_MS + 1_000;
/// A connection between members carries something this often.
pub const PEER_PING_MS: u64 = 2_000;
/// A connection on which one message takes longer is dropped and dialled anew. After a cut the
/// kernel keeps doubling the pause between its own attempts, so waiting for it is no way to heal.
pub const PEER_MESSAGE_MS_MAX: u64 = 8_000;
/// An attempt to reach a member is given up after this long, and another one made.
pub const PEER_CONNECT_MS_MAX: u64 = 2_000;

/// Finalized blocks kept whole in memory for the doors.
pub const RECENT_BLOCKS_MAX: usize = 256;
/// Bytes of finalized blocks kept whole in memory for the doors.
pub const RECENT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Executed but not yet final blocks whose transactions and receipts are remembered. One that became
/// final all the same is executed again.
pub const EXECUTED_BLOCKS_MAX: usize = 64;
/// Bytes of those blocks; the newest is always remembered.
pub const EXECUTED_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Transactions of unfinished blocks that came before gossip and whose senders are remembered.
pub const MET_TRANSACTIONS_MAX: usize = BLOCK_TRANSACTIONS_MAX;
/// Bytes of those transactions.
pub const MET_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Who is told of every final block: doors, read model, watchers of one member.
pub const SINKS_MAX: usize = 16;
/// Messages that wait for one actor of the engine or the network; what it must not lose beyond them
/// it keeps aside.
pub const ACTOR_MESSAGES_MAX: usize = 1_024;
/// Blocks of one member that wait in the broadcast buffer for somebody to ask for them.
pub const BROADCAST_BLOCKS_MAX: usize = 10;
/// Missing blocks that are fetched at once.
pub const REPAIR_BLOCKS_MAX: usize = 16;
/// Final blocks handed to the ledger that it did not acknowledge yet.
pub const UNACKNOWLEDGED_BLOCKS_MAX: usize = 16;
/// Requests of one state synchronization that are under way at once.
pub const SYNC_REQUESTS_MAX: usize = 8;
/// Finalized blocks waiting for one sink before it has to read them from the archive.
pub const SINK_QUEUE_MAX: usize = 64;
/// Attempts of a read that a new block keeps overtaking.
pub const READ_ATTEMPTS_MAX: usize = 16;

/// Bytes of one JSON-RPC request body.
pub const RPC_REQUEST_BYTES_MAX: usize = 5 * 1024 * 1024;
/// Bytes of one JSON-RPC response body.
pub const RPC_RESPONSE_BYTES_MAX: usize = 25 * 1024 * 1024;
/// Calls of one JSON-RPC batch.
pub const RPC_BATCH_MAX: usize = 1_000;
/// Arrays and objects that may stand inside each other in a request.
pub const RPC_DEPTH_MAX: usize = 32;
/// Parameters of one call.
pub const RPC_PARAMS_MAX: usize = 8;
/// Transactions of a batch whose senders are recovered before other work gets a turn.
pub const RPC_RECOVER_CHUNK: usize = 16;
/// Bytes of requests and answers that the HTTP port holds at once, all connections together.
pub const RPC_MEMORY_BYTES_MAX: usize = 512 * 1024 * 1024;
/// Simulated calls (`eth_call` and its like) that run at once; further ones wait.
pub const RPC_SIMULATIONS_MAX: usize = 16;
/// WebSocket connections, of all connections of the HTTP port.
pub const RPC_SOCKETS_MAX: usize = 256;
/// Bytes of one message from a WebSocket client.
pub const RPC_SOCKET_MESSAGE_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Bytes of one frame to a WebSocket client; longer messages take several.
pub const RPC_SOCKET_FRAME_BYTES: usize = 64 * 1024;
/// Calls of one WebSocket connection that run at once; further ones wait.
pub const RPC_SOCKET_CALLS_MAX: usize = 16;
/// Open connections of the HTTP port.
pub const RPC_CONNECTIONS_MAX: usize = 1_024;
/// Subscriptions of one WebSocket connection.
pub const RPC_SUBSCRIPTIONS_MAX: usize = 64;
/// A request whose bytes do not arrive within this time is dropped.
pub const RPC_READ_TIMEOUT_MS: u64 = 15_000;
/// A client that takes none of the bytes sent to it for this long is dropped.
pub const RPC_WRITE_TIMEOUT_MS: u64 = 20_000;
/// A connection without a request is closed after this long.
pub const RPC_IDLE_TIMEOUT_MS: u64 = 60_000;
/// Open requests may take this long to finish when the node stops.
pub const RPC_SHUTDOWN_MS: u64 = 3_000;
/// Accounts remembered between two final blocks for transactions that come in.
pub const RPC_ACCOUNTS_MAX: usize = 8_192;
/// Filters that clients may have installed.
pub const RPC_FILTERS_MAX: usize = 4_096;
/// A filter that nobody asked for this long is removed.
pub const RPC_FILTER_LIFETIME_MS: u64 = 5 * 60 * 1000;
/// Logs of one answer.
pub const RPC_LOGS_MAX: usize = 20_000;
/// Blocks that one log query reads one by one, where the read model has no rows of them.
pub const RPC_LOG_BLOCKS_MAX: u64 = 1_024;
/// Blocks that are searched for a transaction one by one, where the read model has no rows of them.
pub const RPC_SEARCH_BLOCKS_MAX: u64 = 64;
/// Block hashes of one answer to a block filter; the next answer goes on from there.
pub const RPC_FILTER_BLOCKS_MAX: u64 = 1_024;
/// Addresses, and topics of one position, in a log filter.
pub const RPC_FILTER_TERMS_MAX: usize = 1_000;
/// Addresses and topics of all installed filters and subscriptions together.
pub const RPC_TERMS_MAX: usize = 1 << 18;
/// Blocks whose bloom filters are remembered.
pub const RPC_BLOOMS_MAX: usize = RECENT_BLOCKS_MAX;
/// Blocks of one `eth_feeHistory` answer.
pub const RPC_FEE_HISTORY_MAX: u64 = 256;
/// Rows of one page of a `ding_*` list.
pub const RPC_ROWS_MAX: usize = 500;
/// Rows of a page where the caller names no number.
pub const RPC_ROWS_USUAL: usize = 50;
/// Gas of one `eth_call`.
pub const CALL_GAS_MAX: u64 = 100_000_000;

/// Finalized blocks that the read model writes in one go.
pub const READMODEL_BATCH_BLOCKS_MAX: usize = 512;
/// Transactions after which the read model writes what it has.
pub const READMODEL_BATCH_TRANSACTIONS_MAX: usize = 16_384;
/// Bytes of blocks and events after which the read model writes what it has.
pub const READMODEL_BATCH_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Blocks the read model asks the archive for at once.
pub const READMODEL_READ_AHEAD: u64 = 16;
/// Under load the read model writes at most this often; each write costs a fixed amount.
pub const READMODEL_PACE_MS: u64 = 250;
/// Batches with fewer transactions are written at once.
pub const READMODEL_PACE_TRANSACTIONS: usize = 64;
/// An idle read model looks for missed blocks this often.
pub const READMODEL_IDLE_MS: u64 = 5_000;
/// First pause after the read model could not read or write.
pub const READMODEL_RETRY_MS: u64 = 500;
/// Longest pause after the read model could not read or write.
pub const READMODEL_RETRY_MS_MAX: u64 = 30_000;
/// Connections that answer questions to the read model at the same time.
pub const READMODEL_READERS_MAX: usize = 4;
/// Statements kept prepared for one connection; there are fewer.
pub const READMODEL_STATEMENTS_MAX: usize = 256;
/// A question waits at most this long for one of them.
pub const READMODEL_READER_WAIT_MS: u64 = 2_000;
/// A question that takes longer is cut off.
pub const READMODEL_QUERY_MS_MAX: u64 = 5_000;
/// Rows of one page of a list.
pub const READMODEL_PAGE_MAX: usize = 1_000;
/// Characters of a text that somebody looks for.
pub const SEARCH_TEXT_CHARS_MAX: usize = 128;
/// Trigrams that a search for one or two characters looks for at once.
pub const SEARCH_TERMS_MAX: usize = 128;
/// Things with exactly the number that somebody looks for that are shown before the others.
pub const SEARCH_EXACT_MAX: usize = 16;
/// Bytes of topics and data of one answer; hex doubles them.
pub const READMODEL_ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Page cache of the connection that writes rows, KiB.
pub const READMODEL_WRITER_CACHE_KIB: i64 = 8 * 1024;
/// Page cache of each connection that answers questions, KiB.
pub const READMODEL_READER_CACHE_KIB: i64 = 4 * 1024;
/// Pages of the write-ahead log after which they move into the file.
pub const READMODEL_LOG_PAGES: i64 = 8_192;

const _: () = {
    assert!(TRANSACTION_BYTES_MAX + 16 <= BODY_BYTES_MAX, "the largest transaction fits a block");
    assert!(INIT_CODE_BYTES_MAX * 2 < TRANSACTION_BYTES_MAX, "the largest contract can be created");
    assert!(CODE_BYTES_MAX <= INIT_CODE_BYTES_MAX);
    assert!(BLOCK_BYTES_MAX + 64 * 1024 <= MESSAGE_BYTES_MAX, "the largest block fits a message");
    assert!(GOSSIP_BYTES_MAX + 64 * 1024 <= MESSAGE_BYTES_MAX);
    assert!(TRANSACTION_BYTES_MAX < GOSSIP_BYTES_MAX, "the largest transaction can be gossiped");
    assert!(TRANSACTION_BYTES_MAX < 1 << 24, "the detector of personal data reads lengths of three bytes");
    assert!(IDENTITY_ACCOUNTS_MAX < 256, "accounts under a root are counted in a byte");
    assert!(TRANSACTION_GAS_MAX <= BLOCK_GAS_MAX, "the largest transaction fits a block");
    assert!(
        TRANSACTION_GAS_MAX / 8 <= LOG_DATA_BYTES_MAX as u64,
        "the largest log a transaction can pay for decodes"
    );
    assert!(
        TRANSACTION_GAS_MAX / 375 <= LOGS_PER_RECEIPT_MAX as u64,
        "the most logs a transaction can pay for decode"
    );
    assert!(ORGANISATIONS_MAX <= 4 * 256, "the organisations that vote fit four words");
    assert!(PROPOSAL_INPUT_BYTES_MAX * 2 < TRANSACTION_BYTES_MAX, "a proposal fits a transaction");
    assert!(TRANSACTION_GAS_MAX <= CALL_GAS_MAX, "what can be sent can be simulated");
    assert!(
        TRANSACTION_BYTES_MAX * 2 + 1024 <= RPC_REQUEST_BYTES_MAX,
        "the largest transaction fits a request in hex"
    );
    assert!(
        (PROOF_HEADERS_MAX + 1) * HEADER_BYTES_MAX + STATE_PROOF_BYTES_MAX + TRANSACTION_BYTES_MAX
            < PACKAGE_BYTES_MAX,
        "the longest trail and the largest transaction fit a package"
    );
    assert!(PACKAGE_STATEMENTS_MAX < 128 && PROOF_HEADERS_MAX < 128, "counts of a package take one byte");
    assert!(
        TRANSACTION_BYTES_MAX * 2 + 1024 <= RPC_SOCKET_MESSAGE_BYTES_MAX
            && RPC_SOCKETS_MAX < RPC_CONNECTIONS_MAX
    );
    assert!(
        RPC_REQUEST_BYTES_MAX * 8 <= RPC_MEMORY_BYTES_MAX
            && RPC_RESPONSE_BYTES_MAX * 8 <= RPC_MEMORY_BYTES_MAX
    );
    assert!(
        BLOCK_BYTES_MAX * 4 <= EXECUTED_BYTES_MAX && BLOCK_BYTES_MAX * 4 <= MET_BYTES_MAX,
        "the blocks that usually are on their way fit in memory"
    );
    assert!(EXECUTED_BLOCKS_MAX >= 4 && MET_TRANSACTIONS_MAX >= BLOCK_TRANSACTIONS_MAX);
    assert!(RPC_FILTER_TERMS_MAX * 5 * 16 <= RPC_TERMS_MAX, "no single filter takes the room of all");
    assert!(LEADER_TIMEOUT_MS < CERTIFICATION_TIMEOUT_MS);
    assert!(
        BATCH_BUSY_WINDOW_MS + BUILD_MS_MAX <= LEADER_TIMEOUT_MS / 2
            && BUILD_MS_MAX * 3 < CERTIFICATION_TIMEOUT_MS,
        "a full block is built, sent and executed again before its view ends"
    );
    assert!(BATCH_WINDOW_MS < BATCH_BUSY_WINDOW_MS && BATCH_BUSY_WINDOW_MS < LEADER_TIMEOUT_MS / 2);
    assert!(BATCH_BUSY < BATCH_ENOUGH && BATCH_ENOUGH <= BLOCK_TRANSACTIONS_MAX);
    assert!(SKIP_TIMEOUT_MS > CERTIFICATION_TIMEOUT_MS && SKIP_TIMEOUT_MS > TIMEOUT_RETRY_MS);
    assert!(CLOCK_AHEAD_MS_MAX < LEADER_TIMEOUT_MS, "a tolerated clock never costs a view");
    assert!(PEER_PING_MS * 3 < PEER_MESSAGE_MS_MAX, "a living peer is heard in time");
    assert!(POOL_SENDER_TRANSACTIONS_MAX <= POOL_TRANSACTIONS_MAX);
    assert!(
        READMODEL_ANSWER_BYTES_MAX * 2 < RPC_RESPONSE_BYTES_MAX,
        "the largest answer fits a response in hex"
    );
    assert!(RPC_ROWS_USUAL <= RPC_ROWS_MAX && RPC_ROWS_MAX < READMODEL_PAGE_MAX);
    assert!(BLOCK_TRANSACTIONS_MAX <= READMODEL_BATCH_TRANSACTIONS_MAX);
    assert!(READMODEL_RETRY_MS <= READMODEL_RETRY_MS_MAX && READMODEL_PACE_MS < READMODEL_IDLE_MS);
};
