//! Pilots with their entity, indicators, entries, comments and history.

use super::{
    DutyRow, Found, HistoryRow, Listed, Page, Source, Thing, height, history, log, queue,
    search::Needle,
    select::{self, Conditions},
};
use crate::query::{Query, QueryError, page};
use ding_modules::calendar::Day;
use ding_primitives::{Address, B256, Log};
use rusqlite::types::Value;

record! {
    /// A pilot as lists show it.
    PilotRow {
        /// Its number.
        id: u32 = "p.id",
        /// Comprehensive or special.
        kind: u8 = "p.kind",
        /// Unified social credit code of the entity, ASCII from the left.
        entity: B256 = "p.entity",
        /// Name of the entity; empty if it is not registered.
        entity_name: String = "coalesce((SELECT name FROM supervision_entities WHERE code = p.entity), '')",
        /// Field; 0 for a comprehensive pilot.
        field: u8 = "p.field",
        /// Class of the field; 0 for a comprehensive pilot.
        class: u8 = "p.class",
        /// Zone; 0 outside the zones.
        zone: u8 = "p.zone",
        /// First two digits of the division.
        division: u8 = "p.division",
        /// Organisation that recommended it.
        recommender: u32 = "p.recommender",
        /// Competent department; 0 until the review.
        competent: u32 = "p.competent",
        /// What it is called.
        title: String = "p.title",
        /// Where it stands.
        state: u8 = "p.state",
        /// Since when, milliseconds since 1970.
        changed_ms: u64 = "p.changed_ms",
        /// Day of the recommendation.
        recommended_on: Day = "p.recommended_on",
        /// First day of comments; day 0 before.
        published_on: Day = "p.published_on",
        /// Days of comment.
        comment_days: u16 = "p.comment_days",
        /// Comments.
        comments: u32 = "p.comments",
        /// Objections without an answer.
        objections: u32 = "p.objections",
        /// Day of the listing; day 0 before.
        listed_on: Day = "p.listed_on",
        /// Document of the list it is on; 0 before.
        document: u32 = "p.document",
        /// Day it began; day 0 before.
        start_day: Day = "p.start_day",
        /// Its last day.
        end_day: Day = "p.end_day",
        /// Half-year assessments so far.
        interims: u16 = "p.interims",
        /// Verdict on the present result; 0 if it was not evaluated.
        verdict: u8 = "p.evaluated",
        /// Reason of a proposed removal; 0 if none is proposed.
        removal: u8 = "p.removal",
        /// Chain it runs on; 0 until it is described.
        chain_id: u64 = "p.chain_id",
        /// Event that describes it.
        described: Option<u64> = "p.described",
    }
}

record! {
    /// An entity that carries pilots.
    EntityRow {
        /// Unified social credit code, ASCII from the left.
        code: B256 = "e.code",
        /// The account that acts for it.
        account: Address = "e.account",
        /// Member organisation of that account; 0 if none.
        organisation: u32 = "e.organisation",
        /// First two digits of its division.
        division: u8 = "e.division",
        /// Its name.
        name: String = "e.name",
        /// Day of its registration.
        day: Day = "e.day",
    }
}

record! {
    /// A goal of a pilot.
    IndicatorRow {
        /// Its number, from 0.
        indicator: u16 = "i.indicator",
        /// What it is called.
        name: String = "i.name",
        /// Unit of measure.
        unit: String = "i.unit",
        /// Digits of the values that stand behind the point.
        decimals: u8 = "i.decimals",
        /// Value at the beginning.
        baseline: i64 = "i.baseline",
        /// Value to reach.
        target: i64 = "i.target",
        /// Day by which it is to be reached.
        due: Day = "i.due",
        /// Changes of target or day.
        revisions: u16 = "i.revisions",
        /// Values ever entered.
        entries: u32 = "i.entries",
        /// Latest day with a value; day 0 if there is none.
        last_day: Day = "i.last_day",
        /// The value that counts for that day.
        value: Option<i64> = "i.value",
    }
}

record! {
    /// A value of an indicator.
    EntryRow {
        /// Number of its event on the chain.
        ordinal: u64 = "n.ordinal",
        /// The indicator.
        indicator: u16 = "n.indicator",
        /// Its number.
        entry: u32 = "n.entry",
        /// The day that it is of.
        day: Day = "n.day",
        /// The value.
        value: i64 = "n.value",
        /// The entry that it corrects, 0 for a day that had none; `None` if it corrects nothing.
        corrects: Option<u32> = "n.corrects",
        /// Chain on which it can be recomputed.
        chain_id: u64 = "n.chain_id",
        /// Height on that chain.
        source_height: u64 = "n.source_height",
        /// Digest of the working, or zero.
        source: B256 = "n.source",
    }
}

record! {
    /// A comment of the public.
    CommentRow {
        /// Its number.
        number: u32 = "c.number",
        /// Support, objection or remark.
        kind: u8 = "c.kind",
        /// What became of it; 0 if it has no answer.
        outcome: u8 = "c.outcome",
        /// Who commented.
        account: Address = "c.account",
        /// What it says.
        text: String = "c.text",
        /// Day of the comment.
        day: Day = "c.day",
    }
}

record! {
    #[doc(hidden)]
    Named {
        /// A filing number, ASCII from the left.
        number: B256 = "n.number",
    }
}

/// Which pilots a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PilotFilter {
    /// Where they stand.
    pub state: Option<u8>,
    /// Zone.
    pub zone: Option<u8>,
    /// Field.
    pub field: Option<u8>,
    /// Class of the field.
    pub class: Option<u8>,
    /// Part of the title or of the entity's name.
    pub text: Option<String>,
}

/// Everything about one pilot. Lists but the history hold the newest rows, at most a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pilot {
    /// The pilot.
    pub pilot: PilotRow,
    /// Its entity, if it is registered.
    pub entity: Option<EntityRow>,
    /// The event that describes it.
    pub description: Option<Log>,
    /// Its goals.
    pub indicators: Vec<IndicatorRow>,
    /// Values of its indicators, newest first.
    pub entries: Vec<EntryRow>,
    /// Comments, newest first.
    pub comments: Vec<CommentRow>,
    /// Filing numbers it names, ASCII from the left.
    pub filings: Vec<B256>,
    /// What has to be done about it.
    pub duties: Vec<DutyRow>,
    /// What happened, newest first.
    pub history: Listed<HistoryRow>,
}

impl Query {
    /// Pilots, newest first.
    ///
    /// # Errors
    ///
    /// See [`QueryError`].
    pub fn pilots(&self, filter: &PilotFilter, wanted: Page) -> Result<Listed<PilotRow>, QueryError> {
        let needle = filter.text.as_deref().map(Needle::of).transpose()?;
        let mut conditions = Conditions::default();
        conditions.and("p.state = ?", filter.state);
        conditions.and("p.zone = ?", filter.zone);
        conditions.and("p.field = ?", filter.field);
        conditions.and("p.class = ?", filter.class);
        let source = select::Source { tables: "supervision_pilots p", id: "p.id", thing: Some(Thing::Pilot) };
        self.ask(|ask| {
            select::list(ask, source, &conditions, needle.as_ref(), wanted, |row: &PilotRow| row.id.into())
        })
    }

    /// Everything about one pilot; `wanted` is the page of its history. `now_ms` says what is overdue.
    ///
    /// # Errors
    ///
    /// See [`QueryError`].
    pub fn pilot(&self, id: u32, wanted: Page, now_ms: u64) -> Result<Option<Found<Pilot>>, QueryError> {
        self.ask(|ask| {
            let rows = |limit| [Value::from(id), Value::Integer(limit)];
            let found = select::one(ask, "supervision_pilots p WHERE p.id = ?", [Value::from(id)])?;
            let Some(pilot): Option<PilotRow> = found else { return Ok(None) };
            let limit = page(wanted.limit) as i64;
            let whole = ding_primitives::limits::READMODEL_PAGE_MAX as i64;
            let entity = "supervision_entities e WHERE e.code = ?";
            let indicators = "supervision_indicators i WHERE i.pilot = ? ORDER BY i.indicator LIMIT ?";
            let entries = "supervision_entries n WHERE n.pilot = ? ORDER BY n.ordinal DESC LIMIT ?";
            let comments = "supervision_comments c WHERE c.pilot = ? ORDER BY c.number DESC LIMIT ?";
            let named = "supervision_named n WHERE n.pilot = ? ORDER BY n.number LIMIT ?";
            let numbers: Vec<Named> = select::all(ask, named, rows(whole))?;
            let value = Pilot {
                entity: select::one(ask, entity, [Value::Blob(pilot.entity.to_vec())])?,
                description: pilot.described.map(|ordinal| log(ask, ordinal)).transpose()?.flatten(),
                indicators: select::all(ask, indicators, rows(whole))?,
                entries: select::all(ask, entries, rows(limit))?,
                comments: select::all(ask, comments, rows(limit))?,
                filings: numbers.into_iter().map(|named| named.number).collect(),
                duties: queue::of_thing(ask, Source::Pilot, id.into(), now_ms)?,
                history: history(ask, Thing::Pilot, id.into(), wanted)?,
                pilot,
            };
            Ok(Some(Found { value, height: height(ask)? }))
        })
    }
}
