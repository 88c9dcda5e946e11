//! A short run of every target: samples, corpus, and a fixed number of mutations of both from a fixed
//! seed. Every machine tries the same inputs; how many, a line for each target says.
#![allow(missing_docs, reason = "tests")]
#![allow(clippy::unwrap_used, reason = "tests")]

use ding_fuzz::{
    TARGETS, Target, by_name, corpus,
    measure::{self, Watch},
    mutate,
    mutate::Random,
    targets,
};
use std::{
    io::{self, Write as _},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{LazyLock, Mutex, PoisonError},
};

#[global_allocator]
static ALLOCATOR: measure::Counting = measure::Counting;

/// Targets whose long run was not packed yet: they have no corpus, and all others have one.
const NOT_PACKED: [&str; 16] = [
    "calendar_abi",
    "identity_abi",
    "once_abi",
    "services_abi",
    "filing_abi",
    "pilot_abi",
    "orders_abi",
    "once_model",
    "members_model",
    "calendar_model",
    "orders_model",
    "filing_model",
    "pilot_model",
    "services_model",
    "identity_model",
    "sheet",
];

/// An input that never ends, ends the process, not the patience of whoever waits for it.
static WATCH: LazyLock<Watch> = LazyLock::new(Watch::end);

fn attempt(target: &Target, input: &[u8]) {
    let tried =
        WATCH.during(target, input, || catch_unwind(AssertUnwindSafe(|| measure::run(target, input))));
    if let Err(panic) = tried {
        eprintln!("{}: broken by the input {}", target.name, hex::encode(input));
        resume_unwind(panic)
    }
}

/// Memory is counted for the whole process, so its tests go one after the other.
static TURN: Mutex<()> = Mutex::new(());

fn short(name: &str) {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let target = by_name(name).unwrap();
    let samples = (target.seeds)();
    assert!(!samples.is_empty(), "a target starts from something valid");
    for sample in &samples {
        assert!(sample.len() <= target.bytes_max, "{name}: a sample of {} bytes", sample.len());
        // What is made once, on first use, is not what an input takes.
        WATCH.during(target, sample, || (target.run)(sample));
    }
    let known = if NOT_PACKED.contains(&name) { Vec::new() } else { corpus::read(target).unwrap() };
    let (of_samples, of_corpus) = (samples.len(), known.len());
    let inputs = [samples, known].concat();
    attempt(target, &[]);
    for input in &inputs {
        attempt(target, input);
    }
    let mut random = Random::new(0x64_69_6e_67);
    for _ in 0..target.short {
        let pick = random.below(inputs.len());
        let other = random.below(inputs.len());
        let input = mutate::mutate(&mut random, &inputs[pick], &inputs[other], target.bytes_max);
        attempt(target, &input);
    }
    let line =
        format!("{name}: {of_samples} samples, {of_corpus} of the corpus, {} mutations\n", target.short);
    // Past the harness, which keeps what tests print to itself.
    io::stderr().write_all(line.as_bytes()).unwrap();
}

macro_rules! targets {
    ($($name:ident => $sentence:ident),* $(,)?) => {
        $(
            #[test]
            fn $sentence() {
                short(stringify!($name));
            }
        )*

        #[test]
        fn every_target_has_its_short_run() {
            let here = [$(stringify!($name)),*];
            let all: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
            assert_eq!(all, here);
        }
    };
}

targets! {
    transaction => a_transaction_has_one_encoding_and_no_bytes_break_the_door,
    body => a_body_has_one_encoding,
    header => a_header_has_one_encoding,
    block => a_block_has_one_encoding_and_fits_its_header,
    receipts => receipts_have_one_encoding,
    certificate => only_what_members_signed_is_a_certificate,
    state_proof => nothing_untrue_is_proven_of_the_state,
    tree_proof => nothing_untrue_is_proven_of_a_block,
    package => no_forged_package_is_believed,
    gossip => bytes_on_the_gossip_channel_are_a_message_or_refused,
    votes => bytes_on_the_channel_of_votes_are_a_vote_or_refused,
    certificates => bytes_on_the_channel_of_certificates_are_one_or_refused,
    backfill => requests_and_answers_of_blocks_are_read_or_refused,
    sync => requests_and_answers_of_state_are_read_or_refused,
    member => no_bytes_of_peers_end_a_member,
    members_abi => any_bytes_sent_to_members_are_answered,
    evidence_abi => any_bytes_sent_to_evidence_are_answered,
    calendar_abi => any_bytes_sent_to_calendar_are_answered,
    identity_abi => any_bytes_sent_to_identity_are_answered,
    once_abi => any_bytes_sent_to_once_are_answered,
    services_abi => any_bytes_sent_to_services_are_answered,
    filing_abi => any_bytes_sent_to_filing_are_answered,
    pilot_abi => any_bytes_sent_to_pilot_are_answered,
    orders_abi => any_bytes_sent_to_orders_are_answered,
    once_model => the_register_answers_as_the_model_does,
    module_calls => evidence_answers_as_the_model_does,
    members_model => what_is_decided_by_vote_is_what_the_model_decides,
    calendar_model => periods_end_when_the_model_says,
    orders_model => orders_bind_whom_the_model_says,
    identity_model => accounts_stand_as_the_model_says,
    services_model => services_stop_when_the_model_says,
    filing_model => services_are_filed_as_the_model_says,
    pilot_model => pilots_stand_where_the_model_says,
    genesis => a_genesis_file_is_read_or_refused,
    share => only_dealt_shares_sign,
    keystore => a_key_file_is_read_or_refused_before_it_costs,
    settings => a_settings_file_is_read_or_refused,
    sheet => a_sheet_is_read_or_refused_and_reads_the_same_when_written,
    calendar => a_table_of_working_days_is_read_or_refused,
    founding => founders_of_a_ledger_are_read_or_refused,
    batch => a_list_of_a_batch_is_read_or_refused,
    person => a_person_is_read_or_refused_without_a_word_of_them,
    records => a_record_is_read_or_refused_without_a_word_of_it,
    disclosure => a_disclosure_is_read_or_refused_without_a_word_of_it,
    answers => any_answer_of_a_member_is_read_or_refused,
    rpc => any_request_is_answered,
}

#[test]
fn every_target_has_a_corpus_unless_it_is_said_here() {
    for target in TARGETS {
        let (name, path) = (target.name, corpus::path(target));
        if NOT_PACKED.contains(&name) {
            assert!(!path.exists(), "{name} is packed: strike it from NOT_PACKED");
            continue;
        }
        let inputs = corpus::read(target).unwrap();
        assert!(inputs.iter().any(|input| !input.is_empty()), "{} holds no input", path.display());
        let longest = inputs.iter().map(Vec::len).max().unwrap_or_default();
        assert!(longest <= target.bytes_max, "{name}: {longest} bytes are never tried by the long run");
    }
    for name in NOT_PACKED {
        assert!(by_name(name).is_some(), "{name} is no target");
    }
}

#[test]
fn what_peers_really_send_makes_a_block_final() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let target = by_name("member").unwrap();
    (target.seeds)().iter().for_each(|seed| (target.run)(seed));
    // Time passes with each input.
    (0..500).for_each(|_| (target.run)(&[]));
    assert_eq!(targets::member_height(), 1);
}

#[test]
fn a_peer_that_does_nothing_wrong_is_not_shut_out_and_one_that_sends_garbage_is() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let target = by_name("member").unwrap();
    // What other tests sent is judged by then.
    let wait = || (0..500).for_each(|_| (target.run)(&[]));
    wait();
    let (before, honest) = targets::member_bans();
    honest.iter().for_each(|input| (target.run)(input));
    wait();
    assert_eq!(targets::member_bans().0, before, "an honest peer is shut out");
    // Channel, peer, length: no message of the gossip channel is one byte of this.
    (0..8).for_each(|channel| (target.run)(&[channel, 0, 0, 1, 0xff]));
    wait();
    assert!(targets::member_bans().0 > before, "nobody is shut out for garbage");
}
