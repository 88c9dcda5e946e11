//! Orders: every supervisory power is a typed order on the ledger.
//!
//! An order says who ordered what, against whom, on what legal basis, from when until when: suspend
//! or restore a service, freeze or release an account, request information, have something
//! corrected, disclose who stands behind an account. One person drafts it, another approves it; both
//! are accounts of administrations within their scope (the national one everywhere, a provincial one
//! over services of its division). It takes effect in the next block at the earliest, is told to its
//! target by an event with the target as a topic, can be appealed against, is lifted by another
//! order, of two people again, and is counted in the yearly report ([`state::TALLIES`]).
//!
//! Supervisors are accountable on the same ledger. Who opens identity data that an authority
//! disclosed says so in a transaction of its own, and looks at nothing beyond the order's scope. The
//! data never enters the ledger: it goes encrypted from the identity authority to the requester; its
//! digest and the commitment to check it against are here.
//!
//! A frozen account may still answer and appeal: see [`is_open_to_frozen`]. So may others of its
//! organisation or subject.
//!
//! Who: administrations draft, approve, settle, look and decide; the target answers and appeals; the
//! identity authority that bound the account delivers; anyone reads.
//!
//! Invariants ([`Orders::check`]):
//! - R1 an order is approved or declined by another account than its issuer, and its appeal decided
//!   by neither, nor by who appealed. Where the ledger shows that two accounts were bound to one
//!   subject at that time, they count as one.
//! - R2 an order moves as [`terms::Step::next`] says.
//! - R3 storage holds what the events say.
//! - R4 the yearly report equals what the events count.
//! - R5 an account is frozen by the orders that say so, and until the last of them ends; no bound
//!   account without one.
//! - R6 nothing is delivered beyond the scope, nothing looked at that was not delivered, nor after the
//!   order ended.

pub mod abi;
mod answers;
mod appeals;
mod check;
mod drafts;
mod effects;
pub mod events;
mod explain;
mod people;
pub mod state;
mod tally;
pub mod terms;
#[cfg(test)]
mod tests;

use self::{
    abi::IOrders::{self, *},
    state::{ADDRESS, APPEALS, DRAFTED, ORDERS, TALLIES},
};
pub use self::{
    appeals::{APPEAL_DAYS, DECISION_DAYS},
    terms::{Action, Field, Status, TargetKind},
};
use crate::{Ctx, Interface, Module, Stop, Violation, calendar, dispatch, members};
use alloy_sol_types::SolCall as _;
use ding_primitives::{Address, Bytes, Log, U256};

/// The module.
pub struct Orders;

impl Module for Orders {
    fn name(&self) -> &'static str {
        "orders"
    }

    fn address(&self) -> Address {
        ADDRESS
    }

    fn interface(&self) -> Interface {
        Interface { name: "IOrders", source: include_str!("abi.rs"), abi: IOrders::abi::contract }
    }

    fn call(&self, ctx: &mut Ctx<'_>, input: &[u8]) -> Result<Bytes, Stop> {
        use IOrdersCalls as C;
        match dispatch::decode::<C>(input)? {
            C::draft(call) => dispatch::write(ctx, call, |ctx, call| drafts::draft(ctx, call.what)),
            C::approve(call) => dispatch::write(ctx, call, |ctx, call| drafts::approve(ctx, call.number)),
            C::decline(call) => dispatch::write(ctx, call, |ctx, call| {
                drafts::decline(ctx, call.number, call.reasons).map(|()| declineReturn {})
            }),
            C::withdraw(call) => dispatch::write(ctx, call, |ctx, call| {
                drafts::withdraw(ctx, call.number).map(|()| withdrawReturn {})
            }),
            C::answer(call) => {
                dispatch::write(ctx, call, |ctx, call| answers::answer(ctx, call.number, call.digest))
            }
            C::settle(call) => {
                dispatch::write(ctx, call, |ctx, call| answers::settle(ctx, call).map(|()| settleReturn {}))
            }
            C::deliver(call) => dispatch::write(ctx, call, answers::deliver),
            C::look(call) => {
                dispatch::write(ctx, call, |ctx, call| answers::look(ctx, call).map(|()| lookReturn {}))
            }
            C::appeal(call) => dispatch::write(ctx, call, |ctx, call| {
                appeals::appeal(ctx, call.number, call.grounds).map(|()| appealReturn {})
            }),
            C::decideAppeal(call) => dispatch::write(ctx, call, |ctx, call| {
                appeals::decide(ctx, call).map(|()| decideAppealReturn {})
            }),
            C::order(call) => dispatch::read(ctx, call, |ctx, call| shown(ctx, call.number)),
            C::appealOf(call) => dispatch::read(ctx, call, |ctx, call| appeal_of(ctx, call.number)),
            C::ordersOf(call) => dispatch::read(ctx, call, |ctx, call| DRAFTED.get(ctx, call.year)),
            C::tally(call) => dispatch::read(ctx, call, tally_of),
            C::freezesOf(call) => dispatch::read(ctx, call, |ctx, call| {
                let live = effects::freezes(ctx, call.account)?;
                Ok(live.into_iter().map(|(number, _)| number).collect())
            }),
        }
    }

    fn explain(&self, revert: &[u8]) -> Option<String> {
        dispatch::decode_error(revert).and_then(|error| explain::explain(error, revert))
    }

    fn check_proposal(&self, input: &[u8]) -> Result<(), Stop> {
        Err(members::not_decided_by_vote(ADDRESS, input))
    }

    fn check(&self, ctx: &mut Ctx<'_>, history: &[Log]) -> Result<(), Violation> {
        check::check(ctx, history)
    }

    fn likely_reads(&self, _caller: Address, input: &[u8]) -> Vec<(Address, U256)> {
        use IOrdersCalls as C;
        let number = match dispatch::decode::<C>(input) {
            Ok(C::approve(call)) => call.number,
            Ok(C::decline(call)) => call.number,
            Ok(C::withdraw(call)) => call.number,
            Ok(C::answer(call)) => call.number,
            Ok(C::settle(call)) => call.number,
            Ok(C::deliver(call)) => call.number,
            Ok(C::look(call)) => call.number,
            Ok(C::appeal(call)) => call.number,
            Ok(C::decideAppeal(call)) => call.number,
            Ok(C::order(call)) => call.number,
            _ => return Vec::new(),
        };
        let slot = ORDERS.slot_of(number);
        (0..7u64).map(|word| (ADDRESS, slot.wrapping_add(U256::from(word)))).collect()
    }
}

/// Whether a transaction may be sent by a frozen account: one that answers an order or appeals
/// against it, and does nothing else. Execution asks before it refuses a frozen sender.
pub fn is_open_to_frozen(to: Address, input: &[u8]) -> bool {
    to == ADDRESS && [answerCall::SELECTOR, appealCall::SELECTOR].iter().any(|open| input.starts_with(open))
}

fn shown(ctx: &mut Ctx<'_>, number: u64) -> Result<IOrders::Order, Stop> {
    let Some(order) = ORDERS.find(ctx, number)? else { return Ok(none()) };
    let due = effects::due(ctx, &order)?;
    let status = order.status_at(ctx.timestamp_ms());
    Ok(IOrders::Order {
        status: status.number(),
        action: order.action.number(),
        targetKind: order.kind.number(),
        target: order.target,
        authority: order.authority,
        issuer: order.issuer,
        second: order.second,
        draftedMs: order.drafted_ms,
        decidedMs: order.decided_ms,
        fromHeight: order.from_height,
        untilMs: order.until_ms,
        workingDays: order.working_days,
        dueDay: due.map_or(0, |due| due.day.get()),
        provisional: due.is_some_and(|due| due.provisional),
        overdue: status == Status::InForce && due.is_some_and(|due| due.passed(ctx)),
        refersTo: order.refers_to,
        scope: order.scope,
        delivered: order.delivered,
        matter: order.matter,
        answer: order.answer,
        subject: order.subject,
        appeal: order.appealed.number(),
    })
}

fn none() -> IOrders::Order {
    IOrders::Order {
        status: 0,
        action: 0,
        targetKind: 0,
        target: Default::default(),
        authority: 0,
        issuer: Address::ZERO,
        second: Address::ZERO,
        draftedMs: 0,
        decidedMs: 0,
        fromHeight: 0,
        untilMs: 0,
        workingDays: 0,
        dueDay: 0,
        provisional: false,
        overdue: false,
        refersTo: 0,
        scope: 0,
        delivered: 0,
        matter: Default::default(),
        answer: Default::default(),
        subject: Default::default(),
        appeal: 0,
    }
}

fn appeal_of(ctx: &mut Ctx<'_>, number: u64) -> Result<IOrders::Appeal, Stop> {
    let state = ORDERS.find(ctx, number)?.map_or(0, |order| order.appealed.number());
    let state::Appeal { appellant, filed_ms, decided_ms, decider, grounds, reasons } =
        APPEALS.get(ctx, number)?;
    Ok(IOrders::Appeal {
        state,
        appellant,
        filedMs: filed_ms,
        grounds,
        decider,
        decidedMs: decided_ms,
        reasons,
    })
}

fn tally_of(ctx: &mut Ctx<'_>, call: tallyCall) -> Result<IOrders::Tally, Stop> {
    let state::Tally { drafted, approved, dropped, lifted, answered, late, appealed, granted } =
        TALLIES.map(ctx, call.year)?.get(ctx, call.action.into())?;
    Ok(IOrders::Tally { drafted, approved, dropped, lifted, answered, late, appealed, granted })
}

/// The year of a time, in Beijing.
fn year(timestamp_ms: u64) -> u32 {
    calendar::Day::from_ms(timestamp_ms).year()
}
