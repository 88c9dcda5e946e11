use super::{abi::IEvidence::*, *};
use crate::{
    decode_revert,
    mocks::{NOTARY, OTHER, REGISTRAR, STRANGER, Scene, digest, revert},
};
use alloy_sol_types::{SolCall as _, SolError as _};

const NONE: B256 = B256::ZERO;

fn plain(number: u8) -> depositCall {
    depositCall {
        digest: digest(number),
        sm3: NONE,
        kind: 0,
        provenance: NONE,
        referenceId: NONE,
        operation: NONE,
    }
}

fn numbered(number: u8, operation: u8) -> depositCall {
    depositCall { operation: digest(operation), ..plain(number) }
}

fn batch(number: u8, count: u32) -> depositBatchCall {
    depositBatchCall {
        root: digest(number),
        count,
        kind: 0,
        provenance: NONE,
        referenceId: NONE,
        operation: NONE,
    }
}

fn opinion(number: u8) -> attestCall {
    attestCall { digest: digest(number), opinion: 1, report: digest(0xee) }
}

fn scene() -> Scene<'static> {
    Scene::new(&Evidence).notaries(&[NOTARY, REGISTRAR]).organisation("Bureau", &[], &[OTHER]).at_height(7)
}

#[test]
fn the_first_depositor_height_and_time_stay_for_ever() {
    let mut scene = scene();
    let time = scene.block().timestamp_ms;
    let first = scene.call(STRANGER, plain(1)).unwrap();
    assert!(first.first);
    let record = Record {
        depositor: STRANGER,
        height: 7,
        timestampMs: time,
        kind: 0,
        count: 1,
        attestations: 0,
        sm3: NONE,
        provenance: NONE,
        referenceId: NONE,
    };
    assert_eq!(first.record, record);
    scene.next_block();
    let again = scene.call(OTHER, depositCall { kind: 9, ..plain(1) }).unwrap();
    assert_eq!((again.first, again.record), (false, record.clone()));
    let own = scene.call(STRANGER, plain(1)).unwrap();
    assert_eq!((own.first, own.record), (false, record.clone()));
    assert_eq!(scene.read(OTHER, recordOfCall { digest: digest(1) }), record);
    assert_eq!(scene.read(OTHER, countsCall {}), countsReturn { records: 1, repeats: 2, attestations: 0 });
    scene.check();
}

#[test]
fn the_event_of_a_first_deposit_holds_everything_a_proof_needs() {
    let mut scene = scene();
    let call = depositCall {
        digest: digest(1),
        sm3: digest(2),
        kind: 6,
        provenance: digest(3),
        referenceId: digest(4),
        operation: digest(5),
    };
    scene.call(STRANGER, call).unwrap();
    let want = Deposited {
        digest: digest(1),
        depositor: STRANGER,
        operation: digest(5),
        sm3: digest(2),
        kind: 6,
        count: 1,
        provenance: digest(3),
        referenceId: digest(4),
        height: 7,
        timestampMs: scene.block().timestamp_ms,
    };
    let [log] = scene.logs() else { panic!("one log") };
    assert_eq!(events::decode(log), Some(events::Event::Deposited(want)));
    scene.check();
}

#[test]
fn a_later_deposit_is_told_apart_and_refers_to_the_first() {
    let mut scene = scene();
    let time = scene.block().timestamp_ms;
    scene.call(STRANGER, plain(1)).unwrap();
    scene.next_block();
    scene.call(OTHER, depositCall { sm3: digest(9), ..plain(1) }).unwrap();
    let [log] = scene.logs() else { panic!("one log") };
    let Some(events::Event::DepositedAgain(event)) = events::decode(log) else { panic!("{log:?}") };
    assert_eq!((event.depositor, event.height, event.timestampMs), (OTHER, 8, time + 1_000));
    assert_eq!((event.firstDepositor, event.firstHeight, event.firstTimestampMs), (STRANGER, 7, time));
    assert_eq!(event.sm3, digest(9));
    // The first word about a digest stands: the SM3 that came later is not recorded.
    assert_eq!(scene.read(OTHER, recordOfCall { digest: digest(1) }).sm3, NONE);
    assert_eq!(scene.read(OTHER, recordOfSm3Call { sm3: digest(9) }).digest, NONE);
    scene.check();
}

#[test]
fn a_batch_is_deposited_by_its_root_and_count() {
    let mut scene = scene();
    let files: Vec<B256> = (1..=5).map(digest).collect();
    let root = batch::root(&files).unwrap();
    let call = depositBatchCall { root, count: 5, ..batch(0, 5) };
    let answer = scene.call(STRANGER, call).unwrap();
    assert!(answer.first);
    assert_eq!(answer.record.count, 5);
    let [log] = scene.logs() else { panic!("one log") };
    let Some(events::Event::Deposited(event)) = events::decode(log) else { panic!("{log:?}") };
    let path = batch::path(&files, 4).unwrap();
    assert!(batch::verify(&event.digest, event.count, 4, &files[4], &path));
    assert_eq!(scene.read(OTHER, recordOfCall { digest: root }).count, 5);
    scene.check();
}

#[test]
fn a_batch_has_at_least_two_files_and_no_more_than_the_limit() {
    let mut scene = scene();
    let max = limits::EVIDENCE_BATCH_MAX;
    for count in [0, 1, max + 1, u32::MAX] {
        assert_eq!(
            scene.call(STRANGER, batch(1, count)).err(),
            Some(Stop::revert(BatchSize { count, min: 2, max }))
        );
    }
    assert_eq!(scene.call(STRANGER, batch(1, max)).unwrap().record.count, max);
    scene.check();
}

#[test]
fn a_deposit_without_digest_is_refused() {
    let mut scene = scene();
    assert_eq!(scene.call(STRANGER, depositCall { digest: NONE, ..plain(1) }), revert(ZeroDigest {}));
    assert_eq!(scene.call(STRANGER, depositBatchCall { root: NONE, ..batch(1, 2) }), revert(ZeroDigest {}));
    let twice = depositCall { sm3: digest(1), ..plain(1) };
    assert_eq!(scene.call(STRANGER, twice), revert(SameDigestTwice { digest: digest(1) }));
    assert!(scene.logs().is_empty());
    scene.check();
}

#[test]
fn forensic_kinds_need_a_provenance_digest_and_unknown_kinds_are_refused() {
    let mut scene = scene();
    for kind in 0..=9 {
        let without = scene.call(STRANGER, depositCall { kind, ..plain(kind + 1) });
        if (2..=8).contains(&kind) {
            assert_eq!(without, revert(ProvenanceRequired { kind }));
            let with = depositCall { kind, provenance: digest(0xaa), ..plain(kind + 1) };
            assert_eq!(scene.call(STRANGER, with).unwrap().record.provenance, digest(0xaa));
        } else {
            assert!(without.unwrap().first);
        }
    }
    for kind in [10, 255] {
        assert_eq!(scene.call(STRANGER, depositCall { kind, ..plain(99) }), revert(UnknownKind { kind }));
        assert_eq!(
            scene.call(STRANGER, depositBatchCall { kind, ..batch(99, 2) }),
            revert(UnknownKind { kind })
        );
    }
    scene.check();
}

#[test]
fn a_file_is_found_by_its_sm3_digest() {
    let mut scene = scene();
    scene.call(STRANGER, depositCall { sm3: digest(2), ..plain(1) }).unwrap();
    let found = scene.read(OTHER, recordOfSm3Call { sm3: digest(2) });
    assert_eq!((found.digest, found.record.depositor), (digest(1), STRANGER));
    let nothing = scene.read(OTHER, recordOfSm3Call { sm3: digest(3) });
    assert_eq!((nothing.digest, nothing.record.count), (NONE, 0));
    scene.check();
}

#[test]
fn two_digests_of_one_kind_never_share_one_of_the_other() {
    let mut scene = scene();
    scene.call(STRANGER, depositCall { sm3: digest(2), ..plain(1) }).unwrap();
    let taken = scene.call(OTHER, depositCall { sm3: digest(2), ..plain(3) });
    assert_eq!(taken, revert(Sm3Taken { sm3: digest(2), digest: digest(1) }));
    let differs = scene.call(OTHER, depositCall { sm3: digest(4), ..plain(1) });
    assert_eq!(differs, revert(Sm3Differs { digest: digest(1), recorded: digest(2), given: digest(4) }));
    assert!(!scene.call(OTHER, depositCall { sm3: digest(2), ..plain(1) }).unwrap().first);
    scene.check();
}

#[test]
fn the_same_operation_with_the_same_content_answers_again_and_changes_nothing() {
    let mut scene = scene();
    let first = scene.call(STRANGER, numbered(1, 0x77)).unwrap();
    scene.next_block();
    let repeated = scene.call(STRANGER, numbered(1, 0x77)).unwrap();
    assert_eq!(repeated, first);
    let [log] = scene.logs() else { panic!("one log") };
    let Some(events::Event::OperationRepeated(event)) = events::decode(log) else { panic!("{log:?}") };
    assert_eq!((event.digest, event.operation, event.first), (digest(1), digest(0x77), true));
    assert_eq!(scene.read(OTHER, countsCall {}).repeats, 0);
    scene.check();
}

#[test]
fn the_repeat_of_a_later_deposit_still_says_that_it_was_not_the_first() {
    let mut scene = scene();
    scene.call(OTHER, plain(1)).unwrap();
    let again = scene.call(STRANGER, numbered(1, 0x77)).unwrap();
    let repeated = scene.call(STRANGER, numbered(1, 0x77)).unwrap();
    assert!(!again.first);
    assert_eq!(repeated, again);
    let used = scene.read(OTHER, operationOfCall { depositor: STRANGER, operation: digest(0x77) });
    assert_eq!((used.used, used.first), (true, false));
    scene.check();
}

#[test]
fn the_same_operation_with_other_content_is_refused() {
    let mut scene = scene();
    scene.call(STRANGER, numbered(1, 0x77)).unwrap();
    let used = || Some(Stop::revert(OperationReused { operation: digest(0x77) }));
    let changed = [
        numbered(2, 0x77),
        depositCall { sm3: digest(9), ..numbered(1, 0x77) },
        depositCall { kind: 1, ..numbered(1, 0x77) },
        depositCall { provenance: digest(9), ..numbered(1, 0x77) },
        depositCall { referenceId: digest(9), ..numbered(1, 0x77) },
    ];
    for call in changed {
        assert_eq!(scene.call(STRANGER, call).err(), used());
    }
    let as_batch = depositBatchCall { operation: digest(0x77), ..batch(1, 2) };
    assert_eq!(scene.call(STRANGER, as_batch).err(), used());
    // Numbers of another depositor are another's.
    assert!(!scene.call(OTHER, numbered(1, 0x77)).unwrap().first);
    let unused = scene.read(OTHER, operationOfCall { depositor: NOTARY, operation: digest(0x77) });
    assert!(!unused.used);
    scene.check();
}

#[test]
fn a_refused_deposit_leaves_its_operation_number_free() {
    let mut scene = scene();
    let refused = depositCall { kind: 2, ..numbered(1, 0x77) };
    assert!(scene.call(STRANGER, refused).is_err());
    assert!(scene.call(STRANGER, numbered(1, 0x77)).unwrap().first);
    scene.check();
}

#[test]
fn a_notary_attests_once_and_is_listed() {
    let mut scene = scene();
    scene.call(STRANGER, plain(1)).unwrap();
    scene.next_block();
    assert_eq!(scene.call(REGISTRAR, opinion(1)), Ok(2));
    assert_eq!(scene.call(NOTARY, attestCall { opinion: 3, ..opinion(1) }), Ok(1));
    let twice = AlreadyAttested { digest: digest(1), organisation: 2, height: 8 };
    assert_eq!(scene.call(REGISTRAR, attestCall { opinion: 2, ..opinion(1) }), revert(twice));
    assert_eq!(scene.read(OTHER, recordOfCall { digest: digest(1) }).attestations, 2);
    let want = Attestation {
        organisation: 2,
        account: REGISTRAR,
        height: 8,
        timestampMs: scene.block().timestamp_ms,
        opinion: 1,
        report: digest(0xee),
    };
    assert_eq!(scene.read(OTHER, attestationAtCall { digest: digest(1), index: 0 }), want);
    assert_eq!(scene.read(OTHER, attestationOfCall { digest: digest(1), organisation: 2 }), want);
    assert_eq!(scene.read(OTHER, attestationAtCall { digest: digest(1), index: 1 }).organisation, 1);
    assert_eq!(scene.read(OTHER, attestationOfCall { digest: digest(1), organisation: 3 }).organisation, 0);
    let beyond = attestationAtCall { digest: digest(1), index: 2 };
    let none = NoSuchAttestation { digest: digest(1), index: 2, count: 2 };
    assert_eq!(scene.call(OTHER, beyond), revert(none));
    scene.check();
}

#[test]
fn only_the_notary_role_attests() {
    let mut scene = scene();
    scene.call(STRANGER, plain(1)).unwrap();
    for (account, organisation) in [(STRANGER, 0), (OTHER, 3)] {
        let refused = RoleRequired { account, organisation, role: 2 };
        assert_eq!(scene.call(account, opinion(1)), revert(refused));
    }
    scene.check();
}

#[test]
fn an_attestation_needs_a_deposit_an_opinion_and_a_report() {
    let mut scene = scene();
    assert_eq!(scene.call(NOTARY, opinion(1)), revert(NotDeposited { digest: digest(1) }));
    scene.call(STRANGER, plain(1)).unwrap();
    for number in [0, 4, 255] {
        let unknown = attestCall { opinion: number, ..opinion(1) };
        assert_eq!(scene.call(NOTARY, unknown), revert(UnknownOpinion { opinion: number }));
    }
    assert_eq!(scene.call(NOTARY, attestCall { report: NONE, ..opinion(1) }), revert(ZeroReport {}));
    scene.check();
}

#[test]
fn a_digest_nobody_deposited_reads_as_zero() {
    let mut scene = scene();
    let record = scene.read(OTHER, recordOfCall { digest: digest(1) });
    assert_eq!((record.depositor, record.height, record.count), (Address::ZERO, 0, 0));
}

#[test]
fn one_slot_tells_who_deposited_when() {
    let mut scene = scene();
    let time = scene.block().timestamp_ms;
    scene.call(STRANGER, depositCall { kind: 9, ..plain(1) }).unwrap();
    let slot = state::record_slot(digest(1));
    let (_, word) = scene.host_mut().slots().find(|((_, own), _)| *own == slot).unwrap();
    // address | uint48 time | uint40 height | uint8 kind, from the low end, as solc packs them.
    let text = format!("{word:064x}");
    assert_eq!(&text[24..], format!("{STRANGER:x}").trim_start_matches("0x"));
    assert_eq!(u64::from_str_radix(&text[12..24], 16), Ok(time));
    assert_eq!(u64::from_str_radix(&text[2..12], 16), Ok(7));
    assert_eq!(&text[..2], "09");
    let of_module = scene.host_mut().slots().filter(|((address, _), _)| *address == state::ADDRESS).count();
    assert_eq!(of_module, 2, "a plain deposit writes its record and the counts, nothing else");
}

#[test]
fn likely_reads_cover_what_a_first_deposit_reads() {
    let call = depositCall { sm3: digest(2), ..numbered(1, 0x77) };
    let guessed = crate::likely_reads(state::ADDRESS, STRANGER, &call.abi_encode());
    let want = [
        COUNTS.slot(),
        DEPOSITS.slot_of(digest(1)),
        OPERATIONS.slot_of_both(STRANGER, digest(0x77)),
        BY_SM3.slot_of(digest(2)),
    ];
    assert_eq!(guessed, want.map(|slot| (state::ADDRESS, slot)));
    let mut scene = scene();
    scene.call(STRANGER, call).unwrap();
    let written: Vec<U256> = scene
        .host_mut()
        .slots()
        .filter(|((address, _), _)| *address == state::ADDRESS)
        .map(|((_, slot), _)| slot)
        .collect();
    assert!(want.iter().all(|slot| written.contains(slot)));
}

#[test]
fn gas_of_a_deposit_is_that_of_its_slots_and_log() {
    let mut scene = scene();
    scene.call(STRANGER, plain(1)).unwrap();
    // Two cold slots read and written, one log of three topics and seven words, a little computation.
    let storage = 2 * 2_100 + 2 * 20_000;
    let log = 375 + 4 * 375 + 8 * 7 * 32;
    let computation = scene.gas_used() - storage - log;
    assert!((300..1_000).contains(&computation), "{computation}");
    let needed = scene.gas_used();
    scene.next_block();
    let mut poor = self::scene().with_gas(needed - 1);
    assert_eq!(poor.call(STRANGER, plain(1)), Err(Stop::OutOfGas));
    poor.check();
    let mut exact = self::scene().with_gas(needed);
    assert!(exact.call(STRANGER, plain(1)).is_ok());
}

#[test]
fn foreign_and_bent_logs_are_no_events() {
    let mut scene = scene();
    scene.call(STRANGER, plain(1)).unwrap();
    let [log] = scene.logs() else { panic!("one log") };
    assert!(events::decode(log).is_some());
    let bent = |bend: fn(&mut Log)| {
        let mut copy = log.clone();
        bend(&mut copy);
        events::decode(&copy)
    };
    assert_eq!(bent(|log| log.address = STRANGER), None);
    assert_eq!(bent(|log| log.topics.truncate(3)), None);
    assert_eq!(bent(|log| log.topics.clear()), None);
    assert_eq!(bent(|log| log.topics[0].0[0] ^= 1), None);
    assert_eq!(bent(|log| log.topics[2].0[0] = 1), None);
    assert_eq!(bent(|log| log.data = [log.data.as_ref(), &[0]].concat().into()), None);
    assert_eq!(bent(|log| log.data = log.data[1..].to_vec().into()), None);
}

#[test]
fn every_error_has_a_sentence() {
    let cases: [(Vec<u8>, &str); 14] = [
        (ZeroDigest {}.abi_encode(), "all zero"),
        (SameDigestTwice { digest: digest(1) }.abi_encode(), "both"),
        (UnknownKind { kind: 77 }.abi_encode(), "no kind 77"),
        (ProvenanceRequired { kind: 6 }.abi_encode(), "photo"),
        (BatchSize { count: 1, min: 2, max: 9 }.abi_encode(), "batch of 1"),
        (Sm3Taken { sm3: digest(1), digest: digest(2) }.abi_encode(), "SM3"),
        (Sm3Differs { digest: digest(1), recorded: digest(2), given: digest(3) }.abi_encode(), "given is"),
        (OperationReused { operation: digest(1) }.abi_encode(), "other content"),
        (NotDeposited { digest: digest(1) }.abi_encode(), "never deposited"),
        (UnknownOpinion { opinion: 9 }.abi_encode(), "no opinion 9"),
        (ZeroReport {}.abi_encode(), "report"),
        (AlreadyAttested { digest: digest(1), organisation: 4, height: 5 }.abi_encode(), "organisation 4"),
        (NoSuchAttestation { digest: digest(1), index: 3, count: 2 }.abi_encode(), "place 3"),
        (RoleRequired { account: OTHER, organisation: 0, role: 2 }.abi_encode(), "notary"),
    ];
    for (data, want) in cases {
        let text = decode_revert(&data).unwrap();
        assert!(text.contains(want), "{text}");
    }
}

#[test]
fn storage_that_departs_from_the_events_is_found() {
    type Tamper = fn(&mut Scene<'static>);
    let cases: [(Tamper, &str); 8] = [
        (|s| s.host_mut().put(state::ADDRESS, state::record_slot(digest(1)), U256::from(5)), "E1"),
        (|s| s.host_mut().put(state::ADDRESS, COUNTS.slot(), U256::from(5)), "E2"),
        (|s| drop(s.history_mut().pop()), "E2"),
        (|s| drop(s.history_mut().remove(0)), "E3"),
        (
            |s| {
                let first = s.history()[0].clone();
                s.history_mut().push(first);
            },
            "E3",
        ),
        (|s| s.host_mut().put(state::ADDRESS, BY_SM3.slot_of(digest(2)), U256::from(5)), "E4"),
        (|s| s.host_mut().put(state::ADDRESS, ATTESTATIONS.slot_of_both(digest(1), 1), U256::from(5)), "E5"),
        (
            |s| s.host_mut().put(state::ADDRESS, OPERATIONS.slot_of_both(STRANGER, digest(7)), U256::from(2)),
            "E6",
        ),
    ];
    for (tamper, invariant) in cases {
        let mut scene = scene();
        scene.call(STRANGER, depositCall { sm3: digest(2), ..numbered(1, 7) }).unwrap();
        scene.next_block();
        scene.call(OTHER, plain(1)).unwrap();
        scene.call(NOTARY, opinion(1)).unwrap();
        scene.check();
        tamper(&mut scene);
        assert_eq!(scene.violation().unwrap_err().invariant, invariant);
    }
}
