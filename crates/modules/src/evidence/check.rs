//! Storage of `evidence` compared with its history: invariants E1 to E6.

use super::{
    Kind, Presented,
    events::{self, Attested, Deposited, DepositedAgain, Event, OperationRepeated},
    files,
    state::{ATTESTATIONS, ATTESTERS, BY_SM3, COUNTS, Counts, DEPOSITS, Deposit, OPERATIONS, Operation},
};
use crate::{Ctx, Violation};
use ding_primitives::{Address, B256, Log};
use std::collections::BTreeMap;

/// What the events seen so far imply about storage.
#[derive(Default)]
struct Story {
    counts: Counts,
    deposits: BTreeMap<B256, Deposit>,
    sm3: BTreeMap<B256, B256>,
    operations: BTreeMap<(Address, B256), Operation>,
    attesters: BTreeMap<B256, Vec<Attested>>,
}

pub(super) fn check(ctx: &mut Ctx<'_>, history: &[Log]) -> Result<(), Violation> {
    let mut story = Story::default();
    for log in history {
        match events::decode(log) {
            Some(Event::Deposited(event)) => story.deposited(&event)?,
            Some(Event::DepositedAgain(event)) => story.deposited_again(&event)?,
            Some(Event::OperationRepeated(event)) => story.operation_repeated(&event)?,
            Some(Event::Attested(event)) => story.attested(event)?,
            None => Violation::unless("E2", false, || {
                format!("a log of the module is none of its events: {log:?}")
            })?,
        }
    }
    story.compare(ctx)
}

impl Story {
    fn deposited(&mut self, event: &Deposited) -> Result<(), Violation> {
        let deposit = Deposit {
            stamp: super::Stamp {
                account: event.depositor,
                timestamp_ms: event.timestampMs,
                height: event.height,
            },
            kind: event.kind,
            sm3: event.sm3,
            provenance: event.provenance,
            reference: event.referenceId,
            batch: stored(event.count),
            attestations: 0,
        };
        let twice = self.deposits.insert(event.digest, deposit);
        Violation::unless("E3", twice.is_none(), || format!("{} was deposited first twice", event.digest))?;
        if !event.sm3.is_zero() {
            let other = self.sm3.insert(event.sm3, event.digest);
            Violation::unless("E4", other.is_none(), || {
                format!("SM3 {} belongs to {} and {other:?}", event.sm3, event.digest)
            })?;
        }
        self.counts.records = self.counts.records.saturating_add(1);
        self.operation(event, true)
    }

    fn deposited_again(&mut self, event: &DepositedAgain) -> Result<(), Violation> {
        let first = self.deposits.get(&event.digest).map(|deposit| deposit.stamp);
        let refers = first.is_some_and(|first| {
            (first.account, first.height, first.timestamp_ms)
                == (event.firstDepositor, event.firstHeight, event.firstTimestampMs)
                && first.height <= event.height
        });
        Violation::unless("E3", refers, || {
            format!("{event:?} does not refer to the first deposit {first:?}")
        })?;
        self.counts.repeats = self.counts.repeats.saturating_add(1);
        let presented = Deposited {
            digest: event.digest,
            depositor: event.depositor,
            operation: event.operation,
            sm3: event.sm3,
            kind: event.kind,
            count: event.count,
            provenance: event.provenance,
            referenceId: event.referenceId,
            height: event.height,
            timestampMs: event.timestampMs,
        };
        self.operation(&presented, false)
    }

    /// Books the operation number of a deposit.
    fn operation(&mut self, event: &Deposited, first: bool) -> Result<(), Violation> {
        let kind = Kind::from_number(event.kind);
        Violation::unless("E1", kind.is_some(), || {
            format!("{} has the unknown kind {}", event.digest, event.kind)
        })?;
        let Some(kind) = kind.filter(|_| !event.operation.is_zero()) else { return Ok(()) };
        let presented = Presented {
            digest: event.digest,
            sm3: event.sm3,
            kind,
            provenance: event.provenance,
            reference: event.referenceId,
            batch: stored(event.count),
            operation: event.operation,
        };
        let key = (event.depositor, event.operation);
        let twice = self.operations.insert(key, Operation { first, content: presented.content() });
        Violation::unless("E6", twice.is_none(), || {
            format!("operation {} of {} stands for two deposits", key.1, key.0)
        })
    }

    fn operation_repeated(&self, event: &OperationRepeated) -> Result<(), Violation> {
        let known = self.operations.get(&(event.depositor, event.operation));
        Violation::unless("E6", known.is_some_and(|known| known.first == event.first), || {
            format!("{event:?} repeats {known:?}")
        })
    }

    fn attested(&mut self, event: Attested) -> Result<(), Violation> {
        let deposited =
            self.deposits.get_mut(&event.digest).filter(|first| first.stamp.height <= event.height);
        match deposited {
            Some(deposit) => deposit.attestations = deposit.attestations.saturating_add(1),
            None => Violation::unless("E5", false, || format!("{event:?} comes before the deposit"))?,
        }
        let attesters = self.attesters.entry(event.digest).or_default();
        let twice = attesters.iter().any(|before| before.organisation == event.organisation);
        Violation::unless("E5", !twice, || {
            format!("organisation {} attested {} twice", event.organisation, event.digest)
        })?;
        attesters.push(event);
        self.counts.attestations = self.counts.attestations.saturating_add(1);
        Ok(())
    }

    fn compare(&self, ctx: &mut Ctx<'_>) -> Result<(), Violation> {
        let counts = COUNTS.get(ctx)?;
        Violation::unless("E2", counts == self.counts, || {
            format!("{counts:?} in storage, {:?} in events", self.counts)
        })?;
        for (digest, want) in &self.deposits {
            let found = DEPOSITS.get(ctx, *digest)?;
            Violation::unless("E1", found == *want, || {
                format!("{digest}: {found:?} in storage, {want:?} in events")
            })?;
        }
        for (sm3, want) in &self.sm3 {
            let found = BY_SM3.get(ctx, *sm3)?;
            Violation::unless("E4", found == *want, || format!("SM3 {sm3} leads to {found}, not to {want}"))?;
        }
        for ((depositor, operation), want) in &self.operations {
            let found = OPERATIONS.map(ctx, *depositor)?.find(ctx, *operation)?;
            Violation::unless("E6", found == Some(*want), || {
                format!("operation {operation} of {depositor}: {found:?} in storage, {want:?} in events")
            })?;
        }
        for (digest, attesters) in &self.attesters {
            for (index, want) in (0u32..).zip(attesters) {
                compare_attestation(ctx, *digest, index, want)?;
            }
        }
        Ok(())
    }
}

fn compare_attestation(
    ctx: &mut Ctx<'_>,
    digest: B256,
    index: u32,
    want: &Attested,
) -> Result<(), Violation> {
    let organisation = ATTESTERS.map(ctx, digest)?.get(ctx, index)?;
    let found = ATTESTATIONS.map(ctx, digest)?.get(ctx, organisation)?;
    let same = organisation == want.organisation
        && (found.stamp.account, found.stamp.height, found.stamp.timestamp_ms)
            == (want.account, want.height, want.timestampMs)
        && (found.opinion, found.report) == (want.opinion, want.report);
    Violation::unless("E5", same, || {
        format!("attestation {index} of {digest}: {found:?} by {organisation} in storage, {want:?} in events")
    })
}

/// Batch size as storage has it; the other way of [`files`].
fn stored(count: u32) -> u32 {
    if count == files(0) { 0 } else { count }
}
