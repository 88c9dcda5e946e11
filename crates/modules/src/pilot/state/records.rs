//! Pilots, entities and documents as storage words.

use super::words::{account, address, n};
use crate::storage::{Stored, pack, unpack};
use ding_primitives::{Address, B256, U256};

/// Numbers of what there ever was. One word, low bits first: pilots (32) | documents (32) | entities
/// (32).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Pilots.
    pub pilots: u32,
    /// Source documents.
    pub documents: u32,
    /// Entities.
    pub entities: u32,
}

/// What the programme leaves open. One word, low bits first, 16 bits each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parameters {
    /// Days of public comment.
    pub comment_days: u16,
    /// Days after a day during which its value can still be reported.
    pub report_days: u16,
    /// Longest time from a recommendation to the pilot's last day, in days.
    pub duration_days: u16,
    /// Months from one assessment to the next.
    pub assessment_months: u16,
}

impl Parameters {
    /// Before the supervisors set any: a comment period as in December 2021 (the 22nd to the 28th), a
    /// report until the end of the next day, three years, half-year assessments.
    pub const DEFAULT: Self =
        Self { comment_days: 7, report_days: 1, duration_days: 1096, assessment_months: 6 };
}

/// A pilot, as each of its steps needs it. First word, low bits first: kind, state, field, zone,
/// division (8 each) | recommending organisation (32) | competent organisation (32) | chain (64) |
/// indicators (16) | filing numbers (16) | adjustments (16) | interim assessments (16) | evaluated (1) |
/// removal proposed (1) | days to report (16). Second word: entity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pilot {
    /// Number of the kind.
    pub kind: u8,
    /// Number of the state.
    pub state: u8,
    /// Number of the field; 0 for a comprehensive pilot.
    pub field: u8,
    /// Number of the zone; 0 for none.
    pub zone: u8,
    /// First two digits of the division.
    pub division: u8,
    /// Organisation that recommended it.
    pub recommender: u32,
    /// Competent department; 0 until the review.
    pub competent: u32,
    /// Chain that source heights refer to; 0 until it is described.
    pub chain_id: u64,
    /// Indicators.
    pub indicators: u16,
    /// Filing numbers named.
    pub filings: u16,
    /// Adjustment orders.
    pub adjustments: u16,
    /// Half-year assessments.
    pub interims: u16,
    /// Whether the present result was evaluated.
    pub evaluated: bool,
    /// Whether its removal is proposed.
    pub removal: bool,
    /// Days after a day during which its value can be reported, as the parameter was when it began.
    pub report_days: u16,
    /// Code of its entity.
    pub entity: B256,
}

/// Title, days and documents of a pilot. First word: digest of the title. Second word, low bits
/// first: published (32) | listed (32) | start (32) | end (32) | comments (32) | objections open (32) |
/// objections upheld (32) | days of comment (16) | months between assessments (16). Third word: digest of the last description. Fourth
/// word: reviewer (160) | shortlist (32) | list (32) | result (32).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Keccak-256 of the title.
    pub title: B256,
    /// First day of comments.
    pub published: u32,
    /// Day on which it was listed.
    pub listed: u32,
    /// Day on which it began.
    pub start: u32,
    /// Its last day.
    pub end: u32,
    /// Comments.
    pub comments: u32,
    /// Objections without an answer.
    pub open: u32,
    /// Objections found right.
    pub upheld: u32,
    /// Days of comment when it was published.
    pub comment_days: u16,
    /// Months from one assessment to the next when it began.
    pub assessment_months: u16,
    /// Keccak-256 of the last description.
    pub facts: B256,
    /// Account that reviewed it.
    pub reviewer: Address,
    /// Document it was published under.
    pub shortlist: u32,
    /// Document it was listed under.
    pub list: u32,
    /// Document it was accepted or removed under.
    pub result: u32,
}

/// An entity. First word: account (160) | division (8) | pilots (32) | day of registration (32).
/// Second word: Keccak-256 of the name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entity {
    /// Account that acts for it.
    pub account: Address,
    /// First two digits of its division.
    pub division: u8,
    /// Pilots it was ever recommended for.
    pub pilots: u32,
    /// Day of registration.
    pub registered: u32,
    /// Keccak-256 of its name.
    pub name: B256,
}

/// Live pilots of an entity in a field, the oldest first: one word, 32 bits each, low bits first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held(Vec<u32>);

/// A source document. First word, low bits first: kind (8) | day of issue (32) | departments (16) |
/// zones (16) | specials (16) | listed zones (16) | listed specials (16) | day of record (32). Second
/// word: digest of its file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Number of the kind.
    pub kind: u8,
    /// Day of issue.
    pub issued: u32,
    /// Departments that issued it.
    pub departments: u16,
    /// Comprehensive pilots that it counts.
    pub zones: u16,
    /// Special pilots that it counts.
    pub specials: u16,
    /// Comprehensive pilots listed under it.
    pub listed_zones: u16,
    /// Special pilots listed under it.
    pub listed_specials: u16,
    /// Day on which it was recorded.
    pub recorded: u32,
    /// Digest of its file.
    pub digest: B256,
}

impl Held {
    /// Pilots that fit.
    pub const MAX: usize = 8;

    /// The pilots, the oldest first.
    pub fn pilots(&self) -> &[u32] {
        &self.0
    }

    /// With one more; `None` if it is full.
    #[must_use]
    pub fn with(&self, id: u32) -> Option<Self> {
        let mut pilots = self.0.clone();
        pilots.push(id);
        (pilots.len() <= Self::MAX).then_some(Self(pilots))
    }

    /// Without this one.
    #[must_use]
    pub fn without(&self, id: u32) -> Self {
        Self(self.0.iter().copied().filter(|own| *own != id).collect())
    }
}

impl Stored for Counts {
    type Words = [U256; 1];

    fn to_words(&self) -> [U256; 1] {
        [pack(&[self.pilots, self.documents, self.entities].map(|count| (n(count), 32)))]
    }

    fn from_words([word]: &[U256; 1]) -> Option<Self> {
        let [pilots, documents, entities] = unpack(*word, [32; 3])?;
        Some(Self { pilots: pilots.to(), documents: documents.to(), entities: entities.to() })
    }
}

impl Stored for Parameters {
    type Words = [U256; 1];

    fn to_words(&self) -> [U256; 1] {
        let Self { comment_days, report_days, duration_days, assessment_months } = *self;
        [pack(&[comment_days, report_days, duration_days, assessment_months].map(|number| (n(number), 16)))]
    }

    fn from_words([word]: &[U256; 1]) -> Option<Self> {
        let [comment_days, report_days, duration_days, assessment_months] = unpack(*word, [16; 4])?;
        Some(Self {
            comment_days: comment_days.to(),
            report_days: report_days.to(),
            duration_days: duration_days.to(),
            assessment_months: assessment_months.to(),
        })
    }
}

impl Stored for Pilot {
    type Words = [U256; 2];

    fn to_words(&self) -> [U256; 2] {
        let first = pack(&[
            (n(self.kind), 8),
            (n(self.state), 8),
            (n(self.field), 8),
            (n(self.zone), 8),
            (n(self.division), 8),
            (n(self.recommender), 32),
            (n(self.competent), 32),
            (n(self.chain_id), 64),
            (n(self.indicators), 16),
            (n(self.filings), 16),
            (n(self.adjustments), 16),
            (n(self.interims), 16),
            (n(self.evaluated), 1),
            (n(self.removal), 1),
            (n(self.report_days), 16),
        ]);
        [first, self.entity.into()]
    }

    fn from_words([first, entity]: &[U256; 2]) -> Option<Self> {
        let widths = [8, 8, 8, 8, 8, 32, 32, 64, 16, 16, 16, 16, 1, 1, 16];
        let [
            kind,
            state,
            field,
            zone,
            division,
            recommender,
            competent,
            chain_id,
            indicators,
            filings,
            adjustments,
            interims,
            evaluated,
            removal,
            report_days,
        ] = unpack(*first, widths)?;
        Some(Self {
            kind: kind.to(),
            state: state.to(),
            field: field.to(),
            zone: zone.to(),
            division: division.to(),
            recommender: recommender.to(),
            competent: competent.to(),
            chain_id: chain_id.to(),
            indicators: indicators.to(),
            filings: filings.to(),
            adjustments: adjustments.to(),
            interims: interims.to(),
            evaluated: !evaluated.is_zero(),
            removal: !removal.is_zero(),
            report_days: report_days.to(),
            entity: (*entity).into(),
        })
    }
}

impl Stored for Plan {
    type Words = [U256; 4];

    fn to_words(&self) -> [U256; 4] {
        let days = pack(&[
            (n(self.published), 32),
            (n(self.listed), 32),
            (n(self.start), 32),
            (n(self.end), 32),
            (n(self.comments), 32),
            (n(self.open), 32),
            (n(self.upheld), 32),
            (n(self.comment_days), 16),
            (n(self.assessment_months), 16),
        ]);
        let documents = pack(&[
            account(self.reviewer),
            (n(self.shortlist), 32),
            (n(self.list), 32),
            (n(self.result), 32),
        ]);
        [self.title.into(), days, self.facts.into(), documents]
    }

    fn from_words([title, days, facts, documents]: &[U256; 4]) -> Option<Self> {
        let [published, listed, start, end, comments, open, upheld, comment_days, assessment_months] =
            unpack(*days, [32, 32, 32, 32, 32, 32, 32, 16, 16])?;
        let [reviewer, shortlist, list, result] = unpack(*documents, [160, 32, 32, 32])?;
        Some(Self {
            title: (*title).into(),
            published: published.to(),
            listed: listed.to(),
            start: start.to(),
            end: end.to(),
            comments: comments.to(),
            open: open.to(),
            upheld: upheld.to(),
            comment_days: comment_days.to(),
            assessment_months: assessment_months.to(),
            facts: (*facts).into(),
            reviewer: address(reviewer),
            shortlist: shortlist.to(),
            list: list.to(),
            result: result.to(),
        })
    }
}

impl Stored for Entity {
    type Words = [U256; 2];

    fn to_words(&self) -> [U256; 2] {
        let first = pack(&[
            account(self.account),
            (n(self.division), 8),
            (n(self.pilots), 32),
            (n(self.registered), 32),
        ]);
        [first, self.name.into()]
    }

    fn from_words([first, name]: &[U256; 2]) -> Option<Self> {
        let [account, division, pilots, registered] = unpack(*first, [160, 8, 32, 32])?;
        Some(Self {
            account: address(account),
            division: division.to(),
            pilots: pilots.to(),
            registered: registered.to(),
            name: (*name).into(),
        })
    }
}

impl Stored for Held {
    type Words = [U256; 1];

    fn to_words(&self) -> [U256; 1] {
        let fields: Vec<(U256, usize)> = self.0.iter().map(|id| (n(*id), 32)).collect();
        [pack(&fields)]
    }

    fn from_words([word]: &[U256; 1]) -> Option<Self> {
        let places = unpack(*word, [32; Self::MAX])?.map(|id| id.to::<u32>());
        let count = places.iter().position(|id| *id == 0).unwrap_or(Self::MAX);
        let (pilots, rest) = places.split_at_checked(count)?;
        rest.iter().all(|id| *id == 0).then(|| Self(pilots.to_vec()))
    }
}

impl Stored for Document {
    type Words = [U256; 2];

    fn to_words(&self) -> [U256; 2] {
        let first = pack(&[
            (n(self.kind), 8),
            (n(self.issued), 32),
            (n(self.departments), 16),
            (n(self.zones), 16),
            (n(self.specials), 16),
            (n(self.listed_zones), 16),
            (n(self.listed_specials), 16),
            (n(self.recorded), 32),
        ]);
        [first, self.digest.into()]
    }

    fn from_words([first, digest]: &[U256; 2]) -> Option<Self> {
        let [kind, issued, departments, zones, specials, listed_zones, listed_specials, recorded] =
            unpack(*first, [8, 32, 16, 16, 16, 16, 16, 32])?;
        Some(Self {
            kind: kind.to(),
            issued: issued.to(),
            departments: departments.to(),
            zones: zones.to(),
            specials: specials.to(),
            listed_zones: listed_zones.to(),
            listed_specials: listed_specials.to(),
            recorded: recorded.to(),
            digest: (*digest).into(),
        })
    }
}
