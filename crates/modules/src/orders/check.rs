//! Storage of `orders` compared with its history: invariants R1 to R6.

use super::{
    drafts, effects,
    events::{self, Event, OrderApproved, OrderDrafted},
    state::{APPEALS, Appeal, DRAFTED, ORDERS, Order, TALLIES, Tally},
    terms::{Action, Appealed, Status, Step, TargetKind},
    year,
};
use crate::{Ctx, Violation, identity};
use ding_primitives::{Address, B256, Log};
use std::collections::{BTreeMap, BTreeSet};

/// What the events seen so far imply about storage.
#[derive(Default)]
struct Story {
    orders: BTreeMap<u64, Order>,
    appeals: BTreeMap<u64, Appeal>,
    tallies: BTreeMap<(u32, u8), Tally>,
    years: BTreeMap<u32, u32>,
}

pub(super) fn check(ctx: &mut Ctx<'_>, history: &[Log]) -> Result<(), Violation> {
    let mut story = Story::default();
    for log in history {
        match events::decode(log) {
            Some(event) => story.take(ctx, event)?,
            None => Violation::unless("R3", false, || {
                format!("a log of the module is none of its events: {log:?}")
            })?,
        }
    }
    story.compare(ctx)
}

impl Story {
    fn take(&mut self, ctx: &mut Ctx<'_>, event: Event) -> Result<(), Violation> {
        match event {
            Event::Drafted(event) => self.drafted(&event),
            Event::Approved(event) => self.approved(ctx, &event),
            Event::Declined(event) => {
                let (number, other, time) = (event.number, event.account, event.timestampMs);
                let order = self.step(number, Step::Decline, time)?;
                (order.second, order.decided_ms) = (other, time);
                let issuer = order.issuer;
                apart(ctx, number, other, issuer, time)?;
                self.count(number, time, |tally| &mut tally.dropped)
            }
            Event::Withdrawn(event) => {
                self.step(event.number, Step::Withdraw, event.timestampMs)?;
                self.count(event.number, event.timestampMs, |tally| &mut tally.dropped)
            }
            Event::Answered(event) => {
                let order = self.step(event.number, Step::Answer, event.timestampMs)?;
                order.answer = event.digest;
                self.answered(event.number, event.timestampMs, event.late)
            }
            Event::Delivered(event) => {
                let order = self.step(event.number, Step::Answer, event.timestampMs)?;
                order.answer = event.digest;
                order.delivered |= event.fields;
                within(event.number, order.scope, event.fields)?;
                self.answered(event.number, event.timestampMs, event.late)
            }
            Event::Looked(event) => {
                let order = self.order(event.number)?;
                let open = order.status_at(event.timestampMs).is_open_to_looks()
                    && !order.is_over(event.timestampMs);
                Violation::unless("R6", open, || format!("{event:?} looks when it is over: {order:?}"))?;
                within(event.number, order.delivered, event.fields)
            }
            Event::Settled(event) => {
                let step = if event.accepted { Step::Accept } else { Step::Reject };
                let order = self.step(event.number, step, event.timestampMs)?;
                Violation::unless("R2", order.answer == event.digest, || {
                    format!("{event:?} settles an answer of {order:?}")
                })
            }
            Event::Lifted(event) => {
                let by = *self.order(event.by)?;
                let order = self.step(event.number, Step::Undo, event.timestampMs)?;
                let fits = by.refers_to == event.number
                    && by.status == Status::Settled
                    && order.action.lifted_by() == Some(by.action)
                    && order.target == by.target;
                Violation::unless("R2", fits, || format!("{event:?}: {by:?} lifts it"))?;
                self.count(event.number, event.timestampMs, |tally| &mut tally.lifted)
            }
            Event::AppealFiled(event) => {
                let order = self.order(event.number)?;
                let open = Step::Revoke.next(order.action, order.status_at(event.timestampMs)).is_some();
                Violation::unless("R2", open && order.appealed == Appealed::Not, || {
                    format!("{event:?} against {order:?}")
                })?;
                order.appealed = Appealed::Open;
                let (appellant, filed_ms, grounds) = (event.account, event.timestampMs, event.grounds);
                let filed = Appeal { appellant, filed_ms, grounds, ..Appeal::default() };
                self.appeals.insert(event.number, filed);
                self.count(event.number, event.timestampMs, |tally| &mut tally.appealed)
            }
            Event::AppealDecided(event) => self.decided(ctx, &event),
        }
    }

    fn drafted(&mut self, event: &OrderDrafted) -> Result<(), Violation> {
        let what = &event.order;
        let terms = (Action::from_number(what.action), TargetKind::from_number(what.targetKind));
        let (Some(action), Some(kind)) = terms else {
            return Violation::unless("R3", false, || format!("{event:?} uses unknown terms"));
        };
        let order = Order {
            issuer: event.issuer,
            status: Status::Drafted,
            action,
            kind,
            appealed: Appealed::Not,
            authority: event.authority,
            working_days: what.workingDays,
            second: Address::ZERO,
            from_height: what.fromHeight,
            delivered: 0,
            drafted_ms: event.timestampMs,
            decided_ms: 0,
            until_ms: what.untilMs,
            refers_to: what.refersTo,
            scope: what.scope,
            target: what.target,
            matter: drafts::matter(what),
            answer: B256::ZERO,
            subject: B256::ZERO,
        };
        let twice = self.orders.insert(event.number, order);
        Violation::unless("R3", twice.is_none() && event.target == what.target, || {
            format!("{event:?} comes again or names two targets")
        })?;
        let drafted = self.years.entry(year(event.timestampMs)).or_default();
        *drafted = drafted.saturating_add(1);
        self.count(event.number, event.timestampMs, |tally| &mut tally.drafted)
    }

    fn approved(&mut self, ctx: &mut Ctx<'_>, event: &OrderApproved) -> Result<(), Violation> {
        let order = self.step(event.number, Step::Approve, event.timestampMs)?;
        order.second = event.approver;
        order.decided_ms = event.timestampMs;
        order.from_height = event.fromHeight;
        order.subject = event.subject;
        let issuer = order.issuer;
        apart(ctx, event.number, event.approver, issuer, event.timestampMs)?;
        self.count(event.number, event.timestampMs, |tally| &mut tally.approved)
    }

    fn decided(&mut self, ctx: &mut Ctx<'_>, event: &events::AppealDecided) -> Result<(), Violation> {
        let order = self.order(event.number)?;
        Violation::unless("R2", order.appealed == Appealed::Open, || format!("{event:?} decides nothing"))?;
        let hands = [order.issuer, order.second];
        let appellant = self.appeals.get(&event.number).map(|appeal| appeal.appellant);
        for other in hands.into_iter().chain(appellant) {
            apart(ctx, event.number, event.account, other, event.timestampMs)?;
        }
        let order = self.order(event.number)?;
        order.appealed = if event.revoked { Appealed::Granted } else { Appealed::Upheld };
        let status = order.status_at(event.timestampMs);
        if let Some(status) = Step::Revoke.next(order.action, status).filter(|_| event.revoked) {
            order.status = status;
        }
        if let Some(appeal) = self.appeals.get_mut(&event.number) {
            appeal.decider = event.account;
            appeal.decided_ms = event.timestampMs;
            appeal.reasons = event.reasons;
        }
        if event.revoked {
            self.count(event.number, event.timestampMs, |tally| &mut tally.granted)?;
        }
        Ok(())
    }

    fn order(&mut self, number: u64) -> Result<&mut Order, Violation> {
        let missing =
            || Violation { module: "", invariant: "R3", what: format!("no order {number} was drafted") };
        self.orders.get_mut(&number).ok_or_else(missing)
    }

    fn step(&mut self, number: u64, step: Step, now_ms: u64) -> Result<&mut Order, Violation> {
        let order = self.order(number)?;
        let from = order.status_at(now_ms);
        let next = step.next(order.action, from);
        Violation::unless("R2", next.is_some(), || {
            format!("order {number} is {from}, which knows no {step}")
        })?;
        order.status = next.unwrap_or(from);
        Ok(order)
    }

    fn answered(&mut self, number: u64, time: u64, late: bool) -> Result<(), Violation> {
        if late {
            self.count(number, time, |tally| &mut tally.late)?;
        }
        self.count(number, time, |tally| &mut tally.answered)
    }

    fn count(
        &mut self,
        number: u64,
        time: u64,
        which: impl FnOnce(&mut Tally) -> &mut u32,
    ) -> Result<(), Violation> {
        let action = self.order(number)?.action.number();
        let count = which(self.tallies.entry((year(time), action)).or_default());
        *count = count.saturating_add(1);
        Ok(())
    }

    fn compare(&self, ctx: &mut Ctx<'_>) -> Result<(), Violation> {
        // Nobody is frozen without an order, so all accounts that are bound are looked at as well.
        let mut accounts = identity::bound_accounts(ctx)?;
        for (number, want) in &self.orders {
            let found = ORDERS.get(ctx, *number)?;
            Violation::unless("R3", found == *want, || {
                format!("order {number}: {found:?} in storage, {want:?} in events")
            })?;
            if want.action == Action::Freeze {
                accounts.insert(want.account());
            }
        }
        for (number, want) in &self.appeals {
            let found = APPEALS.get(ctx, *number)?;
            Violation::unless("R3", found == *want, || {
                format!("appeal against {number}: {found:?} in storage, {want:?} in events")
            })?;
        }
        for (year, want) in &self.years {
            let found = DRAFTED.get(ctx, *year)?;
            Violation::unless("R4", found == *want, || format!("{year}: {found} orders, {want} in events"))?;
        }
        for ((year, action), want) in &self.tallies {
            let found = TALLIES.map(ctx, *year)?.get(ctx, (*action).into())?;
            Violation::unless("R4", found == *want, || {
                format!("{year}, action {action}: {found:?} in storage, {want:?} in events")
            })?;
        }
        accounts.into_iter().try_for_each(|account| self.compare_freezes(ctx, account))
    }

    fn compare_freezes(&self, ctx: &mut Ctx<'_>, account: Address) -> Result<(), Violation> {
        let now_ms = ctx.timestamp_ms();
        let freezes = |order: &Order| {
            order.action == Action::Freeze && order.account() == account && order.status_at(now_ms).is_live()
        };
        let own = self.orders.iter().filter(|(_, order)| freezes(order));
        let want: BTreeSet<u64> = own.map(|(number, _)| *number).collect();
        let live = effects::freezes(ctx, account)?;
        let found: BTreeSet<u64> = live.iter().map(|(number, _)| *number).collect();
        let until = effects::frozen_until(&live);
        let frozen = identity::state::STANDINGS.get(ctx, account)?.frozen_until_ms;
        // What ended by itself stays in `identity` until somebody asks; it says the same.
        let same = if until == 0 { frozen <= now_ms } else { frozen == until };
        Violation::unless("R5", found == want && same, || {
            format!("{account} is frozen by {found:?} until {frozen}, by the events {want:?} until {until}")
        })
    }
}

/// Who took a step is another person than who took, or asked for, an earlier one.
fn apart(
    ctx: &mut Ctx<'_>,
    number: u64,
    account: Address,
    other: Address,
    time: u64,
) -> Result<(), Violation> {
    let one = identity::were_same_subject(ctx, account, other, time)?;
    Violation::unless("R1", !one, || {
        format!("{account} decided on order {number}, in which the same person had a hand as {other}")
    })
}

fn within(number: u64, allowed: u32, asked: u32) -> Result<(), Violation> {
    Violation::unless("R6", asked != 0 && asked & !allowed == 0, || {
        format!("order {number} allows {allowed:#b}, {asked:#b} was handed over or looked at")
    })
}
