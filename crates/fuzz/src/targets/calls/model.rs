//! The module `evidence` once more: what its interface promises, over plain maps, written without
//! a look at how the module does it.

use alloy_sol_types::{SolCall as _, SolEvent};
use ding_modules::{
    evidence::{
        abi::IEvidence::{self, *},
        state::ADDRESS,
    },
    members::abi::IMembers,
};
use ding_primitives::{Address, B256, Log, limits};
use std::collections::BTreeMap;

/// What a call gives: returned bytes and events, or the bytes it reverts with.
pub(super) type Answer = Result<(Vec<u8>, Vec<Log>), Vec<u8>>;

/// A call that writes.
#[derive(Clone, Debug)]
pub(super) enum Write {
    Deposit(depositCall),
    Batch(depositBatchCall),
    Attest(attestCall),
}

impl Write {
    pub(super) fn encoded(&self) -> Vec<u8> {
        match self {
            Self::Deposit(call) => call.abi_encode(),
            Self::Batch(call) => call.abi_encode(),
            Self::Attest(call) => call.abi_encode(),
        }
    }
}

/// When something happens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    pub(super) height: u64,
    pub(super) timestamp_ms: u64,
}

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

fn refuse<T>(error: impl alloy_sol_types::SolError) -> Result<T, Vec<u8>> {
    Err(error.abi_encode())
}

fn log(event: &impl SolEvent) -> Log {
    let topics = event.encode_topics().into_iter().map(|topic| topic.0).collect();
    Log { address: ADDRESS, topics, data: event.encode_data().into() }
}

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

impl Model {
    /// Nothing deposited yet, and these organisations.
    pub(super) fn new(organisations: impl Iterator<Item = (Address, (u32, bool))>) -> Self {
        Self { organisations: organisations.collect(), ..Self::default() }
    }

    /// Answers a call that writes; a refused one changes nothing.
    pub(super) fn write(&mut self, caller: Address, call: &Write, now: Now) -> Answer {
        match call.clone() {
            Write::Deposit(depositCall { digest, sm3, kind, provenance, referenceId, operation }) => {
                if digest == sm3 && digest != NONE {
                    return refuse(SameDigestTwice { digest });
                }
                let content = Content { digest, sm3, kind, provenance, reference: referenceId, batch: 0 };
                Self::require_kind(&content)?;
                let (first, record, logs) = self.deposit(caller, content, operation, now)?;
                Ok((depositCall::abi_encode_returns(&depositReturn { first, record }), logs))
            }
            Write::Batch(depositBatchCall { root, count, kind, provenance, referenceId, operation }) => {
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
            Write::Attest(call) => self.attest(caller, &call, now),
        }
    }

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
            return Ok((*first, self.record(digest), vec![log(&event)]));
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
                log(&Deposited {
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
                })
            }
            Some(known) => {
                self.repeats += 1;
                log(&DepositedAgain {
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
                })
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
        Ok((attestCall::abi_encode_returns(&organisation), vec![log(&event)]))
    }

    fn record(&self, digest: B256) -> Record {
        self.deposits.get(&digest).map_or_else(nothing, First::record)
    }

    /// Answers a call that reads.
    pub(super) fn read(&self, call: &IEvidence::IEvidenceCalls) -> Answer {
        use IEvidence::IEvidenceCalls as C;
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
