//! A short run of every target: samples, corpus, and mutations of both from a fixed seed.
#![allow(missing_docs, reason = "tests")]
#![allow(clippy::unwrap_used, reason = "tests")]

use ding_fuzz::{TARGETS, Target, by_name, corpus, measure, mutate, mutate::Random, targets};
use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

#[global_allocator]
static ALLOCATOR: measure::Counting = measure::Counting;

/// A slow or busy machine ends its run here, whatever was tried by then.
const ENOUGH: Duration = Duration::from_secs(8);

fn attempt(target: &Target, input: &[u8]) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| measure::run(target, input))) {
        eprintln!("{}: broken by the input {}", target.name, hex::encode(input));
        resume_unwind(panic)
    }
}

/// Memory is counted for the whole process, so its tests go one after the other.
static TURN: Mutex<()> = Mutex::new(());

fn short(name: &str) {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let target = by_name(name).unwrap();
    let mut inputs = (target.seeds)();
    assert!(!inputs.is_empty(), "a target starts from something valid");
    for seed in &inputs {
        assert!(seed.len() <= target.bytes_max, "{name}: a sample of {} bytes", seed.len());
        // What is made once, on first use, is not what an input takes.
        (target.run)(seed);
    }
    inputs.extend(corpus::read(target).unwrap());
    let start = Instant::now();
    attempt(target, &[]);
    for input in &inputs {
        attempt(target, input);
    }
    let mut random = Random::new(0x64_69_6e_67);
    for _ in 0..target.short {
        if start.elapsed() > ENOUGH {
            break;
        }
        let pick = random.below(inputs.len());
        let other = random.below(inputs.len());
        let input = mutate::mutate(&mut random, &inputs[pick], &inputs[other], target.bytes_max);
        attempt(target, &input);
    }
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
    module_calls => modules_answer_as_the_model_does,
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
