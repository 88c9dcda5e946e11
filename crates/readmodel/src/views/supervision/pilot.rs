//! Events of `pilot`: entities, pilots, their indicators, entries and comments, source documents.

use super::{
    At, Rows,
    duties::{self, Duty, Party, Running, Source},
    history::{Thing, tell},
    int,
    names::{self, Names},
};
use ding_modules::{
    calendar::Day,
    pilot::{
        duties::{Facts, duties as duties_of},
        events::{Event, Recommended},
        machine::{State, Step},
        terms::{Assessment, Clock, CommentKind, Field, Party as PilotParty},
    },
};
use ding_primitives::B256;
use rusqlite::params;

/// Writes what an event says.
pub(super) fn project(rows: &Rows<'_>, event: &Event, at: &At) -> rusqlite::Result<()> {
    match event {
        Event::DocumentRecorded(e) => {
            let names = Names { number: &e.number, name: &e.title, other: "" };
            names::put(rows, Thing::Document, e.document.into(), names)?;
            return tell(rows, Thing::Document, e.document.into(), at);
        }
        Event::EntityRegistered(e) => {
            rows.run(
                "INSERT INTO supervision_entities (code, account, organisation, division, name, day) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (code) DO UPDATE SET account = ?2, organisation = ?3, \
                 division = ?4, name = ?5",
                (e.entity.as_slice(), e.account.as_slice(), e.organisation, e.division, &e.name, e.today),
            )?;
            return entity(rows, &e.entity, at);
        }
        Event::EntityChanged(e) => {
            rows.run(
                "UPDATE supervision_entities SET account = ?2, name = ?3, organisation = coalesce((SELECT organisation \
                 FROM supervision_accounts WHERE account = ?2), 0) WHERE code = ?1",
                (e.entity.as_slice(), e.account.as_slice(), &e.name),
            )?;
            return entity(rows, &e.entity, at);
        }
        Event::ParametersSet(_) => return Ok(()),
        _ => {}
    }
    let id = on_pilot(rows, event, at)?;
    tell(rows, Thing::Pilot, id.into(), at)?;
    refresh(rows, id)
}

/// Writes an event of one pilot; answers its number.
fn on_pilot(rows: &Rows<'_>, event: &Event, at: &At) -> rusqlite::Result<u32> {
    let to = |id: u32, state: State| {
        rows.run(
            "UPDATE supervision_pilots SET state = ?2, changed_ms = ?3 WHERE id = ?1",
            (id, state.number(), int(at.timestamp_ms)),
        )
    };
    let set = |statement: &str, id: u32, value: i64| rows.run(statement, (id, value));
    Ok(match event {
        Event::Recommended(e) => {
            recommended(rows, e, at)?;
            e.id
        }
        Event::IndicatorAdded(e) => {
            rows.run(
                "INSERT OR REPLACE INTO supervision_indicators (pilot, indicator, name, unit, decimals, baseline, \
                 target, due, revisions, entries, last_day, value) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0, 0, NULL)",
                (e.id, e.indicator, &e.name, &e.unit, e.decimals, e.baseline, e.target, e.due),
            )?;
            e.id
        }
        Event::IndicatorChanged(e) => {
            rows.run(
                "UPDATE supervision_indicators SET revisions = ?3, target = ?4, due = ?5 \
                 WHERE pilot = ?1 AND indicator = ?2",
                (e.id, e.indicator, e.revision, e.target, e.due),
            )?;
            e.id
        }
        Event::Described(e) => {
            rows.run(
                "UPDATE supervision_pilots SET chain_id = ?2, described = ?3 WHERE id = ?1",
                (e.id, int(e.chainId), int(at.ordinal)),
            )?;
            e.id
        }
        Event::FilingNamed(e) => {
            rows.run(
                "INSERT OR IGNORE INTO supervision_named (pilot, number) VALUES (?1, ?2)",
                (e.id, e.number.as_slice()),
            )?;
            e.id
        }
        Event::FilingDropped(e) => {
            rows.run(
                "DELETE FROM supervision_named WHERE pilot = ?1 AND number = ?2",
                (e.id, e.number.as_slice()),
            )?;
            e.id
        }
        Event::Reviewed(e) => {
            set("UPDATE supervision_pilots SET competent = ?2 WHERE id = ?1", e.id, e.competent.into())?;
            to(e.id, State::Reviewed)?;
            e.id
        }
        Event::CompetentAssigned(e) => {
            set("UPDATE supervision_pilots SET competent = ?2 WHERE id = ?1", e.id, e.competent.into())?;
            e.id
        }
        Event::Published(e) => {
            rows.run(
                "UPDATE supervision_pilots SET published_on = ?2, comment_days = ?3 WHERE id = ?1",
                (e.id, e.today, e.commentDays),
            )?;
            to(e.id, State::PublicComment)?;
            e.id
        }
        Event::Commented(e) => {
            rows.run(
                "INSERT OR REPLACE INTO supervision_comments (pilot, number, kind, outcome, account, text, day) \
                 VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6)",
                (e.id, e.number, e.kind, e.account.as_slice(), &e.text, e.today),
            )?;
            count_comments(rows, e.id)?;
            e.id
        }
        Event::Answered(e) => {
            rows.run(
                "UPDATE supervision_comments SET outcome = ?3 WHERE pilot = ?1 AND number = ?2",
                (e.id, e.number, e.outcome),
            )?;
            count_comments(rows, e.id)?;
            e.id
        }
        Event::Listed(e) => {
            listed(rows, e.id, e.document, e.today)?;
            to(e.id, State::Listed)?;
            e.id
        }
        Event::Entered(e) => {
            listed(rows, e.id, e.document, e.listedOn)?;
            to(e.id, State::Listed)?;
            e.id
        }
        Event::Declined(e) => {
            to(e.id, State::Declined)?;
            e.id
        }
        Event::Withdrawn(e) => {
            to(e.id, State::Withdrawn)?;
            e.id
        }
        Event::Started(e) => {
            rows.run(
                "UPDATE supervision_pilots SET start_day = ?2, end_day = ?3, assessment_months = ?4 WHERE id = ?1",
                (e.id, e.today, e.endDay, e.assessmentMonths),
            )?;
            to(e.id, State::InProgress)?;
            e.id
        }
        Event::Reported(e) => {
            let place = (e.id, e.indicator, e.entry);
            entry(rows, place, (e.day, e.value, None), (e.chainId, e.sourceHeight, e.source), at)?;
            e.id
        }
        Event::Corrected(e) => {
            let place = (e.id, e.indicator, e.entry);
            let source = (e.chainId, e.sourceHeight, e.source);
            entry(rows, place, (e.day, e.value, Some(e.refersTo)), source, at)?;
            e.id
        }
        Event::AdjustmentOrdered(e) => {
            ordered(rows, e.id, e.today, e.workingDays)?;
            set("UPDATE supervision_pilots SET evaluated = ?2 WHERE id = ?1", e.id, 0)?;
            to(e.id, State::Adjusting)?;
            e.id
        }
        Event::AdjustmentReplied(e) => {
            ordered(rows, e.id, 0, 0)?;
            e.id
        }
        Event::ReplyRefused(e) => {
            ordered(rows, e.id, e.today, e.workingDays)?;
            e.id
        }
        Event::ReplyAccepted(e) => {
            ordered(rows, e.id, 0, 0)?;
            set("UPDATE supervision_pilots SET end_day = ?2 WHERE id = ?1", e.id, e.endDay.into())?;
            to(e.id, State::InProgress)?;
            e.id
        }
        Event::Assessed(e) => {
            if e.kind == Assessment::Final.number() {
                to(e.id, State::SelfAssessed)?;
            } else {
                set("UPDATE supervision_pilots SET interims = interims + ?2 WHERE id = ?1", e.id, 1)?;
            }
            e.id
        }
        Event::Evaluated(e) => {
            set("UPDATE supervision_pilots SET evaluated = ?2 WHERE id = ?1", e.id, e.verdict.into())?;
            e.id
        }
        Event::Accepted(e) => {
            to(e.id, State::Accepted)?;
            e.id
        }
        Event::RemovalProposed(e) => {
            set("UPDATE supervision_pilots SET removal = ?2 WHERE id = ?1", e.id, e.reason.into())?;
            e.id
        }
        Event::RemovalDropped(e) => {
            set("UPDATE supervision_pilots SET removal = ?2 WHERE id = ?1", e.id, 0)?;
            e.id
        }
        Event::Removed(e) => {
            to(e.id, State::Removed)?;
            e.id
        }
        // Told apart before: they concern no pilot.
        Event::DocumentRecorded(_)
        | Event::EntityRegistered(_)
        | Event::EntityChanged(_)
        | Event::ParametersSet(_) => 0,
    })
}

fn recommended(rows: &Rows<'_>, event: &Recommended, at: &At) -> rusqlite::Result<()> {
    let class = Field::from_number(event.field).map_or(0, |field| field.class().number());
    rows.run(
        "INSERT OR REPLACE INTO supervision_pilots (id, kind, entity, field, class, zone, division, recommender, \
         competent, title, state, changed_ms, recommended_on, published_on, comment_days, comments, objections, \
         listed_on, document, start_day, end_day, assessment_months, interims, order_start, order_days, evaluated, \
         removal, chain_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9, ?10, ?11, ?12, 0, 0, 0, 0, 0, 0, 0, ?13, \
         0, 0, 0, 0, 0, 0, 0)",
        params![
            event.id,
            event.kind,
            event.entity.as_slice(),
            event.field,
            class,
            event.zone,
            event.division,
            event.organisation,
            event.title,
            State::Recommended.number(),
            int(at.timestamp_ms),
            event.today,
            event.endDay,
        ],
    )?;
    rename(rows, event.id)
}

/// Notes what an entity is called, for itself and for its pilots.
fn entity(rows: &Rows<'_>, code: &B256, at: &At) -> rusqlite::Result<()> {
    let known =
        rows.find("SELECT id, name FROM supervision_entities WHERE code = ?1", [code.as_slice()], |row| {
            Ok((super::super::number(row, 0)?, row.get::<_, String>(1)?))
        })?;
    if let Some((id, name)) = known {
        let text = code_text(code);
        names::put(rows, Thing::Entity, id, Names { number: &text, name: &name, other: "" })?;
        tell(rows, Thing::Entity, id, at)?;
    }
    let pilots =
        rows.all("SELECT id FROM supervision_pilots WHERE entity = ?1", [code.as_slice()], |row| row.get(0))?;
    for pilot in pilots {
        rename(rows, pilot)?;
        refresh(rows, pilot)?;
    }
    Ok(())
}

/// A code as the events hold it: ASCII from the left.
pub(crate) fn code_text(code: &B256) -> String {
    code.iter().take_while(|byte| **byte != 0).map(|byte| char::from(*byte)).collect()
}

fn rename(rows: &Rows<'_>, id: u32) -> rusqlite::Result<()> {
    let found = rows.find(
        "SELECT p.title, coalesce(e.name, '') FROM supervision_pilots p \
         LEFT JOIN supervision_entities e ON e.code = p.entity WHERE p.id = ?1",
        [id],
        |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
    )?;
    let Some((title, entity)) = found else { return Ok(()) };
    let number = id.to_string();
    names::put(rows, Thing::Pilot, id.into(), Names { number: &number, name: &title, other: &entity })
}

fn listed(rows: &Rows<'_>, id: u32, document: u32, day: u32) -> rusqlite::Result<()> {
    rows.run("UPDATE supervision_pilots SET document = ?2, listed_on = ?3 WHERE id = ?1", (id, document, day))
        .map(drop)
}

fn ordered(rows: &Rows<'_>, id: u32, start: u32, days: u16) -> rusqlite::Result<()> {
    rows.run(
        "UPDATE supervision_pilots SET order_start = ?2, order_days = ?3 WHERE id = ?1",
        (id, start, days),
    )
    .map(drop)
}

fn count_comments(rows: &Rows<'_>, id: u32) -> rusqlite::Result<()> {
    rows.run(
        "UPDATE supervision_pilots SET (comments, objections) = (SELECT COUNT(*), \
         coalesce(SUM(kind = ?2 AND outcome = 0), 0) FROM supervision_comments WHERE pilot = ?1) WHERE id = ?1",
        (id, CommentKind::Objection.number()),
    )
    .map(drop)
}

fn entry(
    rows: &Rows<'_>,
    (pilot, indicator, number): (u32, u16, u32),
    (day, value, corrects): (u32, i64, Option<u32>),
    (chain_id, source_height, source): (u64, u64, B256),
    at: &At,
) -> rusqlite::Result<()> {
    rows.run(
        "INSERT OR REPLACE INTO supervision_entries (ordinal, pilot, indicator, entry, day, value, corrects, \
         chain_id, source_height, source) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            int(at.ordinal),
            pilot,
            indicator,
            number,
            day,
            value,
            corrects,
            int(chain_id),
            int(source_height),
            source.as_slice(),
        ],
    )?;
    rows.run(
        "UPDATE supervision_indicators SET entries = max(entries, ?3), value = iif(?4 >= last_day, ?5, value), \
         last_day = max(last_day, ?4) WHERE pilot = ?1 AND indicator = ?2",
        (pilot, indicator, number, day, value),
    )
    .map(drop)
}

/// Works out anew what is to be done about a pilot.
fn refresh(rows: &Rows<'_>, id: u32) -> rusqlite::Result<()> {
    duties::clear(rows, Source::Pilot, id.into())?;
    let found = rows.find(
        "SELECT p.state, p.published_on, p.comment_days, p.objections, p.start_day, p.assessment_months, p.end_day, \
         p.interims, p.order_start, p.order_days, p.evaluated, p.removal, p.recommender, p.competent, \
         coalesce(e.organisation, 0), p.division, p.changed_ms FROM supervision_pilots p \
         LEFT JOIN supervision_entities e ON e.code = p.entity WHERE p.id = ?1",
        [id],
        |row| {
            let order: u16 = row.get(9)?;
            let start = Day::new(row.get(8)?);
            let facts = Facts {
                state: State::from_number(row.get(0)?).unwrap_or(State::Withdrawn),
                published: Day::new(row.get(1)?),
                comment_days: row.get(2)?,
                objections: row.get(3)?,
                start: Day::new(row.get(4)?),
                assessment_months: row.get(5)?,
                end: Day::new(row.get(6)?),
                interims: row.get(7)?,
                order: (order != 0).then_some((start, order)),
                evaluated: row.get::<_, u8>(10)? != 0,
                removal: row.get::<_, u8>(11)? != 0,
            };
            let parties = (row.get(12)?, row.get(13)?, row.get(14)?);
            Ok((facts, parties, row.get::<_, u8>(15)?, super::super::number(row, 16)?))
        },
    )?;
    let Some((facts, (recommender, competent, entity), division, since_ms)) = found else { return Ok(()) };
    for (item, duty) in (0u64..).zip(duties_of(&facts)) {
        let bits = duty.by.iter().fold(0, |bits, party| bits | party_bit(*party));
        let named =
            [(Party::Competent, competent), (Party::Entity, entity), (Party::Recommender, recommender)];
        let organisation = named.iter().find(|(party, _)| bits & party.bit() != 0).map_or(0, |(_, id)| *id);
        let clock = duty.clock.map(|(clock, start, length)| Running { clock: clock.number(), start, length });
        let begins =
            duty.step == Step::List && duty.clock.is_some_and(|(clock, ..)| clock == Clock::PublicComment);
        duties::put(
            rows,
            &Duty {
                source: Source::Pilot,
                thing: id.into(),
                slot: duty.step.number(),
                item,
                step: duty.step.number(),
                parties: bits,
                organisation,
                division,
                since_ms,
                until_ms: 0,
                clock,
                begins,
            },
        )?;
    }
    Ok(())
}

const fn party_bit(party: PilotParty) -> u16 {
    match party {
        PilotParty::Supervisor => Party::Supervisor.bit(),
        PilotParty::Competent => Party::Competent.bit(),
        PilotParty::Recommender => Party::Recommender.bit(),
        PilotParty::Entity => Party::Entity.bit(),
        PilotParty::Anyone => 0,
    }
}
