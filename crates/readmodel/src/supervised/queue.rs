//! The queue: what whom must do by which working day, overdue first.
//!
//! Last days are worked out when asked, by the tables of working days in effect on the day asked
//! about: a new or corrected table moves whatever is open. Duties are kept by clock (start and
//! length), so that the calendar is asked once for each clock that runs and only the rows of the page
//! are read.
//!
//! Order: by last day; duties of one clock by service, order, pilot or proposal. After them come those
//! without a time limit, and those that only begin when a clock ends.

use super::{Listed, Party, Source, height, int, orders, record::Record, select::Conditions};
use crate::{
    query::{Ask, Query, QueryError, page},
    views::supervision::duties::{self as rows, length_of},
};
use ding_modules::{
    calendar::{Day, Deadline, events::TableLoaded},
    duties::Tables,
    members::terms::{Electorate, Role},
};
use ding_primitives::{B256, limits};
use rusqlite::{OptionalExtension as _, params_from_iter, types::Value};

record! {
    #[doc(hidden)]
    Stored {
        /// As the rows hold it.
        source: u8 = "d.source",
        /// As the rows hold it.
        thing: u64 = "d.thing",
        /// As the rows hold it.
        slot: u8 = "d.slot",
        /// As the rows hold it.
        item: u64 = "d.item",
        /// As the rows hold it.
        step: u8 = "d.step",
        /// As the rows hold it.
        parties: u16 = "d.parties",
        /// As the rows hold it.
        organisation: u32 = "d.organisation",
        /// As the rows hold it.
        division: u8 = "d.division",
        /// As the rows hold it.
        since_ms: u64 = "d.since_ms",
        /// As the rows hold it.
        until_ms: u64 = "d.until_ms",
        /// As the rows hold it.
        clock: u8 = "d.clock",
        /// As the rows hold it.
        begins: bool = "d.begins",
        /// As the rows hold it.
        start: Day = "d.start",
        /// As the rows hold it.
        unit: u8 = "d.unit",
        /// As the rows hold it.
        length: u16 = "d.length",
    }
}

/// Something that somebody must do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyRow {
    /// The module it comes from.
    pub source: Source,
    /// The service, order, pilot or proposal.
    pub thing: u64,
    /// Track of a filing; the step on others.
    pub slot: u8,
    /// The objection, penalty or assessment, or which of several duties of one step.
    pub item: u64,
    /// Filing number or running number; empty if it has none yet.
    pub number: String,
    /// What the thing is called.
    pub name: String,
    /// The step to be taken, in the vocabulary of the module; of a proposal 1 vote, 2 carry out.
    pub step: u8,
    /// Who may take it.
    pub parties: Vec<Party>,
    /// The organisation that is meant, where one is; 0 otherwise.
    pub organisation: u32,
    /// First two digits of the division whose administration is meant; 0 if none is.
    pub division: u8,
    /// Since when it is to be done, milliseconds since 1970.
    pub since_ms: u64,
    /// When it falls away, milliseconds since 1970; 0 if it does not.
    pub until_ms: u64,
    /// The clock, in the vocabulary of the module; 0 if no time is set.
    pub clock: u8,
    /// Day that started the clock, and working days if it counts those.
    pub start: Day,
    /// Working days of the clock; `None` if it counts other days or none.
    pub working_days: Option<u16>,
    /// Last day, and whether a year without a table was counted; `None` if no time is set.
    pub due: Option<Deadline>,
    /// The day after which it can be done, where a clock says that instead.
    pub not_before: Option<Deadline>,
    /// Whether its last day is over.
    pub overdue: bool,
}

/// Which duties a queue shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueFilter {
    /// Those of this organisation, in any of its roles.
    pub organisation: Option<u32>,
    /// Those of this module.
    pub source: Option<Source>,
    /// Those of this party.
    pub party: Option<Party>,
    /// Those of this division, first two digits.
    pub division: Option<u8>,
    /// Those that are due on this day or before.
    pub by: Option<Day>,
    /// Those whose last day is over, or those whose is not.
    pub overdue: Option<bool>,
}

/// Where a page of the queue starts: after the duty with this place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct QueueCursor {
    /// Last day; the highest number for those without one.
    pub due: u32,
    /// Day that started the clock.
    pub start: u32,
    /// Unit of its length.
    pub unit: u8,
    /// Its length.
    pub length: u16,
    /// Source, thing, slot and item.
    pub row: (u8, u64, u8, u64),
}

/// The last day of duties that have none, in cursors.
const NO_DAY: u32 = u32::MAX;

/// Clocks with one start and length.
#[derive(Clone, Copy, Debug)]
struct Group {
    start: u32,
    unit: u8,
    length: u16,
    due: Option<Deadline>,
}

impl Group {
    fn place(&self) -> (u32, u32, u8, u16) {
        (self.due.map_or(NO_DAY, |due| due.day.get()), self.start, self.unit, self.length)
    }
}

impl Query {
    /// A page of the queue as it stands at `now_ms`, overdue first.
    ///
    /// # Errors
    ///
    /// See [`QueryError`].
    pub fn queue(
        &self,
        filter: &QueueFilter,
        after: Option<QueueCursor>,
        limit: usize,
        now_ms: u64,
    ) -> Result<Listed<DutyRow, QueueCursor>, QueryError> {
        self.ask(|ask| {
            let height = height(ask)?;
            let limit = page(limit);
            let today = Day::from_ms(now_ms);
            let tables = tables(ask)?;
            let conditions = conditions(ask, filter, now_ms)?;
            let mut found: Vec<(QueueCursor, DutyRow)> = Vec::new();
            for group in groups(ask, &tables, today, filter)? {
                if found.len() > limit {
                    break;
                }
                ask.check()?;
                read(ask, &group, &conditions, after, limit + 1 - found.len(), |stored, cursor| {
                    found.push((cursor, duty(ask, &tables, &stored, now_ms)?));
                    Ok(())
                })?;
            }
            let more = found.len() > limit;
            found.truncate(limit);
            let next = found.last().filter(|_| more).map(|(cursor, _)| *cursor);
            Ok(Listed { rows: found.into_iter().map(|(_, row)| row).collect(), next, height })
        })
    }
}

/// The clocks that run, by last day; then what has none.
fn groups(
    ask: &Ask<'_>,
    tables: &Tables,
    today: Day,
    filter: &QueueFilter,
) -> Result<Vec<Group>, QueryError> {
    let mut select = ask
        .sql
        .prepare_cached("SELECT DISTINCT start, unit, length FROM supervision_duties WHERE timed = 1")?;
    let mut rows = select.query([])?;
    let mut groups = Vec::new();
    while let Some(row) = rows.next()? {
        let (start, unit, length) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let due = tables.last_day(today, Day::new(start), length_of(unit, length));
        groups.push(Group { start, unit, length, due });
    }
    let untimed = Group { start: 0, unit: 0, length: 0, due: None };
    let everything = filter.by.is_none() && filter.overdue != Some(true);
    groups.retain(|group| match group.due {
        None => everything,
        Some(Deadline { day, .. }) => {
            filter.by.is_none_or(|by| day <= by) && filter.overdue.is_none_or(|over| over == (day < today))
        }
    });
    groups.sort_unstable_by_key(Group::place);
    groups.extend(everything.then_some(untimed));
    Ok(groups)
}

/// Reads the duties of one clock, or those without one, after a place.
fn read(
    ask: &Ask<'_>,
    group: &Group,
    conditions: &Conditions,
    after: Option<QueueCursor>,
    limit: usize,
    mut take: impl FnMut(Stored, QueueCursor) -> Result<(), QueryError>,
) -> Result<(), QueryError> {
    let (due, start, unit, length) = group.place();
    let untimed = group.due.is_none() && (start, unit, length) == (0, 0, 0);
    let from = match after {
        None => (0, 0, 0, 0),
        Some(cursor) => match (cursor.due, cursor.start, cursor.unit, cursor.length).cmp(&group.place()) {
            core::cmp::Ordering::Less => (0, 0, 0, 0),
            core::cmp::Ordering::Equal => cursor.row,
            core::cmp::Ordering::Greater => return Ok(()),
        },
    };
    let (more, rest) = conditions.parts();
    let of =
        if untimed { "d.timed = 0" } else { "d.timed = 1 AND d.start = ? AND d.unit = ? AND d.length = ?" };
    let statement = format!(
        "SELECT {} FROM supervision_duties d WHERE {of} AND (d.source, d.thing, d.slot, d.item) > (?, ?, ?, ?){more} \
         ORDER BY d.source, d.thing, d.slot, d.item LIMIT ?",
        Stored::COLUMNS
    );
    let mut values: Vec<Value> = Vec::new();
    if !untimed {
        values.extend([Value::from(start), Value::from(unit), Value::from(length)]);
    }
    let (source, thing, slot, item) = from;
    values.extend([Value::from(source), int(thing), Value::from(slot), int(item)]);
    values.extend(rest.iter().cloned());
    values.push(Value::Integer(limit as i64));
    let mut select = ask.sql.prepare_cached(&statement)?;
    let mut rows = select.query(params_from_iter(values))?;
    while let Some(row) = rows.next()? {
        let stored = Stored::read(row)?;
        let row = (stored.source, stored.thing, stored.slot, stored.item);
        take(stored, QueueCursor { due, start, unit, length, row })?;
    }
    Ok(())
}

/// What a filter asks of a duty `d`.
fn conditions(ask: &Ask<'_>, filter: &QueueFilter, now_ms: u64) -> Result<Conditions, QueryError> {
    let mut conditions = Conditions::default();
    conditions.push("d.until_ms = 0 OR d.until_ms > ?", [int(now_ms)]);
    conditions.and("d.source = ?", filter.source.map(|source| source as u8));
    conditions.and("d.division = ?", filter.division);
    conditions.and("d.parties & ? <> 0", filter.party.map(Party::bit));
    let Some(organisation) = filter.organisation else { return Ok(conditions) };
    let mut select = ask
        .sql
        .prepare_cached("SELECT roles, division, validators FROM supervision_organisations WHERE id = ?1")?;
    let known = select
        .query_row([organisation], |row| {
            Ok((crate::views::number(row, 0)?, row.get::<_, u8>(1)?, row.get::<_, u32>(2)?))
        })
        .optional()?;
    let Some((roles, division, validators)) = known else {
        return Err(QueryError::Invalid(format!("there is no organisation {organisation}")));
    };
    let mut either = vec!["d.organisation = ? AND d.parties & ? <> 0"];
    let mut values = vec![Value::from(organisation), Value::from(Party::NAMED)];
    if roles & Role::Supervisor.bit() != 0 {
        either.push("d.parties & ? <> 0");
        values.push(Party::Supervisor.bit().into());
    }
    if roles & Role::Provincial.bit() != 0 {
        either.push("d.parties & ? <> 0 AND d.division = ?");
        values.extend([Value::from(Party::Provincial.bit()), Value::from(division)]);
    }
    for (electorate, votes) in [
        (Electorate::Supervisors, roles & Role::Supervisor.bit() != 0),
        (Electorate::Validators, validators > 0),
    ] {
        if votes {
            either.push(
                "d.parties & ? <> 0 AND EXISTS (SELECT 1 FROM supervision_proposals p WHERE p.id = d.thing AND \
                 p.electorate = ?) AND (d.step <> ? OR NOT EXISTS (SELECT 1 FROM supervision_votes v \
                 WHERE v.proposal = d.thing AND v.organisation = ?))",
            );
            let vote = rows::ProposalStep::Vote as u8;
            values.extend([
                Value::from(Party::Voters.bit()),
                Value::from(electorate.number()),
                Value::from(vote),
                Value::from(organisation),
            ]);
        }
    }
    let text = either.iter().map(|condition| format!("({condition})")).collect::<Vec<_>>().join(" OR ");
    conditions.push(&text, values);
    Ok(conditions)
}

/// What has to be done about a service.
pub(super) fn of_service(ask: &Ask<'_>, service: u64, now_ms: u64) -> Result<Vec<DutyRow>, QueryError> {
    of_thing(ask, Source::Filing, service, now_ms)
}

/// What has to be done about a thing, by last day.
pub(super) fn of_thing(
    ask: &Ask<'_>,
    source: Source,
    thing: u64,
    now_ms: u64,
) -> Result<Vec<DutyRow>, QueryError> {
    let tables = tables(ask)?;
    let stored: Vec<Stored> = super::select::all(
        ask,
        "supervision_duties d WHERE d.source = ? AND d.thing = ? AND (d.until_ms = 0 OR d.until_ms > ?) LIMIT ?",
        [
            Value::from(source as u8),
            int(thing),
            int(now_ms),
            Value::Integer(limits::READMODEL_PAGE_MAX as i64),
        ],
    )?;
    let mut duties =
        stored.iter().map(|row| duty(ask, &tables, row, now_ms)).collect::<Result<Vec<_>, _>>()?;
    duties.sort_by_key(|duty| duty.due.map_or(NO_DAY, |due| due.day.get()));
    Ok(duties)
}

/// A stored duty with its last day and what it is about.
fn duty(ask: &Ask<'_>, tables: &Tables, stored: &Stored, now_ms: u64) -> Result<DutyRow, QueryError> {
    let length = length_of(stored.unit, stored.length);
    let end = match stored.clock {
        0 => None,
        _ => tables.last_day(Day::from_ms(now_ms), stored.start, length),
    };
    let (due, not_before) = if stored.begins { (None, end) } else { (end, None) };
    let source = Source::from_number(stored.source)
        .ok_or_else(|| QueryError::Invalid(format!("a duty of source {}", stored.source)))?;
    let (number, name) = called(ask, source, stored.thing)?;
    Ok(DutyRow {
        source,
        thing: stored.thing,
        slot: stored.slot,
        item: stored.item,
        number,
        name,
        step: stored.step,
        parties: Party::ALL.into_iter().filter(|party| stored.parties & party.bit() != 0).collect(),
        organisation: stored.organisation,
        division: stored.division,
        since_ms: stored.since_ms,
        until_ms: stored.until_ms,
        clock: stored.clock,
        start: stored.start,
        working_days: match length {
            ding_modules::duties::Length::WorkingDays(days) => Some(days),
            _ => None,
        },
        overdue: due.is_some_and(|due| now_ms >= due.day.end_ms()),
        due,
        not_before,
    })
}

fn called(ask: &Ask<'_>, source: Source, thing: u64) -> Result<(String, String), QueryError> {
    let statement = match source {
        Source::Filing => "SELECT number, name FROM supervision_services WHERE id = ?1",
        Source::Order => {
            let found = orders::called(ask, thing)?;
            return Ok(found.map(|name| (thing.to_string(), name)).unwrap_or_default());
        }
        Source::Pilot => "SELECT CAST(id AS TEXT), title FROM supervision_pilots WHERE id = ?1",
        Source::Proposal => "SELECT CAST(id AS TEXT), title FROM supervision_proposals WHERE id = ?1",
    };
    let mut select = ask.sql.prepare_cached(statement)?;
    let found = select.query_row([thing.cast_signed()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    Ok(found.unwrap_or_default())
}

/// The tables of working days that were ever loaded.
pub(super) fn tables(ask: &Ask<'_>) -> Result<Tables, QueryError> {
    let mut select = ask.sql.prepare_cached(
        "SELECT year, version, effective, working, holidays, makeup, replaces FROM supervision_calendar \
         ORDER BY year, version",
    )?;
    let mut rows = select.query([])?;
    let mut tables = Tables::default();
    while let Some(row) = rows.next()? {
        tables.load(&TableLoaded {
            year: row.get(0)?,
            version: row.get(1)?,
            effectiveDay: row.get(2)?,
            workingDays: row.get(3)?,
            holidays: days(&row.get::<_, Vec<u8>>(4)?),
            makeupDays: days(&row.get::<_, Vec<u8>>(5)?),
            source: B256::ZERO,
            replaces: row.get(6)?,
            proposal: 0,
        });
    }
    Ok(tables)
}

/// Days of the year, two bytes each.
pub(super) fn days(bytes: &[u8]) -> Vec<u16> {
    bytes.as_chunks().0.iter().map(|pair| u16::from_be_bytes(*pair)).collect()
}
