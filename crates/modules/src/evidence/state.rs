//! Storage of `evidence`, in Solidity layout.
//!
//! | slot | type                                                   | meaning                             |
//! |------|--------------------------------------------------------|-------------------------------------|
//! | 0    | Counts                                                 | deposits and attestations ever made |
//! | 1    | mapping(bytes32 => Deposit)                            | first deposit by digest             |
//! | 2    | mapping(bytes32 => bytes32)                            | SHA-256 by SM3                      |
//! | 3    | mapping(address => mapping(bytes32 => Operation))      | deposits by depositor's own number  |
//! | 4    | mapping(bytes32 => mapping(uint32 => Attestation))     | by digest and organisation          |
//! | 5    | mapping(bytes32 => mapping(uint32 => uint32))          | organisation by digest and place    |
//!
//! The first word of a deposit is never zero, so one slot proves that a digest was deposited, by
//! whom and when, or, being absent, that it never was ([`record_slot`]).

use crate::{
    Ctx, Stop,
    storage::{Cell, Map, Stored, pack, unpack},
};
use ding_primitives::{Address, B256, U256, address};

/// Where the module lives.
pub const ADDRESS: Address = address!("00000000000000000000000000000000000d0002");

/// Deposits and attestations ever made.
pub const COUNTS: Cell<Counts> = Cell::at(ADDRESS, 0);
/// First deposit by digest.
pub const DEPOSITS: Map<B256, Deposit> = Map::at(ADDRESS, 1);
/// SHA-256 digest by SM3 digest.
pub const BY_SM3: Map<B256, B256> = Map::at(ADDRESS, 2);
/// Deposits by depositor and the depositor's own number.
pub const OPERATIONS: Map<Address, Map<B256, Operation>> = Map::at(ADDRESS, 3);
/// Attestations by digest and organisation.
pub const ATTESTATIONS: Map<B256, Map<u32, Attestation>> = Map::at(ADDRESS, 4);
/// Organisations that attested a digest, by place from 0 on.
pub const ATTESTERS: Map<B256, Map<u32, u32>> = Map::at(ADDRESS, 5);

/// The slot that holds who deposited a digest first and when ([`Stamp`] and kind); absent if nobody
/// ever did.
pub fn record_slot(digest: B256) -> U256 {
    DEPOSITS.slot_of(digest)
}

/// Numbers of what ever happened. One word, low bits first, 64 bits each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// First deposits.
    pub records: u64,
    /// Later deposits of digests that were there.
    pub repeats: u64,
    /// Attestations.
    pub attestations: u64,
}

/// Who did something, and when. Low bits first: account (160) | time in ms (48) | height (40).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// The account.
    pub account: Address,
    /// Time of the block, milliseconds since 1970-01-01T00:00:00Z.
    pub timestamp_ms: u64,
    /// Height of the block.
    pub height: u64,
}

/// First deposit of a digest. First word: [`Stamp`] | kind (8). Then SM3, provenance and reference,
/// a word each. Last word: files of the batch (32; zero for a single file) | attestations (32).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deposit {
    /// Who and when.
    pub stamp: Stamp,
    /// Number of the kind.
    pub kind: u8,
    /// SM3 digest of the same file, or zero.
    pub sm3: B256,
    /// Digest of the provenance report, or zero.
    pub provenance: B256,
    /// What the depositor refers to, or zero.
    pub reference: B256,
    /// Files of the batch; zero if the digest is of one file.
    pub batch: u32,
    /// Organisations that attested.
    pub attestations: u32,
}

/// A deposit under the depositor's own number. One word, low bits first: result (8) | the first 31
/// bytes of the content's hash (248).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Whether it was the first of its digest.
    pub first: bool,
    /// Hash of everything presented, last byte zero.
    pub content: B256,
}

/// What an organisation found. First word: [`Stamp`] | opinion (8). Second word: report digest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attestation {
    /// Who and when.
    pub stamp: Stamp,
    /// Number of the opinion.
    pub opinion: u8,
    /// Digest of the report.
    pub report: B256,
}

impl Stamp {
    const TIME_BITS: usize = 48;
    const HEIGHT_BITS: usize = 40;

    /// The caller, now.
    ///
    /// # Errors
    ///
    /// A fault if the block is beyond what a stamp holds: height 2^40 or the year 10889.
    pub fn now(ctx: &Ctx<'_>) -> Result<Self, Stop> {
        let (timestamp_ms, height) = (ctx.timestamp_ms(), ctx.height().get());
        let fits = timestamp_ms >> Self::TIME_BITS == 0 && height >> Self::HEIGHT_BITS == 0;
        ctx.invariant("E1 a stamp holds the block's height and time", fits)?;
        Ok(Self { account: ctx.caller(), timestamp_ms, height })
    }

    fn pack(&self, code: u8) -> U256 {
        pack(&[
            (self.account.into_word().into(), 160),
            (U256::from(self.timestamp_ms), Self::TIME_BITS),
            (U256::from(self.height), Self::HEIGHT_BITS),
            (U256::from(code), 8),
        ])
    }

    fn unpack(word: U256) -> Option<(Self, u8)> {
        let [account, time, height, code] = unpack(word, [160, Self::TIME_BITS, Self::HEIGHT_BITS, 8])?;
        let account = Address::from_word(account.into());
        Some((Self { account, timestamp_ms: time.to(), height: height.to() }, code.to()))
    }
}

impl Stored for Counts {
    type Words = [U256; 1];

    fn to_words(&self) -> [U256; 1] {
        [pack(&[self.records, self.repeats, self.attestations].map(|n| (U256::from(n), 64)))]
    }

    fn from_words([word]: &[U256; 1]) -> Option<Self> {
        let [records, repeats, attestations] = unpack(*word, [64, 64, 64])?;
        Some(Self { records: records.to(), repeats: repeats.to(), attestations: attestations.to() })
    }
}

impl Stored for Deposit {
    type Words = [U256; 5];

    fn to_words(&self) -> [U256; 5] {
        let numbers = pack(&[(U256::from(self.batch), 32), (U256::from(self.attestations), 32)]);
        [self.stamp.pack(self.kind), self.sm3.into(), self.provenance.into(), self.reference.into(), numbers]
    }

    fn from_words([first, sm3, provenance, reference, numbers]: &[U256; 5]) -> Option<Self> {
        let (stamp, kind) = Stamp::unpack(*first)?;
        let [batch, attestations] = unpack(*numbers, [32, 32])?;
        Some(Self {
            stamp,
            kind,
            sm3: (*sm3).into(),
            provenance: (*provenance).into(),
            reference: (*reference).into(),
            batch: batch.to(),
            attestations: attestations.to(),
        })
    }
}

impl Operation {
    const REPEATED: u8 = 1;
    const FIRST: u8 = 2;
}

impl Stored for Operation {
    type Words = [U256; 1];

    fn to_words(&self) -> [U256; 1] {
        let result = if self.first { Self::FIRST } else { Self::REPEATED };
        let [content] = self.content.to_words();
        [content - U256::from(content.byte(0)) + U256::from(result)]
    }

    fn from_words([word]: &[U256; 1]) -> Option<Self> {
        let first = match word.byte(0) {
            Self::FIRST => true,
            Self::REPEATED => false,
            _ => return None,
        };
        Some(Self { first, content: (*word - U256::from(word.byte(0))).into() })
    }
}

impl Stored for Attestation {
    type Words = [U256; 2];

    fn to_words(&self) -> [U256; 2] {
        [self.stamp.pack(self.opinion), self.report.into()]
    }

    fn from_words([first, report]: &[U256; 2]) -> Option<Self> {
        let (stamp, opinion) = Stamp::unpack(*first)?;
        Some(Self { stamp, opinion, report: (*report).into() })
    }
}
