//! Evidence: who presented which file first, in which block and when.
//!
//! A depositor presents the SHA-256 digest of a file (perhaps its SM3 digest beside it), or the root
//! of a batch of files ([`batch`]). The ledger keeps the first depositor, the height and the time for
//! ever; the file never touches the chain. It shows that a file is unchanged *since* then (Online
//! Litigation Rules of the People's Courts, art. 16); for how it came about (art. 18) a deposit names
//! the digest of a provenance report, and captures by forensic custody (SF/T 0091-2021) are refused
//! without one. Offices with the notary role attest what they found.
//!
//! A later deposit of the same digest succeeds, changes nothing about the first, and is told by an
//! event of its own that refers to the first and holds what was presented this time. Its SM3 digest
//! is not recorded: the ledger never saw the file, so the first word about a digest stands.
//!
//! A depositor may number its deposits. The same number with the same content answers as the first
//! time and changes nothing, so a deposit can be sent again after a lost answer; with other content
//! it is refused. Numbers of different depositors have nothing to do with each other.
//!
//! Who: any account or contract deposits; an account of an organisation with the notary role attests;
//! anyone reads.
//!
//! Invariants ([`Evidence::check`]):
//! - E1 a digest keeps the depositor, height, time and content of its first deposit.
//! - E2 [`state::COUNTS`] equals what the events count.
//! - E3 a digest is deposited first once; whatever follows is later and refers to it.
//! - E4 an SM3 digest belongs to one record, and that record names it.
//! - E5 an organisation attests a digest once, after its deposit, and every attestation is listed.
//! - E6 an operation number stands for one content and remembers its result.

pub mod abi;
pub mod batch;
mod check;
pub mod events;
pub mod state;
pub mod terms;
#[cfg(test)]
mod tests;

pub use self::terms::{Kind, Opinion};
use self::{
    abi::IEvidence::{self, *},
    state::{
        ATTESTATIONS, ATTESTERS, BY_SM3, COUNTS, Counts, DEPOSITS, Deposit, OPERATIONS, Operation, Stamp,
    },
};
use crate::{
    Ctx, Interface, Module, Stop, Violation,
    ctx::gas,
    dispatch,
    members::{self, Members, Role},
};
use ding_primitives::{
    Address, B256, Bytes, Log, U256, keccak256, limits,
    planted::{self, Planted},
};

/// The module.
pub struct Evidence;

impl Module for Evidence {
    fn name(&self) -> &'static str {
        "evidence"
    }

    fn address(&self) -> Address {
        state::ADDRESS
    }

    fn interface(&self) -> Interface {
        Interface { name: "IEvidence", source: include_str!("abi.rs"), abi: IEvidence::abi::contract }
    }

    fn call(&self, ctx: &mut Ctx<'_>, input: &[u8]) -> Result<Bytes, Stop> {
        use IEvidenceCalls as C;
        match dispatch::decode::<C>(input)? {
            C::deposit(call) => dispatch::write(ctx, call, |ctx, call| {
                let (first, record) = present(ctx, &Presented::file(call)?)?;
                Ok(depositReturn { first, record })
            }),
            C::depositBatch(call) => dispatch::write(ctx, call, |ctx, call| {
                let (first, record) = present(ctx, &Presented::batch(call)?)?;
                Ok(depositBatchReturn { first, record })
            }),
            C::attest(call) => dispatch::write(ctx, call, attest),
            C::recordOf(call) => dispatch::read(ctx, call, |ctx, call| record_of(ctx, call.digest)),
            C::recordOfSm3(call) => dispatch::read(ctx, call, record_of_sm3),
            C::attestationAt(call) => dispatch::read(ctx, call, attestation_at),
            C::attestationOf(call) => {
                dispatch::read(ctx, call, |ctx, call| attestation_of(ctx, call.digest, call.organisation))
            }
            C::operationOf(call) => dispatch::read(ctx, call, operation_of),
            C::counts(call) => dispatch::read(ctx, call, |ctx, _| {
                let Counts { records, repeats, attestations } = COUNTS.get(ctx)?;
                Ok(countsReturn { records, repeats, attestations })
            }),
        }
    }

    fn explain(&self, revert: &[u8]) -> Option<String> {
        dispatch::decode_error(revert).and_then(|error| explain(error, revert))
    }

    fn is_application(&self) -> bool {
        true
    }

    fn check(&self, ctx: &mut Ctx<'_>, history: &[Log]) -> Result<(), Violation> {
        check::check(ctx, history)
    }

    fn check_proposal(&self, input: &[u8]) -> Result<(), Stop> {
        Err(members::not_decided_by_vote(state::ADDRESS, input))
    }

    fn likely_reads(&self, caller: Address, input: &[u8]) -> Vec<(Address, U256)> {
        likely_reads(caller, input).into_iter().map(|slot| (state::ADDRESS, slot)).collect()
    }
}

/// What a depositor presents, with everything checked that needs no storage.
struct Presented {
    digest: B256,
    sm3: B256,
    kind: Kind,
    provenance: B256,
    reference: B256,
    /// Files of the batch; zero for a single file.
    batch: u32,
    operation: B256,
}

impl Presented {
    fn file(call: depositCall) -> Result<Self, Stop> {
        let depositCall { digest, sm3, kind, provenance, referenceId, operation } = call;
        if sm3 == digest && !digest.is_zero() {
            return Err(Stop::revert(SameDigestTwice { digest }));
        }
        let kind = Self::kind(digest, kind, provenance)?;
        Ok(Self { digest, sm3, kind, provenance, reference: referenceId, batch: 0, operation })
    }

    fn batch(call: depositBatchCall) -> Result<Self, Stop> {
        let depositBatchCall { root, count, kind, provenance, referenceId, operation } = call;
        let kind = Self::kind(root, kind, provenance)?;
        if !(2..=limits::EVIDENCE_BATCH_MAX).contains(&count) {
            return Err(Stop::revert(BatchSize { count, min: 2, max: limits::EVIDENCE_BATCH_MAX }));
        }
        let sm3 = B256::ZERO;
        Ok(Self { digest: root, sm3, kind, provenance, reference: referenceId, batch: count, operation })
    }

    fn kind(digest: B256, kind: u8, provenance: B256) -> Result<Kind, Stop> {
        if digest.is_zero() {
            return Err(Stop::revert(ZeroDigest {}));
        }
        let known = Kind::from_number(kind).ok_or_else(|| Stop::revert(UnknownKind { kind }))?;
        if known.is_forensic() && provenance.is_zero() {
            return Err(Stop::revert(ProvenanceRequired { kind }));
        }
        Ok(known)
    }

    /// Bytes of [`Presented::content`].
    const CONTENT_BYTES: usize = 4 * 32 + 1 + 4;

    /// Hash of everything presented except the operation number, last byte zero.
    fn content(&self) -> B256 {
        let mut hash = keccak256(self.content_bytes());
        hash.0[31] = 0;
        hash
    }

    fn content_bytes(&self) -> Vec<u8> {
        let words = [self.digest, self.sm3, self.provenance, self.reference];
        let mut bytes = Vec::with_capacity(Self::CONTENT_BYTES);
        words.iter().for_each(|word| bytes.extend_from_slice(word.as_slice()));
        bytes.push(self.kind.number());
        bytes.extend_from_slice(&self.batch.to_be_bytes());
        bytes
    }
}

/// Number of files that a stored batch size stands for.
const fn files(batch: u32) -> u32 {
    if batch == 0 { 1 } else { batch }
}

/// One deposit: `(whether it is the first of its digest, the first one's record)`.
fn present(ctx: &mut Ctx<'_>, presented: &Presented) -> Result<(bool, Record), Stop> {
    if let Some(answer) = repeat(ctx, presented)? {
        return Ok(answer);
    }
    let known = DEPOSITS.find(ctx, presented.digest)?.filter(|_| !planted::is(Planted::ForgetFirst));
    require_sm3(ctx, presented, known.as_ref())?;
    let (first, deposit) = match known {
        None => (true, deposit_first(ctx, presented)?),
        Some(known) => (false, deposit_again(ctx, presented, known)?),
    };
    if !presented.operation.is_zero() {
        let own = OPERATIONS.map(ctx, ctx.caller())?;
        ctx.charge(gas::keccak(Presented::CONTENT_BYTES))?;
        own.set(ctx, presented.operation, &Operation { first, content: presented.content() })?;
    }
    Ok((first, record(&deposit)))
}

/// The answer that this operation number got before; `None` if it is new.
fn repeat(ctx: &mut Ctx<'_>, presented: &Presented) -> Result<Option<(bool, Record)>, Stop> {
    let Presented { digest, operation, .. } = *presented;
    if operation.is_zero() {
        return Ok(None);
    }
    let depositor = ctx.caller();
    let Some(known) = OPERATIONS.map(ctx, depositor)?.find(ctx, operation)? else { return Ok(None) };
    ctx.charge(gas::keccak(Presented::CONTENT_BYTES))?;
    if known.content != presented.content() {
        return Err(Stop::revert(OperationReused { operation }));
    }
    let deposit = DEPOSITS.find(ctx, digest)?;
    ctx.invariant("E6 an operation's deposit exists", deposit.is_some())?;
    ctx.emit(&OperationRepeated { digest, depositor, operation, first: known.first })?;
    Ok(deposit.map(|deposit| (known.first, record(&deposit))))
}

/// An SM3 digest belongs to one SHA-256 digest, and the other way round.
fn require_sm3(ctx: &mut Ctx<'_>, presented: &Presented, known: Option<&Deposit>) -> Result<(), Stop> {
    let Presented { digest, sm3, .. } = *presented;
    if sm3.is_zero() {
        return Ok(());
    }
    let other = BY_SM3.get(ctx, sm3)?;
    if !other.is_zero() && other != digest {
        return Err(Stop::revert(Sm3Taken { sm3, digest: other }));
    }
    match known {
        Some(known) if !known.sm3.is_zero() && known.sm3 != sm3 => {
            Err(Stop::revert(Sm3Differs { digest, recorded: known.sm3, given: sm3 }))
        }
        _ => Ok(()),
    }
}

fn deposit_first(ctx: &mut Ctx<'_>, presented: &Presented) -> Result<Deposit, Stop> {
    let Presented { digest, sm3, kind, provenance, reference, batch, operation } = *presented;
    let stamp = Stamp::now(ctx)?;
    let deposit = Deposit { stamp, kind: kind.number(), sm3, provenance, reference, batch, attestations: 0 };
    DEPOSITS.cell(ctx, digest)?.insert(ctx, &deposit)?;
    if !sm3.is_zero() {
        BY_SM3.set(ctx, sm3, &digest)?;
    }
    count(ctx, |counts| &mut counts.records)?;
    ctx.emit(&Deposited {
        digest,
        depositor: stamp.account,
        operation,
        sm3,
        kind: kind.number(),
        count: files(batch),
        provenance,
        referenceId: reference,
        height: stamp.height,
        timestampMs: stamp.timestamp_ms,
    })?;
    Ok(deposit)
}

fn deposit_again(ctx: &mut Ctx<'_>, presented: &Presented, known: Deposit) -> Result<Deposit, Stop> {
    let Presented { digest, sm3, kind, provenance, reference, batch, operation } = *presented;
    let (stamp, first) = (Stamp::now(ctx)?, known.stamp);
    ctx.invariant("E3 a later deposit is not before the first", first.height <= stamp.height)?;
    count(ctx, |counts| &mut counts.repeats)?;
    ctx.emit(&DepositedAgain {
        digest,
        depositor: stamp.account,
        operation,
        sm3,
        kind: kind.number(),
        count: files(batch),
        provenance,
        referenceId: reference,
        height: stamp.height,
        timestampMs: stamp.timestamp_ms,
        firstDepositor: first.account,
        firstHeight: first.height,
        firstTimestampMs: first.timestamp_ms,
    })?;
    Ok(known)
}

fn attest(ctx: &mut Ctx<'_>, attestCall { digest, opinion, report }: attestCall) -> Result<u32, Stop> {
    let account = ctx.caller();
    let organisation = members::require_role(ctx, account, Role::Notary)?;
    if Opinion::from_number(opinion).is_none() {
        return Err(Stop::revert(UnknownOpinion { opinion }));
    }
    if report.is_zero() {
        return Err(Stop::revert(ZeroReport {}));
    }
    let place = DEPOSITS.cell(ctx, digest)?;
    let known = place.find(ctx)?.ok_or_else(|| Stop::revert(NotDeposited { digest }))?;
    let own = ATTESTATIONS.map(ctx, digest)?.cell(ctx, organisation)?;
    if let Some(before) = own.find(ctx)? {
        return Err(Stop::revert(AlreadyAttested { digest, organisation, height: before.stamp.height }));
    }
    let stamp = Stamp::now(ctx)?;
    own.insert(ctx, &state::Attestation { stamp, opinion, report })?;
    ATTESTERS.map(ctx, digest)?.set(ctx, known.attestations, &organisation)?;
    let attestations = known.attestations.checked_add(1).ok_or_else(Stop::overflow)?;
    place.replace(ctx, &known, &Deposit { attestations, ..known })?;
    count(ctx, |counts| &mut counts.attestations)?;
    let Stamp { height, timestamp_ms, .. } = stamp;
    ctx.emit(&Attested {
        digest,
        organisation,
        account,
        opinion,
        report,
        height,
        timestampMs: timestamp_ms,
    })?;
    Ok(organisation)
}

fn count(ctx: &mut Ctx<'_>, which: impl FnOnce(&mut Counts) -> &mut u64) -> Result<(), Stop> {
    let mut counts = COUNTS.get(ctx)?;
    let number = which(&mut counts);
    *number = number.checked_add(1).ok_or_else(Stop::overflow)?;
    COUNTS.set(ctx, &counts)
}

fn record_of(ctx: &mut Ctx<'_>, digest: B256) -> Result<Record, Stop> {
    Ok(DEPOSITS.find(ctx, digest)?.as_ref().map_or_else(record_of_nothing, record))
}

fn record_of_sm3(ctx: &mut Ctx<'_>, call: recordOfSm3Call) -> Result<recordOfSm3Return, Stop> {
    let digest = BY_SM3.get(ctx, call.sm3)?;
    Ok(recordOfSm3Return { digest, record: record_of(ctx, digest)? })
}

fn attestation_at(ctx: &mut Ctx<'_>, call: attestationAtCall) -> Result<Attestation, Stop> {
    let attestationAtCall { digest, index } = call;
    let count = DEPOSITS.get(ctx, digest)?.attestations;
    if index >= count {
        return Err(Stop::revert(NoSuchAttestation { digest, index, count }));
    }
    let organisation = ATTESTERS.map(ctx, digest)?.get(ctx, index)?;
    attestation_of(ctx, digest, organisation)
}

fn attestation_of(ctx: &mut Ctx<'_>, digest: B256, organisation: u32) -> Result<Attestation, Stop> {
    let found = ATTESTATIONS.map(ctx, digest)?.find(ctx, organisation)?;
    let organisation = if found.is_some() { organisation } else { 0 };
    let state::Attestation { stamp, opinion, report } = found.unwrap_or_default();
    let Stamp { account, timestamp_ms, height } = stamp;
    Ok(Attestation { organisation, account, height, timestampMs: timestamp_ms, opinion, report })
}

fn operation_of(ctx: &mut Ctx<'_>, call: operationOfCall) -> Result<operationOfReturn, Stop> {
    let known = OPERATIONS.map(ctx, call.depositor)?.find(ctx, call.operation)?;
    Ok(operationOfReturn { used: known.is_some(), first: known.is_some_and(|known| known.first) })
}

fn record(deposit: &Deposit) -> Record {
    let Deposit { stamp, kind, sm3, provenance, reference, batch, attestations } = *deposit;
    Record {
        depositor: stamp.account,
        height: stamp.height,
        timestampMs: stamp.timestamp_ms,
        kind,
        count: files(batch),
        attestations,
        sm3,
        provenance,
        referenceId: reference,
    }
}

fn record_of_nothing() -> Record {
    Record { count: 0, ..record(&Deposit::default()) }
}

fn likely_reads(caller: Address, input: &[u8]) -> Vec<U256> {
    use IEvidenceCalls as C;
    let operation = |number: B256| (!number.is_zero()).then(|| OPERATIONS.slot_of_both(caller, number));
    let sm3 = |digest: B256| (!digest.is_zero()).then(|| BY_SM3.slot_of(digest));
    match dispatch::decode::<C>(input) {
        Ok(C::deposit(call)) => [COUNTS.slot(), DEPOSITS.slot_of(call.digest)]
            .into_iter()
            .chain(operation(call.operation))
            .chain(sm3(call.sm3))
            .collect(),
        Ok(C::depositBatch(call)) => [COUNTS.slot(), DEPOSITS.slot_of(call.root)]
            .into_iter()
            .chain(operation(call.operation))
            .collect(),
        Ok(C::attest(call)) => vec![COUNTS.slot(), DEPOSITS.slot_of(call.digest)],
        Ok(C::recordOf(call)) => vec![DEPOSITS.slot_of(call.digest)],
        Ok(C::recordOfSm3(call)) => vec![BY_SM3.slot_of(call.sm3)],
        _ => Vec::new(),
    }
}

/// What an error means; one of `members` is explained there.
fn explain(error: IEvidenceErrors, revert: &[u8]) -> Option<String> {
    use IEvidenceErrors as E;
    Some(match error {
        E::ZeroDigest(_) => "the digest is all zero; send the SHA-256 of the file".into(),
        E::SameDigestTwice(e) => {
            format!("SHA-256 and SM3 are both {}; send zero where there is no SM3 digest", e.digest)
        }
        E::UnknownKind(e) => format!(
            "there is no kind {}; kinds are {}",
            e.kind,
            list(Kind::ALL.map(|k| (k.number(), k.name())))
        ),
        E::ProvenanceRequired(e) => {
            let kind = Kind::from_number(e.kind).map_or("this", Kind::name);
            format!(
                "files of kind {} ({kind}) need the digest of a provenance report, made before the capture",
                e.kind
            )
        }
        E::BatchSize(e) => format!(
            "a batch of {} files, allowed are {} to {}; deposit one file by itself, split large batches",
            e.count, e.min, e.max
        ),
        E::Sm3Taken(e) => {
            format!("the SM3 digest {} is recorded for the file with SHA-256 {}", e.sm3, e.digest)
        }
        E::Sm3Differs(e) => format!(
            "the file with SHA-256 {} is recorded with SM3 {}, given is {}",
            e.digest, e.recorded, e.given
        ),
        E::OperationReused(e) => format!(
            "operation {} was used for a deposit with other content; choose a new number",
            e.operation
        ),
        E::NotDeposited(e) => format!("{} was never deposited; deposit it first", e.digest),
        E::UnknownOpinion(e) => format!(
            "there is no opinion {}; opinions are {}",
            e.opinion,
            list(Opinion::ALL.map(|o| (o.number(), o.name())))
        ),
        E::ZeroReport(_) => "the report digest is all zero; send the digest of the report".into(),
        E::AlreadyAttested(e) => format!(
            "organisation {} attested {} at height {}; it does so once",
            e.organisation, e.digest, e.height
        ),
        E::NoSuchAttestation(e) => {
            format!("{} has {} attestations, there is none in place {}", e.digest, e.count, e.index)
        }
        E::RoleRequired(_) => return Members.explain(revert),
    })
}

fn list<const N: usize>(terms: [(u8, &str); N]) -> String {
    terms.map(|(number, name)| format!("{number} {name}")).join(", ")
}
