//! Supervisory orders, and the yearly report.

use super::{
    DutyRow, Found, HistoryRow, Listed, Page, Source, Thing, height, history, int, queue,
    select::{self, Conditions},
};
use crate::{
    query::{Ask, Query, QueryError},
    views::b256,
};
use ding_modules::{
    ids::FilingNumber,
    orders::{Action, Status, TargetKind},
};
use ding_primitives::{Address, B256};
use rusqlite::{OptionalExtension as _, types::Value};

record! {
    /// An order.
    OrderRow {
        /// Year and running number.
        id: u64 = "o.id",
        /// What it orders.
        action: u8 = "o.action",
        /// Service or account.
        target_kind: u8 = "o.target_kind",
        /// The target.
        target: B256 = "o.target",
        /// The service that is its target, in the register of filings; `None` if it is none of them.
        service: Option<u64> = "(SELECT id FROM supervision_services WHERE key = o.target)",
        /// Organisation that issued it.
        authority: u32 = "o.authority",
        /// Who drafted it.
        issuer: Address = "o.issuer",
        /// Who approved or declined it.
        second: Option<Address> = "o.second",
        /// Where it stands; whether it ended by itself follows from `until_ms`.
        status: u8 = "o.status",
        /// When it was drafted.
        drafted_ms: u64 = "o.drafted_ms",
        /// When it was approved, declined or withdrawn; 0 before.
        decided_ms: u64 = "o.decided_ms",
        /// First block in which it has effect.
        from_height: u64 = "o.from_height",
        /// When it ends by itself; 0 if it does not.
        until_ms: u64 = "o.until_ms",
        /// Working days to answer; 0 if nobody has to.
        working_days: u16 = "o.working_days",
        /// The order that it lifts; 0 if none.
        refers_to: u64 = "o.refers_to",
        /// The order that lifted it; 0 if none.
        lifted_by: u64 = "o.lifted_by",
        /// Bits of the fields to be disclosed.
        scope: u32 = "o.scope",
        /// Bits of those handed over.
        delivered: u32 = "o.delivered",
        /// When it was last answered; 0 if it was not.
        answered_ms: u64 = "o.answered_ms",
        /// Whether that was late.
        late: bool = "o.late",
        /// State of the appeal.
        appeal: u8 = "o.appeal",
        /// Legal basis.
        basis: String = "o.basis",
    }
}

record! {
    /// What happened in a year to orders with an action.
    TallyRow {
        /// The action.
        action: u8 = "t.action",
        /// Drafted.
        drafted: u32 = "t.drafted",
        /// Approved.
        approved: u32 = "t.approved",
        /// Declined or withdrawn.
        dropped: u32 = "t.dropped",
        /// Lifted by another order.
        lifted: u32 = "t.lifted",
        /// Answered, or data handed over.
        answered: u32 = "t.answered",
        /// Of these late.
        late: u32 = "t.late",
        /// Appealed against.
        appealed: u32 = "t.appealed",
        /// Revoked on appeal.
        granted: u32 = "t.granted",
        /// Times somebody looked at disclosed data.
        looked: u32 = "t.looked",
    }
}

/// Which orders a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// Where they stand, at the time asked about.
    pub status: Option<Status>,
    /// Target.
    pub target: Option<B256>,
    /// The service that is the target, in the register of filings.
    pub service: Option<u64>,
    /// What they order.
    pub action: Option<u8>,
    /// Year of their number.
    pub year: Option<u32>,
}

/// Everything about one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The order.
    pub order: OrderRow,
    /// What has to be done about it.
    pub duties: Vec<DutyRow>,
    /// What happened, newest first.
    pub history: Listed<HistoryRow>,
}

/// Numbers of one year: year and six digits.
const NUMBERS_OF_YEAR: u64 = 1_000_000;

/// What an order is called: what it orders, and against whom.
pub(super) fn called(ask: &Ask<'_>, number: u64) -> Result<Option<String>, QueryError> {
    let mut select = ask.sql.prepare_cached(
        "SELECT o.action, o.target_kind, o.target, coalesce(s.number, ''), coalesce(s.name, '') \
         FROM supervision_orders o LEFT JOIN supervision_services s ON s.key = o.target WHERE o.id = ?1",
    )?;
    let found = select.query_row([number.cast_signed()], |row| {
        Ok((row.get::<_, u8>(0)?, row.get::<_, u8>(1)?, b256(row, 2)?, row.get(3)?, row.get(4)?))
    });
    let Some((action, kind, target, number, name)) = found.optional()? else { return Ok(None) };
    let (number, name): (String, String) = (number, name);
    let action = Action::from_number(action).map_or("order about", Action::name);
    let whom = if kind == TargetKind::Account.number() {
        format!("account {}", Address::from_word(target))
    } else {
        let number = FilingNumber::parse(&number).map(|number| number.in_full());
        let parts = [number.unwrap_or_default(), name];
        let known = parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>();
        if known.is_empty() { format!("service {target}") } else { format!("service {}", known.join(" ")) }
    };
    Ok(Some(format!("{action} {whom}")))
}

impl OrderRow {
    /// Where it stands at a time: an order in force ends by itself.
    pub const fn status_at(&self, now_ms: u64) -> u8 {
        let ended = self.until_ms != 0 && now_ms >= self.until_ms;
        let live = self.status == Status::InForce.number() || self.status == Status::Answered.number();
        if live && ended { Status::Expired.number() } else { self.status }
    }
}

impl Query {
    /// Orders, newest first, as they stand at `now_ms`.
    ///
    /// # Errors
    ///
    /// See [`QueryError`].
    pub fn orders(
        &self,
        filter: &OrderFilter,
        wanted: Page,
        now_ms: u64,
    ) -> Result<Listed<OrderRow>, QueryError> {
        let mut conditions = Conditions::default();
        let (in_force, answered) = (Status::InForce.number(), Status::Answered.number());
        match filter.status {
            Some(Status::Expired) => conditions.push(
                "o.status IN (?, ?) AND o.until_ms <> 0 AND o.until_ms <= ?",
                [Value::from(in_force), Value::from(answered), int(now_ms)],
            ),
            Some(status @ (Status::InForce | Status::Answered)) => conditions.push(
                "o.status = ? AND (o.until_ms = 0 OR o.until_ms > ?)",
                [Value::from(status.number()), int(now_ms)],
            ),
            status => conditions.and("o.status = ?", status.map(Status::number)),
        }
        conditions.and("o.target = ?", filter.target.map(|target| target.to_vec()));
        conditions
            .and("o.target = (SELECT key FROM supervision_services WHERE id = ?)", filter.service.map(int));
        conditions.and("o.action = ?", filter.action);
        if let Some(year) = filter.year {
            let first = u64::from(year).saturating_mul(NUMBERS_OF_YEAR);
            let end = first.saturating_add(NUMBERS_OF_YEAR);
            conditions.push("o.id >= ? AND o.id < ?", [int(first), int(end)]);
        }
        let source = select::Source { tables: "supervision_orders o", id: "o.id", thing: None };
        self.ask(|ask| select::list(ask, source, &conditions, None, wanted, |row: &OrderRow| row.id))
    }

    /// Everything about one order; `wanted` is the page of its history. `now_ms` says what is overdue.
    ///
    /// # Errors
    ///
    /// See [`QueryError`].
    pub fn order(&self, number: u64, wanted: Page, now_ms: u64) -> Result<Option<Found<Order>>, QueryError> {
        self.ask(|ask| {
            let found = select::one(ask, "supervision_orders o WHERE o.id = ?", [int(number)])?;
            let Some(order) = found else { return Ok(None) };
            let value = Order {
                order,
                duties: queue::of_thing(ask, Source::Order, number, now_ms)?,
                history: history(ask, Thing::Order, number, wanted)?,
            };
            Ok(Some(Found { value, height: height(ask)? }))
        })
    }

    /// The report of a year: what happened to orders, by action.
    ///
    /// # Errors
    ///
    /// See [`QueryError`].
    pub fn order_report(&self, year: u32) -> Result<Listed<TallyRow>, QueryError> {
        self.ask(|ask| {
            let tally = "supervision_tally t WHERE t.year = ? ORDER BY t.action";
            let rows = select::all(ask, tally, [Value::from(year)])?;
            Ok(Listed { rows, next: None, height: height(ask)? })
        })
    }
}
