//! Evidence, against the events themselves.

use crate::{
    chain::{RandomChain, Shelf},
    support::{Folder, reached},
};
use ding_modules::evidence::events::{Event, decode};
use ding_primitives::{Address, B256, Height, ports::FinalizedBlock};
use ding_readmodel::{AttestationRow, DepositRow, Place, ReadModel};
use std::{collections::BTreeSet, sync::Arc};

/// Every event with its place.
fn events(blocks: &[Arc<FinalizedBlock>]) -> Vec<(Event, Place)> {
    let mut all = Vec::new();
    for block in blocks {
        for (transaction, receipt) in block.receipts.iter().enumerate() {
            for (log, event) in receipt.logs.iter().map(decode).enumerate() {
                let place = Place {
                    height: block.header.height,
                    timestamp_ms: block.header.timestamp_ms,
                    transaction_hash: block.transactions[transaction].hash(),
                    transaction,
                    log,
                };
                all.extend(event.map(|event| (event, place)));
            }
        }
    }
    all
}

fn some(word: B256) -> Option<B256> {
    (!word.is_zero()).then_some(word)
}

fn deposits(events: &[(Event, Place)]) -> Vec<DepositRow> {
    let rows = events.iter().filter_map(|(event, place)| {
        let row = |first, digest, sm3, depositor, operation, kind, count, provenance, reference| DepositRow {
            ordinal: 0,
            first,
            digest,
            sm3: some(sm3),
            depositor,
            operation: some(operation),
            kind,
            count,
            provenance: some(provenance),
            reference: some(reference),
            place: *place,
        };
        match event {
            Event::Deposited(e) => Some(row(
                true,
                e.digest,
                e.sm3,
                e.depositor,
                e.operation,
                e.kind,
                e.count,
                e.provenance,
                e.referenceId,
            )),
            Event::DepositedAgain(e) => Some(row(
                false,
                e.digest,
                e.sm3,
                e.depositor,
                e.operation,
                e.kind,
                e.count,
                e.provenance,
                e.referenceId,
            )),
            _ => None,
        }
    });
    rows.collect::<Vec<_>>().into_iter().rev().collect()
}

fn plain(rows: Vec<DepositRow>) -> Vec<DepositRow> {
    rows.into_iter().map(|row| DepositRow { ordinal: 0, ..row }).collect()
}

/// All pages of a list.
fn pages<T: Clone>(mut page: impl FnMut(Option<u64>) -> Vec<T>, ordinal: impl Fn(&T) -> u64) -> Vec<T> {
    let mut all: Vec<T> = Vec::new();
    loop {
        let next = page(all.last().map(&ordinal));
        if next.is_empty() {
            return all;
        }
        all.extend(next);
    }
}

fn opened(folder: &Folder, chain: &RandomChain) -> ReadModel {
    let model = folder.open();
    model.start(Shelf::of(&chain.blocks)).unwrap();
    reached(&model, chain.head().header.height.get());
    model
}

#[test]
fn deposits_are_found_by_digest_by_depositor_and_newest_first() {
    let chain = RandomChain::of(51, 300);
    let folder = Folder::new();
    let model = opened(&folder, &chain);
    let query = model.query();
    let all = deposits(&events(&chain.blocks));
    let (first, again): (Vec<_>, Vec<_>) = all.iter().cloned().partition(|row| row.first);
    assert!(first.len() > 50 && again.len() > 10, "{} {}", first.len(), again.len());

    assert_eq!(plain(pages(|before| query.evidence_latest(before, 7).unwrap(), |row| row.ordinal)), all);
    for row in &first {
        let found = query.evidence(&row.digest).unwrap().unwrap();
        assert_eq!(plain(vec![found.clone()]), vec![row.clone()]);
        if let Some(sm3) = row.sm3 {
            assert_eq!(query.evidence(&sm3).unwrap(), Some(found));
        }
        let repeats =
            pages(|before| query.evidence_repeats(&row.digest, before, 2).unwrap(), |row| row.ordinal);
        let want: Vec<_> = again.iter().filter(|later| later.digest == row.digest).cloned().collect();
        assert_eq!(plain(repeats), want);
    }
    // The SM3 digest of a later deposit leads nowhere: the ledger does not record it.
    for row in again {
        assert_eq!(query.evidence(&row.sm3.unwrap()).unwrap(), None);
    }
    let depositors: BTreeSet<Address> = all.iter().map(|row| row.depositor).collect();
    assert_eq!(depositors.len(), 4);
    for depositor in depositors {
        let rows =
            pages(|before| query.evidence_by_depositor(&depositor, before, 5).unwrap(), |row| row.ordinal);
        let want: Vec<_> = all.iter().filter(|row| row.depositor == depositor).cloned().collect();
        assert_eq!(plain(rows), want);
    }
    assert_eq!(query.evidence(&B256::repeat_byte(3)).unwrap(), None);
    assert!(query.evidence_by_depositor(&Address::ZERO, None, 5).unwrap().is_empty());
}

#[test]
fn attestations_are_found_by_digest() {
    let chain = RandomChain::of(52, 300);
    let folder = Folder::new();
    let model = opened(&folder, &chain);
    let query = model.query();
    let events = events(&chain.blocks);
    let mut seen = 0;
    for row in deposits(&events).iter().filter(|row| row.first) {
        let want: Vec<_> = events
            .iter()
            .rev()
            .filter_map(|(event, place)| match event {
                Event::Attested(e) if e.digest == row.digest => Some(AttestationRow {
                    ordinal: 0,
                    digest: e.digest,
                    organisation: e.organisation,
                    account: e.account,
                    opinion: e.opinion,
                    report: e.report,
                    place: *place,
                }),
                _ => None,
            })
            .collect();
        let rows =
            pages(|before| query.evidence_attestations(&row.digest, before, 1).unwrap(), |row| row.ordinal);
        let rows: Vec<_> = rows.into_iter().map(|row| AttestationRow { ordinal: 0, ..row }).collect();
        assert_eq!(rows, want);
        seen += want.len();
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn a_place_leads_to_the_event_in_the_block() {
    let chain = RandomChain::of(53, 100);
    let folder = Folder::new();
    let model = opened(&folder, &chain);
    for row in model.query().evidence_latest(None, 1_000).unwrap() {
        let Place { height, transaction, log, .. } = row.place;
        assert!(height > Height::GENESIS);
        let log = &chain.blocks[height.get() as usize].receipts[transaction].logs[log];
        assert!(log.topics.contains(&row.digest));
    }
}
