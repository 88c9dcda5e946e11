//! Events of `orders`: drafts, approvals, answers, looks, appeals, and the yearly report.

use super::{
    At, Rows,
    duties::{self, Duty, Party, Running, Source},
    history::{Thing, tell},
    int,
    names::{self, Names},
};
use ding_modules::{
    calendar::Day,
    duties::Length,
    orders::{
        DECISION_DAYS,
        events::{Event, OrderApproved, OrderDrafted},
        terms::{Action, Appealed, Status, Step, TargetKind},
    },
};
use ding_primitives::{Address, limits};
use rusqlite::params;

/// Writes what an event says.
pub(super) fn project(rows: &Rows<'_>, event: &Event, at: &At) -> rusqlite::Result<()> {
    let number = match event {
        Event::Drafted(e) => {
            drafted(rows, e)?;
            e.number
        }
        Event::Approved(e) => {
            approved(rows, e)?;
            e.number
        }
        Event::Declined(e) => {
            dropped(rows, e.number, Status::Declined, Some(e.account), e.timestampMs)?;
            e.number
        }
        Event::Withdrawn(e) => {
            dropped(rows, e.number, Status::Withdrawn, None, e.timestampMs)?;
            e.number
        }
        Event::Answered(e) => {
            answered(rows, e.number, e.late, e.timestampMs)?;
            e.number
        }
        Event::Delivered(e) => {
            rows.run(
                "UPDATE supervision_orders SET delivered = delivered | ?2 WHERE id = ?1",
                (int(e.number), e.fields),
            )?;
            answered(rows, e.number, e.late, e.timestampMs)?;
            e.number
        }
        Event::Settled(e) => {
            set_status(rows, e.number, if e.accepted { Status::Settled } else { Status::InForce })?;
            e.number
        }
        Event::Lifted(e) => {
            set_status(rows, e.number, Status::Lifted)?;
            rows.run(
                "UPDATE supervision_orders SET lifted_by = ?2 WHERE id = ?1",
                (int(e.number), int(e.by)),
            )?;
            count(rows, e.number, e.timestampMs, Counted::Lifted)?;
            e.number
        }
        Event::Looked(e) => {
            count(rows, e.number, e.timestampMs, Counted::Looked)?;
            e.number
        }
        Event::AppealFiled(e) => {
            let day = Day::from_ms(e.timestampMs).get();
            rows.run(
                "UPDATE supervision_orders SET appeal = ?2, appealed_on = ?3 WHERE id = ?1",
                (int(e.number), Appealed::Open.number(), day),
            )?;
            count(rows, e.number, e.timestampMs, Counted::Appealed)?;
            e.number
        }
        Event::AppealDecided(e) => {
            let appeal = if e.revoked { Appealed::Granted } else { Appealed::Upheld };
            rows.run(
                "UPDATE supervision_orders SET appeal = ?2 WHERE id = ?1",
                (int(e.number), appeal.number()),
            )?;
            if e.revoked {
                set_status(rows, e.number, Status::Revoked)?;
                count(rows, e.number, e.timestampMs, Counted::Granted)?;
            }
            e.number
        }
    };
    tell(rows, Thing::Order, number, at)?;
    refresh(rows, number)
}

fn drafted(rows: &Rows<'_>, event: &OrderDrafted) -> rusqlite::Result<()> {
    let order = &event.order;
    rows.run(
        "INSERT OR REPLACE INTO supervision_orders (id, action, target_kind, target, authority, issuer, status, \
         drafted_ms, decided_ms, from_height, until_ms, working_days, refers_to, lifted_by, scope, delivered, \
         answered_ms, late, appeal, appealed_on, basis) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9, ?10, ?11, ?12, 0, ?13, 0, 0, 0, 0, 0, ?14)",
        params![
            int(event.number),
            order.action,
            order.targetKind,
            order.target.as_slice(),
            event.authority,
            event.issuer.as_slice(),
            Status::Drafted.number(),
            int(event.timestampMs),
            int(order.fromHeight),
            int(order.untilMs),
            order.workingDays,
            int(order.refersTo),
            order.scope,
            order.basis,
        ],
    )?;
    let number = event.number.to_string();
    names::put(rows, Thing::Order, event.number, Names { number: &number, name: &order.basis, other: "" })?;
    count(rows, event.number, event.timestampMs, Counted::Drafted)
}

fn approved(rows: &Rows<'_>, event: &OrderApproved) -> rusqlite::Result<()> {
    let action = rows
        .find("SELECT action FROM supervision_orders WHERE id = ?1", [int(event.number)], |row| row.get(0))?
        .and_then(Action::from_number);
    let next = action.and_then(|action| Step::Approve.next(action, Status::Drafted));
    rows.run(
        "UPDATE supervision_orders SET status = ?2, second = ?3, decided_ms = ?4, from_height = ?5 WHERE id = ?1",
        (
            int(event.number),
            next.unwrap_or(Status::InForce).number(),
            event.approver.as_slice(),
            int(event.timestampMs),
            int(event.fromHeight),
        ),
    )?;
    count(rows, event.number, event.timestampMs, Counted::Approved)
}

fn dropped(
    rows: &Rows<'_>,
    number: u64,
    status: Status,
    second: Option<Address>,
    at_ms: u64,
) -> rusqlite::Result<()> {
    set_status(rows, number, status)?;
    rows.run(
        "UPDATE supervision_orders SET decided_ms = ?2, second = ?3 WHERE id = ?1",
        (int(number), int(at_ms), second.as_ref().map(|account| account.as_slice())),
    )?;
    count(rows, number, at_ms, Counted::Dropped)
}

fn answered(rows: &Rows<'_>, number: u64, late: bool, at_ms: u64) -> rusqlite::Result<()> {
    set_status(rows, number, Status::Answered)?;
    rows.run(
        "UPDATE supervision_orders SET answered_ms = ?2, late = ?3 WHERE id = ?1",
        (int(number), int(at_ms), late),
    )?;
    count(rows, number, at_ms, Counted::Answered)?;
    if late { count(rows, number, at_ms, Counted::Late) } else { Ok(()) }
}

fn set_status(rows: &Rows<'_>, number: u64, status: Status) -> rusqlite::Result<()> {
    rows.run("UPDATE supervision_orders SET status = ?2 WHERE id = ?1", (int(number), status.number()))
        .map(drop)
}

/// A column of the yearly report.
#[derive(Clone, Copy)]
enum Counted {
    Drafted,
    Approved,
    Dropped,
    Lifted,
    Answered,
    Late,
    Appealed,
    Granted,
    Looked,
}

/// Counts something that happened to an order, in the year it happened.
fn count(rows: &Rows<'_>, number: u64, at_ms: u64, what: Counted) -> rusqlite::Result<()> {
    let year = Day::from_ms(at_ms).year();
    rows.run(
        "INSERT OR IGNORE INTO supervision_tally (year, action) SELECT ?1, action FROM supervision_orders WHERE id = ?2",
        (year, int(number)),
    )?;
    macro_rules! add {
        ($column:literal) => {
            concat!(
                "UPDATE supervision_tally SET ",
                $column,
                " = ",
                $column,
                " + 1 WHERE year = ?1 AND action = (SELECT action FROM supervision_orders WHERE id = ?2)"
            )
        };
    }
    let statement = match what {
        Counted::Drafted => add!("drafted"),
        Counted::Approved => add!("approved"),
        Counted::Dropped => add!("dropped"),
        Counted::Lifted => add!("lifted"),
        Counted::Answered => add!("answered"),
        Counted::Late => add!("late"),
        Counted::Appealed => add!("appealed"),
        Counted::Granted => add!("granted"),
        Counted::Looked => add!("looked"),
    };
    rows.run(statement, (year, int(number))).map(drop)
}

/// What duties of an order follow from.
struct Facts {
    action: Action,
    status: Status,
    authority: u32,
    drafted_ms: u64,
    decided_ms: u64,
    answered_ms: u64,
    until_ms: u64,
    working_days: u16,
    appeal: u8,
    appealed_on: u32,
    /// Organisation and division of the target, as far as the rows know it.
    target: (u32, u8),
}

fn facts(rows: &Rows<'_>, number: u64) -> rusqlite::Result<Option<Facts>> {
    let found = rows.find(
        "SELECT action, status, authority, drafted_ms, decided_ms, answered_ms, until_ms, working_days, appeal, \
         appealed_on, target_kind, target FROM supervision_orders WHERE id = ?1",
        [int(number)],
        |row| {
            let number = super::super::number;
            let (action, status) = (row.get::<_, u8>(0)?, row.get::<_, u8>(1)?);
            let facts = Action::from_number(action).zip(Status::from_number(status)).map(|(action, status)| {
                Ok::<_, rusqlite::Error>(Facts {
                    action,
                    status,
                    authority: row.get(2)?,
                    drafted_ms: number(row, 3)?,
                    decided_ms: number(row, 4)?,
                    answered_ms: number(row, 5)?,
                    until_ms: number(row, 6)?,
                    working_days: row.get(7)?,
                    appeal: row.get(8)?,
                    appealed_on: row.get(9)?,
                    target: (0, 0),
                })
            });
            Ok((facts.transpose()?, row.get::<_, u8>(10)?, row.get::<_, [u8; 32]>(11)?))
        },
    )?;
    let Some((Some(facts), kind, target)) = found else { return Ok(None) };
    let target = if kind == TargetKind::Service.number() {
        rows.find(
            "SELECT coalesce(p.organisation, 0), s.division / 10000 FROM supervision_services s \
             LEFT JOIN supervision_providers p ON p.id = s.provider WHERE s.key = ?1",
            [&target[..]],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?
    } else {
        rows.find(
            "SELECT organisation, 0 FROM supervision_accounts WHERE account = ?1",
            [target.get(12..).unwrap_or_default()],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?
    };
    Ok(Some(Facts { target: target.unwrap_or_default(), ..facts }))
}

/// Organisation of the identity authority that answers for the target's binding; 0 if the rows know none.
fn identity_authority(rows: &Rows<'_>, number: u64) -> rusqlite::Result<u32> {
    let found = rows.find(
        "SELECT coalesce((SELECT organisation FROM supervision_authorities WHERE id = a.successor), \
         a.organisation) FROM supervision_orders o \
         JOIN supervision_standings s ON s.account = substr(o.target, 13) \
         JOIN supervision_bindings b ON b.id = s.binding \
         JOIN supervision_authorities a ON a.id = b.authority WHERE o.id = ?1",
        [int(number)],
        |row| row.get(0),
    )?;
    Ok(found.unwrap_or(0))
}

/// Works out anew what is to be done about an order.
fn refresh(rows: &Rows<'_>, number: u64) -> rusqlite::Result<()> {
    duties::clear(rows, Source::Order, number)?;
    let Some(facts) = facts(rows, number)? else { return Ok(()) };
    let (organisation, division) = facts.target;
    let duty = Duty {
        source: Source::Order,
        thing: number,
        slot: 0,
        item: 0,
        step: 0,
        parties: 0,
        organisation,
        division,
        since_ms: facts.decided_ms,
        until_ms: facts.until_ms,
        clock: None,
        begins: false,
    };
    let issuer = Party::Issuer.bit();
    let put = |step: Step, duty: Duty| {
        duties::put(rows, &Duty { slot: step.number(), step: step.number(), ..duty })
    };
    match facts.status {
        Status::Drafted => put(
            Step::Approve,
            Duty {
                parties: issuer,
                organisation: facts.authority,
                since_ms: facts.drafted_ms,
                until_ms: facts.drafted_ms.saturating_add(limits::ORDER_DRAFT_MS_MAX),
                ..duty
            },
        )?,
        Status::InForce if facts.action.has_clock() => {
            let start = Day::from_ms(facts.decided_ms);
            let length = Length::WorkingDays(facts.working_days);
            let disclose = facts.action == Action::Disclose;
            let parties = if disclose { Party::IdentityAuthority } else { Party::Target }.bit();
            let organisation = if disclose { identity_authority(rows, number)? } else { organisation };
            let clock = (facts.working_days != 0).then_some(Running { clock: 1, start, length });
            put(Step::Answer, Duty { parties, organisation, clock, ..duty })?;
        }
        Status::Answered => {
            let since_ms = facts.answered_ms;
            put(Step::Accept, Duty { parties: issuer, organisation: facts.authority, since_ms, ..duty })?;
        }
        _ => {}
    }
    if facts.appeal == Appealed::Open.number() {
        let days = u16::try_from(DECISION_DAYS).unwrap_or(u16::MAX);
        let start = Day::new(facts.appealed_on);
        let clock = Some(Running { clock: 2, start, length: Length::Days(days) });
        let (parties, since_ms) = (Party::Supervisor.bit(), start.start_ms());
        put(Step::Revoke, Duty { parties, clock, since_ms, until_ms: 0, ..duty })?;
    }
    Ok(())
}
