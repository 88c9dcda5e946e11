//! The module `evidence` once more: what its interface promises, over plain maps, written without
//! a look at how the module does it.

use super::{Address, Answer, B256, Feed, Log, Now, ORGANISATIONS, Role, digest, log, refuse, wallet};
use alloy_sol_types::{SolCall as _, SolEvent as _};
use ding_modules::{
    evidence::{
        abi::IEvidence::{IEvidenceCalls as C, *},
        state::ADDRESS,
    },
    members::abi::IMembers,
};
use ding_primitives::limits;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Content {
    digest: B256,
    sm3: B256,
    kind: u8,
    provenance: B256,
    reference: B256,
    /// Zero for a single file.
    batch: u32,
}

impl Content {
    fn files(&self) -> u32 {
        self.batch.max(1)
    }
}

#[derive(Clone, Debug)]
struct First {
    depositor: Address,
    now: Now,
    content: Content,
    attested: Vec<Attestation>,
}

impl First {
    fn record(&self) -> Record {
        Record {
            depositor: self.depositor,
            height: self.now.height,
            timestampMs: self.now.timestamp_ms,
            kind: self.content.kind,
            count: self.content.files(),
            attestations: u32::try_from(self.attested.len()).unwrap_or(u32::MAX),
            sm3: self.content.sm3,
            provenance: self.content.provenance,
            referenceId: self.content.reference,
        }
    }
}

/// Everything that was deposited and attested.
#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    deposits: BTreeMap<B256, First>,
    operations: BTreeMap<(Address, B256), (bool, Content)>,
    repeats: u64,
    /// Organisation and whether it is a notary's, by account.
    organisations: BTreeMap<Address, (u32, bool)>,
}

const NONE: B256 = B256::ZERO;
const KINDS: u8 = 10;
const OPINIONS: u8 = 3;
const NOTARY_ROLE: u8 = 2;

fn nothing() -> Record {
    Record {
        depositor: Address::ZERO,
        height: 0,
        timestampMs: 0,
        kind: 0,
        count: 0,
        attestations: 0,
        sm3: NONE,
        provenance: NONE,
        referenceId: NONE,
    }
}

impl super::Model for Model {
    type Call = C;

    const MODULE: Address = ADDRESS;

    fn new() -> Self {
        let mut organisations = BTreeMap::new();
        for (number, entry) in (1..).zip(ORGANISATIONS.iter()) {
            let of = (number, entry.roles.contains(&Role::Notary));
            organisations.extend(entry.accounts.iter().map(|account| (*account, of)));
        }
        Self { organisations, ..Self::default() }
    }

    fn reads(call: &C) -> bool {
        !matches!(call, C::deposit(_) | C::depositBatch(_) | C::attest(_))
    }

    fn answer(&mut self, caller: Address, call: &C, now: Now) -> Answer {
        match call.clone() {
            C::deposit(depositCall { digest, sm3, kind, provenance, referenceId, operation }) => {
                if digest == sm3 && digest != NONE {
                    return refuse(SameDigestTwice { digest });
                }
                let content = Content { digest, sm3, kind, provenance, reference: referenceId, batch: 0 };
                Self::require_kind(&content)?;
                let (first, record, logs) = self.deposit(caller, content, operation, now)?;
                Ok((depositCall::abi_encode_returns(&depositReturn { first, record }), logs))
            }
            C::depositBatch(depositBatchCall { root, count, kind, provenance, referenceId, operation }) => {
                let content = Content {
                    digest: root,
                    sm3: NONE,
                    kind,
                    provenance,
                    reference: referenceId,
                    batch: count,
                };
                Self::require_kind(&content)?;
                if !(2..=limits::EVIDENCE_BATCH_MAX).contains(&count) {
                    return refuse(BatchSize { count, min: 2, max: limits::EVIDENCE_BATCH_MAX });
                }
                let (first, record, logs) = self.deposit(caller, content, operation, now)?;
                Ok((depositBatchCall::abi_encode_returns(&depositBatchReturn { first, record }), logs))
            }
            C::attest(call) => self.attest(caller, &call, now),
            read => self.read(&read),
        }
    }

    fn draw(&self, feed: &mut Feed<'_>, kind: u8, _now: Now) -> C {
        let mut next = || digest(feed.byte());
        match kind {
            0..=2 => C::deposit(depositCall {
                digest: next(),
                sm3: next(),
                provenance: next(),
                referenceId: next(),
                operation: next(),
                kind: feed.byte() % 12,
            }),
            3 => C::depositBatch(depositBatchCall {
                root: next(),
                provenance: next(),
                referenceId: next(),
                operation: next(),
                kind: feed.byte() % 12,
                count: feed
                    .pick(&[0, 1, 2, 3, limits::EVIDENCE_BATCH_MAX, limits::EVIDENCE_BATCH_MAX + 1, u32::MAX])
                    .unwrap_or_default(),
            }),
            _ => C::attest(attestCall { digest: next(), report: next(), opinion: feed.byte() % 5 }),
        }
    }

    fn draw_read(&self, feed: &mut Feed<'_>, _now: Now) -> C {
        let kind = feed.byte() % 6;
        let first = digest(feed.byte());
        let second = feed.byte() % 5;
        match kind {
            0 => C::recordOf(recordOfCall { digest: first }),
            1 => C::recordOfSm3(recordOfSm3Call { sm3: first }),
            2 => C::attestationAt(attestationAtCall { digest: first, index: second.into() }),
            3 => C::attestationOf(attestationOfCall { digest: first, organisation: second.into() }),
            4 => {
                let depositor = match second {
                    4 => Address::repeat_byte(0xf1),
                    number => wallet(number.into()),
                };
                C::operationOf(operationOfCall { depositor, operation: first })
            }
            _ => C::counts(countsCall {}),
        }
    }
}

impl Model {
    fn require_kind(content: &Content) -> Result<(), Vec<u8>> {
        let kind = content.kind;
        if content.digest == NONE {
            return refuse(ZeroDigest {});
        }
        if kind >= KINDS {
            return refuse(UnknownKind { kind });
        }
        // Captures on a computer or a mobile device.
        if (2..=8).contains(&kind) && content.provenance == NONE {
            return refuse(ProvenanceRequired { kind });
        }
        Ok(())
    }

    fn deposit(
        &mut self,
        caller: Address,
        content: Content,
        operation: B256,
        now: Now,
    ) -> Result<(bool, Record, Vec<Log>), Vec<u8>> {
        let Content { digest, sm3, kind, provenance, reference, .. } = content;
        if let Some((first, before)) = self.operations.get(&(caller, operation)) {
            if *before != content {
                return refuse(OperationReused { operation });
            }
            let event = OperationRepeated { digest, depositor: caller, operation, first: *first };
            return Ok((*first, self.record(digest), vec![log(ADDRESS, &event)]));
        }
        if sm3 != NONE {
            let holder = self.deposits.values().find(|deposit| deposit.content.sm3 == sm3);
            if let Some(other) = holder.filter(|holder| holder.content.digest != digest) {
                return refuse(Sm3Taken { sm3, digest: other.content.digest });
            }
            let recorded = self.deposits.get(&digest).map_or(NONE, |known| known.content.sm3);
            if recorded != NONE && recorded != sm3 {
                return refuse(Sm3Differs { digest, recorded, given: sm3 });
            }
        }
        let (count, height, time) = (content.files(), now.height, now.timestamp_ms);
        let event = match self.deposits.get(&digest) {
            None => {
                let first = First { depositor: caller, now, content: content.clone(), attested: Vec::new() };
                self.deposits.insert(digest, first);
                log(
                    ADDRESS,
                    &Deposited {
                        digest,
                        depositor: caller,
                        operation,
                        sm3,
                        kind,
                        count,
                        provenance,
                        referenceId: reference,
                        height,
                        timestampMs: time,
                    },
                )
            }
            Some(known) => {
                self.repeats += 1;
                log(
                    ADDRESS,
                    &DepositedAgain {
                        digest,
                        depositor: caller,
                        operation,
                        sm3,
                        kind,
                        count,
                        provenance,
                        referenceId: reference,
                        height,
                        timestampMs: time,
                        firstDepositor: known.depositor,
                        firstHeight: known.now.height,
                        firstTimestampMs: known.now.timestamp_ms,
                    },
                )
            }
        };
        let first = event.topics.first() == Some(&Deposited::SIGNATURE_HASH);
        if operation != NONE {
            self.operations.insert((caller, operation), (first, content));
        }
        Ok((first, self.record(digest), vec![event]))
    }

    fn attest(&mut self, account: Address, call: &attestCall, now: Now) -> Answer {
        let attestCall { digest, opinion, report } = *call;
        let (organisation, notary) = self.organisations.get(&account).copied().unwrap_or((0, false));
        if !notary {
            return refuse(IMembers::RoleRequired { account, organisation, role: NOTARY_ROLE });
        }
        if opinion == 0 || opinion > OPINIONS {
            return refuse(UnknownOpinion { opinion });
        }
        if report == NONE {
            return refuse(ZeroReport {});
        }
        let Some(deposit) = self.deposits.get_mut(&digest) else { return refuse(NotDeposited { digest }) };
        if let Some(before) = deposit.attested.iter().find(|known| known.organisation == organisation) {
            return refuse(AlreadyAttested { digest, organisation, height: before.height });
        }
        let Now { height, timestamp_ms } = now;
        deposit.attested.push(Attestation {
            organisation,
            account,
            height,
            timestampMs: timestamp_ms,
            opinion,
            report,
        });
        let event =
            Attested { digest, organisation, account, opinion, report, height, timestampMs: timestamp_ms };
        Ok((attestCall::abi_encode_returns(&organisation), vec![log(ADDRESS, &event)]))
    }

    fn record(&self, digest: B256) -> Record {
        self.deposits.get(&digest).map_or_else(nothing, First::record)
    }

    /// Answers a call that reads.
    fn read(&self, call: &C) -> Answer {
        let attested = |digest: &B256| self.deposits.get(digest).map_or(&[][..], |d| d.attested.as_slice());
        let absent = || Attestation {
            organisation: 0,
            account: Address::ZERO,
            height: 0,
            timestampMs: 0,
            opinion: 0,
            report: NONE,
        };
        let bytes = match call {
            C::recordOf(call) => recordOfCall::abi_encode_returns(&self.record(call.digest)),
            C::recordOfSm3(call) => {
                let holder = self.deposits.values().find(|d| d.content.sm3 == call.sm3 && call.sm3 != NONE);
                let digest = holder.map_or(NONE, |deposit| deposit.content.digest);
                recordOfSm3Call::abi_encode_returns(&recordOfSm3Return {
                    digest,
                    record: self.record(digest),
                })
            }
            C::attestationAt(attestationAtCall { digest, index }) => {
                let list = attested(digest);
                let Some(found) = usize::try_from(*index).ok().and_then(|index| list.get(index)) else {
                    let count = u32::try_from(list.len()).unwrap_or(u32::MAX);
                    return refuse(NoSuchAttestation { digest: *digest, index: *index, count });
                };
                attestationAtCall::abi_encode_returns(found)
            }
            C::attestationOf(call) => {
                let found = attested(&call.digest).iter().find(|a| a.organisation == call.organisation);
                attestationOfCall::abi_encode_returns(&found.cloned().unwrap_or_else(absent))
            }
            C::operationOf(call) => {
                let found = self.operations.get(&(call.depositor, call.operation));
                let (used, first) = (found.is_some(), found.is_some_and(|(first, _)| *first));
                operationOfCall::abi_encode_returns(&operationOfReturn { used, first })
            }
            C::counts(_) => countsCall::abi_encode_returns(&countsReturn {
                records: self.deposits.len() as u64,
                repeats: self.repeats,
                attestations: self.deposits.values().map(|deposit| deposit.attested.len() as u64).sum(),
            }),
            C::deposit(_) | C::depositBatch(_) | C::attest(_) => Vec::new(),
        };
        Ok((bytes, Vec::new()))
    }
}

pub(in crate::targets) fn seeds() -> Vec<Vec<u8>> {
    let deposit = |who: u8, via: u8| vec![0, who, via, 1, 2, 3, 4, 5, 6];
    let attest = |who: u8, via: u8| vec![4, who, via, 1, 2, 1];
    let reads: Vec<u8> = (0..6).flat_map(|kind| [6, kind, 1, 1]).collect();
    let batch = vec![3, 3, 0, 2, 3, 0, 0, 0, 2];
    let ways = (0..10).flat_map(|via| [deposit(3, via), vec![7, 3, via, 1, 2, 3, 4, 5, 6]].concat());
    vec![
        [deposit(0, 0), deposit(0, 0), deposit(1, 0), reads.clone()].concat(),
        [deposit(0, 1), vec![5], attest(0, 0), attest(1, 8), attest(1, 9), attest(2, 0), reads.clone()]
            .concat(),
        [batch, attest(0, 0), attest(1, 0), reads].concat(),
        ways.collect(),
        [deposit(0, 7), deposit(1, 8), deposit(2, 9), vec![11, 1, 8, 1, 2, 1]].concat(),
    ]
}
